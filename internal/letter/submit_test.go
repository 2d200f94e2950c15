package letter_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/postgres/postgrestest"
	"redress/internal/seal"
)

func TestStructsMatchTables(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), letter.Letter{}, letter.Ask{}, letter.Message{}, letter.MessagePerson{},
		letter.MessageText{}, letter.Delivery{}, letter.DeliveryMove{}, letter.MessageMove{}, letter.MessageProof{}, letter.MessageReview{},
		letter.TestOfficial{}, letter.CallCounter{})
}

func TestMayaInDenver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Denver)
	if !c.Placed || len(c.WeSend) != 2 || len(c.YouSend) != 3 {
		t.Fatalf("placed %v, we send %d, you send %d; want two state legislators and three in Congress", c.Placed, len(c.WeSend), len(c.YouSend))
	}
	for _, g := range c.Groups {
		text := g.Subject + g.Body
		if strings.Contains(text, "{{") || strings.Contains(text, "}}") {
			t.Errorf("a field is left standing: %s", text)
		}
		for _, r := range g.Recipients {
			if federal := strings.Contains(text, "S. 1913") || strings.Contains(text, "H.R. 3602"); federal != (r.Official.Level == civics.Federal) {
				t.Errorf("%s %s got the text of another level: %s", r.Official.Title, r.Official.Name, text)
			}
			if house := strings.Contains(text, "H.R. 3602"); house != (r.Official.Chamber == civics.House) {
				t.Errorf("%s has the bill number of another chamber", r.Official.Title)
			}
			if r.Official.Level == civics.State && r.Stance != letter.StanceAlreadyLaw {
				t.Errorf("in Colorado, which has the law, a legislator's stance is %s", r.Stance)
			}
		}
	}

	receipt := w.submit(maya(c))
	r := w.receipt(receipt)
	if r.Waiting() != 2 || len(r.Yours()) != 3 || !r.Placed {
		t.Fatalf("receipt: %d wait, %d hers", r.Waiting(), len(r.Yours()))
	}
	for _, l := range r.Letters {
		if !strings.HasPrefix(l.Text, "Dear ") || !strings.Contains(l.Text, "My brother") {
			t.Errorf("letter begins %q", l.Text[:40])
		}
		if strings.Contains(l.Text, "Bannock") || strings.Contains(l.Text, "[your") {
			t.Errorf("the receipt's letter shows an address or an unfilled mark: %s", l.Text)
		}
		if !strings.Contains(l.Subject+l.Text, "Denver") {
			t.Errorf("the town is in neither subject nor text: %s", l.Subject)
		}
	}
	if n := w.count("SELECT count(*) FROM mail WHERE kind = ?", letter.MailDelivery); n != 0 {
		t.Fatalf("%d deliveries are mailed before the mailbox confirmed", n)
	}
	preview, err := w.Preview(t.Context(), w.confirmToken(receipt))
	if err != nil || len(preview.Letters) != 2 || preview.ByHand != 3 {
		t.Fatalf("preview: %d letters, %v", len(preview.Letters), err)
	}
	for _, out := range preview.Letters {
		if out.ReplyTo.Address != "maya.ortiz@example.org" || out.WriterName != "Maya Ortiz" || strings.Join(out.Close, "|") != "Maya Ortiz|1437 Bannock St|Denver, CO 80203" {
			t.Errorf("letter from %s, reply to %s, close %v", out.WriterName, out.ReplyTo.Address, out.Close)
		}
		if !strings.Contains(out.Subject, "Denver") {
			t.Errorf("the subject lacks the town: %s", out.Subject)
		}
	}
	if n := w.count("SELECT count(*) FROM message WHERE confirmed_at IS NOT NULL"); n != 0 {
		t.Fatal("looking at the confirm page confirmed")
	}

	token := w.confirmToken(receipt)
	first, again := w.confirm(token), w.confirm(token)
	if first.Letters != 2 || first.Again || !again.Again || again.Receipt != receipt {
		t.Errorf("confirm: %+v, again: %+v", first, again)
	}
	if n := w.count("SELECT count(*) FROM mail WHERE kind = ?", letter.MailDelivery); n != 2 {
		t.Errorf("%d deliveries queued after confirming twice, want 2", n)
	}
	if n := w.count("SELECT count(*) FROM message_proof WHERE letters = 2"); n != 1 {
		t.Error("no proof of the confirmation")
	}
	if n := w.count("SELECT sum(CASE event WHEN 'written' THEN 10*n WHEN 'confirmed' THEN n END) FROM letter_event WHERE state = 'CO'"); n != 11 {
		t.Errorf("counter says %d, want one written and one confirmed", n)
	}
}

func TestNonConstituentIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Denver)
	s := maya(c)
	boulder := w.byAddress(civicstest.Boulder)
	for _, r := range boulder.WeSend {
		s.Officials = append(s.Officials, r.Official.ID)
	}
	_, err := w.Submit(t.Context(), s)
	var refused *letter.NotRepresented
	if !errors.As(err, &refused) || len(refused.Officials) != len(boulder.WeSend) || len(refused.Answer.Officials) != 5 {
		t.Fatalf("refused with %v", err)
	}
	if f, ok := fault.As(err); !ok || f.Kind != fault.KindInvalid || f.Fields[0].Name != "officials" {
		t.Errorf("the refusal is no fault of the form: %v", err)
	}
	s.Officials = []string{"openstates:00000000-0000-0000-0000-000000000000"}
	if _, err := w.Submit(t.Context(), s); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("an id that nobody holds: %v", err)
	}
	if n := w.count("SELECT count(*) FROM message"); n != 0 {
		t.Errorf("%d messages kept", n)
	}
}

func TestDistrictOfColumbia(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Washington)
	var delegate bool
	for _, r := range c.Recipients() {
		if r.Official.Chamber == civics.Senate {
			t.Errorf("%s is a senator for the District", r.Official.Name)
		}
		delegate = delegate || r.Official.Nonvoting && r.Bill != nil && r.Bill.Number == "H.R. 3602"
	}
	if !delegate {
		t.Error("the delegate gets no letter about the House bill")
	}
}

func TestVacantSeat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Pleasanton)
	if len(c.Vacant) != 1 || c.Vacant[0].ID != "vacant:us-ca-cd-14" {
		t.Fatalf("vacant: %+v", c.Vacant)
	}
	for _, r := range c.Recipients() {
		if r.Official.Vacant || r.Official.Chamber == civics.House {
			t.Errorf("a letter to an empty seat: %+v", r.Official.ID)
		}
	}
	s := maya(c)
	s.Address = civics.Address{Street: "200 Old Bernal Ave", City: "Pleasanton", State: "CA", Zip: "94566"}
	s.Officials = append(s.Officials, c.Vacant[0].ID)
	if _, err := w.Submit(t.Context(), s); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("a letter to an empty seat is taken: %v", err)
	}
}

func TestAmbiguousZIP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byZIP("80203") // two state senate districts and three house districts
	if c.Placed || len(c.Answer.Candidates) == 0 {
		t.Fatalf("80203 is answered as if it were sure: %+v", c.Answer.Confidence)
	}
	for _, r := range c.Recipients() {
		if r.Official.Level == civics.State {
			t.Errorf("%s was picked among several by a guess", r.Official.Name)
		}
	}
	if len(c.YouSend) != 3 {
		t.Errorf("%d sure recipients, want the three in Congress", len(c.YouSend))
	}
}

// When nobody can place the address, the letters go by the visitor's own hand.
func TestUnplacedAddressSendsNothing(t *testing.T) {
	t.Parallel()
	for name, street := range map[string]string{
		"geocoder down": "500 Error St", "no match": "9999 Nowhere Xyzzy Lane", "post-office box": "PO Box 12",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			s := maya(w.byAddress(civicstest.Denver))
			s.Address.Street = street
			r := w.receipt(w.submit(s))
			if r.Placed || r.Waiting() != 0 || len(r.Yours()) != 5 {
				t.Fatalf("placed %v, %d wait, %d by hand", r.Placed, r.Waiting(), len(r.Yours()))
			}
			s.Officials = append(s.Officials, w.byAddress(civicstest.Boulder).WeSend[0].Official.ID)
			s.Story += " More."
			var refused *letter.NotRepresented
			if _, err := w.Submit(t.Context(), s); !errors.As(err, &refused) {
				t.Errorf("an official of another ZIP code is taken: %v", err)
			}
		})
	}
}

func TestUnplacedMessageCantBeSentByConfirming(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	s.Address.Street, s.Updates, s.UpdatesWords = "9999 Nowhere Xyzzy Lane", true, "You may e-mail me."
	receipt := w.submit(s)
	done := w.confirm(w.confirmToken(receipt))
	if done.Letters != 0 || w.count("SELECT count(*) FROM mail WHERE kind = ?", letter.MailDelivery) != 0 {
		t.Error("letters go out for an address that could not be placed")
	}
	if w.count("SELECT count(*) FROM consent WHERE kind = 'updates' AND words = 'You may e-mail me.'") != 1 {
		t.Error("the consent was not kept")
	}
}

func TestConsentOnlyOnceConfirmed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	s.Updates, s.UpdatesWords = true, "You may e-mail me."
	receipt := w.submit(s)
	if w.count("SELECT count(*) FROM consent") != 0 {
		t.Fatal("a consent before the mailbox confirmed")
	}
	w.confirm(w.confirmToken(receipt))
	if w.count("SELECT count(*) FROM consent") != 1 {
		t.Error("no consent after confirming")
	}
}

func TestTokensDoOneThingEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	if _, err := w.Confirm(t.Context(), receipt); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a receipt token confirms: %v", err)
	}
	if _, err := w.Preview(t.Context(), receipt); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a receipt token opens the confirm page, which shows the address: %v", err)
	}
	confirm := w.confirmToken(receipt)
	if _, err := w.Receipt(t.Context(), confirm); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a confirm token opens the receipt: %v", err)
	}
	w.clock.add(8 * 24 * time.Hour)
	if _, err := w.Confirm(t.Context(), confirm); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a confirm token works after eight days: %v", err)
	}
	w.receipt(receipt)
	if _, err := w.Receipt(t.Context(), w.EmptyReceipt()); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a robot's receipt shows something: %v", err)
	}
}

// Whoever knows what somebody writes, and under which name and address, learns
// nothing from sending it too: neither that they wrote nor that they confirmed.
func TestTheAnswerTellsNobodyWhoHasWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	first := w.submit(s)
	w.confirm(w.confirmToken(first))
	hers := w.receipt(first)
	if err := w.Done(t.Context(), first, hers.Yours()[0].ID); err != nil {
		t.Fatal(err)
	}
	again := w.submit(s)
	stranger := s
	stranger.Email = "nobody.yet@example.org"
	newcomer := w.receipt(w.submit(stranger))
	if again == first {
		t.Fatal("the same letter leads to the first one's receipt")
	}
	shown := w.receipt(again)
	if shown.Confirmed != nil || shown.Waiting() != newcomer.Waiting() || len(shown.Letters) != len(newcomer.Letters) || !shown.Written.Equal(newcomer.Written) {
		t.Errorf("one who wrote sees %d waiting, confirmed %v; a newcomer %d", shown.Waiting(), shown.Confirmed, newcomer.Waiting())
	}
	for i, l := range shown.Letters {
		other := newcomer.Letters[i]
		if l.State != other.State || l.Text != other.Text || l.Subject != other.Subject || l.Way.Value != other.Way.Value {
			t.Errorf("letter %d stands at %s, a newcomer's at %s", i, l.State, other.State)
		}
	}
	yours := shown.Yours()[0]
	if err := w.Done(t.Context(), again, yours.ID); err != nil || w.receipt(again).Yours()[0].State != letter.DoneByYou {
		t.Errorf("the guide doesn't work on the new receipt: %v", err)
	}
	if err := w.Done(t.Context(), again, hers.Yours()[1].ID); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("the new receipt marks a letter of the first: %v", err)
	}
	if n := w.count("SELECT sum(n) FROM letter_event WHERE event = 'written'"); n != 2 {
		t.Errorf("%d letters counted, want one of each mailbox", n)
	}
}

// asked are the mails about letters that came in, those that the worker would
// drop left out.
func (w *world) asked() (confirm, again int) {
	w.t.Helper()
	var rows []mail.Mail
	if err := w.db.Read(w.t.Context()).Find(&rows, "kind IN ?", []string{letter.MailConfirm, letter.MailAgain}).Error; err != nil {
		w.t.Fatal(err)
	}
	for _, row := range rows {
		var err error
		if row.Kind == letter.MailConfirm {
			if _, err = w.ConfirmMail(w.t.Context(), row.SubjectID); err == nil {
				confirm++
			}
		} else if _, err = w.AgainMail(w.t.Context(), row.SubjectID); err == nil {
			again++
		}
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			w.t.Fatal(err)
		}
	}
	return confirm, again
}

func TestTheSameLetterGoesOutOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	receipts := make(chan string, 6)
	for range cap(receipts) {
		go func() {
			r, err := w.Submit(t.Context(), s)
			if err != nil {
				t.Error(err)
			}
			receipts <- r
		}()
	}
	seen := map[string]bool{}
	for range cap(receipts) {
		seen[<-receipts] = true
	}
	if len(seen) != 6 {
		t.Errorf("%d receipts for six forms", len(seen))
	}
	s.Email = "Maya.Ortiz@EXAMPLE.org" // another spelling of the mailbox
	w.submit(s)
	if forms, rows := w.count("SELECT count(*) FROM message"), w.count("SELECT count(*) FROM mail"); forms != 7 || rows != 14 {
		t.Errorf("%d messages and %d mails: the statements differ", forms, rows)
	}
	if confirm, _ := w.asked(); confirm != 1 {
		t.Errorf("the mailbox is asked %d times, want once", confirm)
	}
	w.clock.add(11 * time.Minute)
	w.submit(s)
	if confirm, _ := w.asked(); confirm != 2 {
		t.Errorf("asked %d times: who sends the letter again later misses the first mail", confirm)
	}

	// However many links there are to the same letter, it goes out once.
	type answer struct {
		letter.Confirmed
		err error
	}
	var tokens []string
	for r := range seen {
		tokens = append(tokens, w.box.Sign(seal.Token{Purpose: seal.Confirm, ID: w.messageID(r), Expires: w.clock.now().Add(time.Hour)}))
	}
	answers := make(chan answer, len(tokens))
	for _, token := range tokens {
		go func() {
			c, err := w.Confirm(t.Context(), token)
			answers <- answer{c, err}
		}()
	}
	firsts, led := 0, map[string]bool{}
	for range tokens {
		a := <-answers
		if a.err != nil || a.Letters != 2 {
			t.Errorf("%+v", a)
		}
		if !a.Again {
			firsts++
		}
		led[a.Receipt] = true
	}
	if n := w.count("SELECT count(*) FROM mail WHERE kind = ?", letter.MailDelivery); n != 2 || firsts != 1 || len(led) != 1 {
		t.Errorf("%d letters went out, %d firsts, %d receipts", n, firsts, len(led))
	}
	for _, token := range tokens {
		if p, err := w.Preview(t.Context(), token); err != nil || p.Confirmed == nil || !led[p.Receipt] {
			t.Errorf("a link to what has gone out offers to send it: %v", err)
		}
	}

	for range 3 {
		w.submit(s)
	}
	if confirm, again := w.asked(); confirm != 0 || again != 1 {
		t.Errorf("after sending: asked %d times and told %d times, want told once a day", confirm, again)
	}
	late := w.submit(s)
	w.clock.add(25 * time.Hour)
	lateToken := w.box.Sign(seal.Token{Purpose: seal.Confirm, ID: w.messageID(late), Expires: w.clock.now().Add(time.Hour)})
	if c := w.confirm(lateToken); !c.Again {
		t.Error("a link that lay around sends the letter a second time")
	}
	w.confirm(w.confirmToken(w.submit(s)))
	if n := w.count("SELECT count(*) FROM mail WHERE kind = ?", letter.MailDelivery); n != 4 {
		t.Errorf("%d letters: a day later the same words may go out again", n)
	}
	s.Story += " And again."
	w.confirm(w.confirmToken(w.submit(s)))
	if n := w.count("SELECT count(*) FROM mail WHERE kind = ?", letter.MailDelivery); n != 6 {
		t.Errorf("%d letters: other words are another letter", n)
	}
}

func TestSealedColumnsHoldNoPlaintext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	w.confirm(w.confirmToken(w.submit(s)))
	for _, table := range []string{"message", "message_person", "message_text", "delivery", "delivery_move", "message_proof", "mail", "river_job", "letter_event"} {
		var rows []map[string]any
		if err := w.db.Read(t.Context()).Table(table).Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 && table != "delivery_move" {
			t.Errorf("%s is empty: nothing was proved", table)
		}
		var all bytes.Buffer
		for _, row := range rows {
			for _, v := range row {
				if b, ok := v.([]byte); ok {
					all.Write(b)
				} else {
					_, _ = fmt.Fprint(&all, v)
				}
			}
		}
		for _, canary := range []string{"Maya", "Ortiz", "maya.ortiz", "Bannock", "traffic stop"} {
			if bytes.Contains(all.Bytes(), []byte(canary)) {
				t.Errorf("%s holds %q in clear", table, canary)
			}
		}
	}
}

func TestSealedTextIsBoundToItsRow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	receipt := w.submit(s)
	if err := w.db.Gorm.Exec("UPDATE message_text SET body = story").Error; err != nil {
		t.Fatal(err)
	}
	if _, err := w.Receipt(t.Context(), receipt); err == nil {
		t.Error("text moved to another column opens there")
	}
}

func TestFormFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := maya(w.byAddress(civicstest.Denver))
	for name, c := range map[string]struct {
		change func(*letter.NewMessage)
		field  string
	}{
		"no name":                 {func(s *letter.NewMessage) { s.GivenName = " " }, "given_name"},
		"header in the name":      {func(s *letter.NewMessage) { s.GivenName = "Maya\r\nBcc: eve@example.net" }, "given_name"},
		"link as a name":          {func(s *letter.NewMessage) { s.FamilyName = "https://spam.example" }, "family_name"},
		"address as a name":       {func(s *letter.NewMessage) { s.FamilyName = "a@b.example" }, "family_name"},
		"header in the subject":   {func(s *letter.NewMessage) { s.Subjects = map[string]string{"": "Hi\r\nBcc: eve@example.net"} }, "subject"},
		"separator in subject":    {func(s *letter.NewMessage) { s.Subjects = map[string]string{"": "Hi\u2028Bcc: eve@example.net"} }, "subject"},
		"reversed subject":        {func(s *letter.NewMessage) { s.Subjects = map[string]string{"": "Hi\u202ereversed"} }, "subject"},
		"encoded word in subject": {func(s *letter.NewMessage) { s.Subjects = map[string]string{"": "=?utf-8?q?Bcc:_z?="} }, "subject"},
		"no subject":              {func(s *letter.NewMessage) { s.Subjects = nil }, "subject"},
		"empty letter":            {func(s *letter.NewMessage) { s.Story, s.Bodies = "", map[string]string{"": " \n"} }, "body"},
		"text that changed":       {func(s *letter.NewMessage) { s.Bodies = map[string]string{"gone.00000000": "x"} }, "body"},
		"long story":              {func(s *letter.NewMessage) { s.Story = strings.Repeat("x", 5001) }, "story"},
		"control characters":      {func(s *letter.NewMessage) { s.Story = "a\x00b" }, "story"},
		"broken UTF-8":            {func(s *letter.NewMessage) { s.Story = "a\xffb" }, "story"},
		"no street":               {func(s *letter.NewMessage) { s.Address.Street = "" }, "street"},
		"street on two lines":     {func(s *letter.NewMessage) { s.Address.Street = "1 A St\nEvil: x" }, "street"},
		"street in two districts": {func(s *letter.NewMessage) {
			s.Address = civics.Address{Street: "100 Main St", City: "Springfield", State: "IL", Zip: "62700"}
		}, "street"},
		"no state":             {func(s *letter.NewMessage) { s.Address.State = "XX" }, "state"},
		"no ZIP code":          {func(s *letter.NewMessage) { s.Address.Zip = "8020" }, "zip"},
		"no e-mail":            {func(s *letter.NewMessage) { s.Email = "maya" }, "email"},
		"two e-mails":          {func(s *letter.NewMessage) { s.Email = "a@b.example, c@d.example" }, "email"},
		"header in the e-mail": {func(s *letter.NewMessage) { s.Email = "a@b.example\r\nBcc: c@d.example" }, "email"},
		"nobody":               {func(s *letter.NewMessage) { s.Officials = nil }, "officials"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := good
			s.Subjects, s.Bodies = good.Subjects, good.Bodies
			c.change(&s)
			_, err := w.Submit(t.Context(), s)
			f, ok := fault.As(err)
			if !ok || f.Kind != fault.KindInvalid || len(f.Fields) == 0 || f.Fields[0].Name != c.field {
				t.Errorf("%v, want a fault of %s", err, c.field)
			}
		})
	}
}

func TestOnePlainFieldServesEveryRecipient(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	s.Subjects, s.Bodies, s.Story = map[string]string{"": "A subject"}, map[string]string{"": "I live in [your town]. [your name]"}, ""
	for _, l := range w.receipt(w.submit(s)).Letters {
		if l.Subject != "A subject" || !strings.HasSuffix(l.Text, "I live in Denver. Maya Ortiz") {
			t.Errorf("%q / %q", l.Subject, l.Text)
		}
	}
}

func TestValuesInjectNoMarks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	s.Address.City = "[your name]"
	s.Subjects, s.Bodies = map[string]string{"": "A subject"}, map[string]string{"": "From [your town], {{name}}"}
	if l := w.receipt(w.submit(s)).Letters[0]; !strings.HasSuffix(l.Text, "From [your name], {{name}}") {
		t.Errorf("a value was read again: %q", l.Text)
	}
}

func TestDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := maya(w.byAddress(civicstest.Denver))
	receipt := w.submit(s)
	yours := w.receipt(receipt).Yours()[0]
	for range 2 {
		if err := w.Done(t.Context(), receipt, yours.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.count("SELECT count(*) FROM delivery_move WHERE from_state = 'needs_you' AND to_state = 'done_by_you'"); n != 1 {
		t.Errorf("%d moves, want one", n)
	}
	if n := w.count("SELECT sum(n) FROM letter_event WHERE event = 'done_by_you'"); n != 1 {
		t.Errorf("counted %d times", n)
	}
	ours := w.receipt(receipt).Ours()[0]
	if err := w.Done(t.Context(), receipt, ours.ID); err != nil || w.receipt(receipt).Ours()[0].State != letter.Queued {
		t.Errorf("a letter that we send was marked as sent by hand: %v", err)
	}
	s.Email = "other@example.org"
	other := w.submit(s)
	if err := w.Done(t.Context(), other, yours.ID); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a receipt moves a letter of another message: %v", err)
	}
}
