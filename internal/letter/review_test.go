package letter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/letter"
	"redress/internal/mail"
)

// found marks a message as one whose words met a rule.
func (w *world) found(message uuid.UUID) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context()).Exec(`UPDATE message SET findings = '["threat"]' WHERE id = ?`, message).Error; err != nil {
		w.t.Fatal(err)
	}
}

// waits is a confirmed message that waits to be read.
func (w *world) waits() (receipt string, id uuid.UUID) {
	w.t.Helper()
	receipt = w.submit(maya(w.byAddress(civicstest.Denver)))
	id = w.messageID(receipt)
	w.found(id)
	token := w.confirmToken(receipt)
	preview, err := w.Preview(w.t.Context(), token)
	if err != nil || len(preview.Letters) != 2 || preview.Letters[0].HeldFor != letter.HoldReview {
		w.t.Errorf("before confirming, nothing says that it will wait: %v", err)
	}
	w.confirm(token)
	return receipt, id
}

func (w *world) states(receipt string) map[letter.State]int {
	w.t.Helper()
	n := map[letter.State]int{}
	for _, l := range w.receipt(receipt).Letters {
		n[l.State]++
	}
	return n
}

func (w *world) mailsOf(kind string) int64 {
	return w.count("SELECT count(*) FROM mail WHERE kind = ?", kind)
}

func TestALetterWithAFindingWaitsForAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt, id := w.waits()
	if n := w.states(receipt); n[letter.Held] != 2 || n[letter.NeedsYou] != 3 {
		t.Fatalf("states %v", n)
	}
	if w.mailsOf(letter.MailDelivery) != 0 || w.mailsOf(letter.MailCopy) != 1 {
		t.Error("letters were queued, or the writer gets no copy")
	}
	list, err := letter.ReadToRead(t.Context(), w.db)
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].Letters != 2 || fmt.Sprint(list[0].Findings) != "[threat]" {
		t.Fatalf("to read: %+v %v", list, err)
	}
	read, err := w.ReadMessage(t.Context(), id)
	if err != nil || len(read) != 5 || !strings.Contains(read[0].Story, "traffic stop") || read[0].ReplyTo.Address != "maya.ortiz@example.org" {
		t.Fatalf("reading it: %d letters, %v", len(read), err)
	}
	// The operator's release of old data and of one official doesn't let it pass.
	if done, err := w.ReleaseOfficial(t.Context(), read[0].To.Name); err != nil || done.Sent != 0 {
		t.Errorf("%+v %v", done, err)
	}
	for _, l := range w.receipt(receipt).Ours() {
		if done, err := w.ReleaseOfficial(t.Context(), l.OfficialID); err != nil || done.Sent != 0 {
			t.Errorf("a release let an unread letter pass: %+v %v", done, err)
		}
	}
	n, err := w.Decide(t.Context(), id, letter.DecisionSend, "", "lee")
	if err != nil || n != 2 || w.states(receipt)[letter.Queued] != 2 || w.mailsOf(letter.MailDelivery) != 2 {
		t.Fatalf("%d %v: %v", n, err, w.states(receipt))
	}
	if _, err := w.Decide(t.Context(), id, letter.DecisionRefuse, "late", "lee"); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("what is on its way was refused: %v", err)
	}
	reviews, err := letter.ReadReviews(t.Context(), w.db, civicstest.Day)
	if err != nil || len(reviews) != 1 || reviews[0].DecidedBy != "lee" || reviews[0].Decision != letter.DecisionSend {
		t.Errorf("the log: %+v %v", reviews, err)
	}
	if w.receipt(receipt).Review != nil {
		t.Error("the receipt tells of a decision that stopped nothing")
	}
}

func TestALetterIsGivenBackOrRefusedWithAReason(t *testing.T) {
	t.Parallel()
	for decision, want := range map[letter.Decision]letter.State{letter.DecisionReturn: letter.NeedsYou, letter.DecisionRefuse: letter.Failed} {
		t.Run(string(decision), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			receipt, id := w.waits()
			if _, err := w.Decide(t.Context(), id, decision, "  ", "lee"); err == nil {
				t.Fatal("decided without a reason")
			}
			before := w.states(receipt)[want]
			if n, err := w.Decide(t.Context(), id, decision, "It names a private address.", "lee"); err != nil || n != 2 {
				t.Fatal(n, err)
			}
			if n := w.states(receipt); n[want] != before+2 || n[letter.Held] != 0 {
				t.Errorf("states %v", n)
			}
			if w.mailsOf(letter.MailDelivery) != 0 || w.mailsOf(letter.MailReviewed) != 1 {
				t.Error("something went to an office, or the writer isn't told")
			}
			says, err := w.ReviewedMail(t.Context(), id)
			if err != nil || says.Reason != "It names a private address." || says.Returned != (decision == letter.DecisionReturn) || says.To.Address != "maya.ortiz@example.org" {
				t.Errorf("%+v %v", says, err)
			}
			if r := w.receipt(receipt); r.Review == nil || r.Review.Reason == "" {
				t.Error("the receipt doesn't tell the reason")
			}
			// The decision outlives the message and holds nothing of it.
			w.clock.add(61 * day)
			w.retain()
			if w.count("SELECT count(*) FROM message_review") != 1 {
				t.Error("the log of decisions went with the message")
			}
			w.clock.add(366 * day)
			w.retain()
			if w.count("SELECT count(*) FROM message_review") != 0 {
				t.Error("the log of decisions is kept for longer than a year")
			}
		})
	}
}

func TestStaffStopWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	w.confirm(w.confirmToken(receipt))
	first := w.receipt(receipt).Ours()[0]
	w.moved(first.ID, mail.Sending)
	if n, err := w.Stop(t.Context(), w.messageID(receipt)); err != nil || n != 1 {
		t.Fatalf("%d stopped, %v; what is being handed over can't be", n, err)
	}
	w.moved(first.ID, mail.Sent)
	second := w.receipt(receipt).Ours()[1]
	for _, state := range []string{mail.Sending, mail.Sent, mail.Dropped, mail.Failed} {
		w.movedBy(second, state)
	}
	if n := w.states(receipt); n[letter.Held] != 1 || n[letter.Sent] != 1 {
		t.Errorf("its former mail moved what was stopped: %v", n)
	}
}

// A letter that waits for newer data goes on by itself; a stopped one doesn't.
func TestStaffStopWhatWouldGoOnByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	if n, err := w.Stop(t.Context(), w.messageID(receipt)); fault.KindOf(err) != fault.KindNotFound || n != 0 || w.receipt(receipt).Waiting() != 2 {
		t.Fatalf("%d stopped before they were confirmed, %v", n, err)
	}
	w.confirm(w.confirmToken(receipt))
	if err := w.db.Read(t.Context()).Exec("UPDATE delivery SET state = 'held', held_for = 'old_data' WHERE state = 'queued'").Error; err != nil {
		t.Fatal(err)
	}
	if n, err := w.Stop(t.Context(), w.messageID(receipt)); err != nil || n != 2 {
		t.Fatalf("%d stopped, %v", n, err)
	}
	if done, err := w.ReleaseOldData(t.Context()); err != nil || done.Sent != 0 {
		t.Errorf("an unread letter went on: %+v %v", done, err)
	}
	if n, err := w.Stop(t.Context(), w.messageID(receipt)); err != nil || n != 0 {
		t.Errorf("%d stopped again, %v", n, err)
	}
	if list, err := letter.ReadToRead(t.Context(), w.db); err != nil || len(list) != 1 || list[0].Letters != 2 {
		t.Errorf("to read: %+v %v", list, err)
	}
}

// movedBy tells the letters that the first mail of a delivery moved.
func (w *world) movedBy(l letter.Tracked, state string) {
	w.t.Helper()
	var row mail.Mail
	if err := w.db.Read(w.t.Context()).Take(&row, "kind = ? AND subject_id = ?", letter.MailDelivery, l.ID).Error; err != nil {
		w.t.Fatal(err)
	}
	w.movedMail(row, state)
}

func TestManyNamesAtOneAddressAreFlagged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Denver)
	for i := range 5 {
		s := maya(c)
		s.GivenName, s.Email = "Maya"+strings.Repeat("a", i), fmt.Sprintf("m%d@example.org", i)
		if i%2 == 1 {
			s.Address.Street = "1437  BANNOCK St." // the same, written otherwise
		}
		s.Network = "192.0.2.0/24"
		w.confirm(w.confirmToken(w.submit(s)))
		list, err := letter.ReadFlagged(t.Context(), w.db)
		if err != nil || len(list) > 0 != (i == 4) {
			t.Fatalf("after %d: %d flagged, %v", i+1, len(list), err)
		}
		if i == 4 && (len(list) != 5 || fmt.Sprint(list[0].Flags) != "[address]" || list[0].Waiting != 2) {
			t.Errorf("flagged: %+v", list)
		}
	}
	// One mailbox that writes often is no crowd, and a flag stops nothing.
	if w.count("SELECT count(*) FROM delivery WHERE state = 'held'") != 0 {
		t.Error("a flag held letters")
	}
}

func TestABurstFromOneNetworkIsFlagged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Denver)
	for i := range 14 {
		s := maya(c)
		s.Email, s.Network = fmt.Sprintf("b%d@example.org", i), "198.51.100.0/24"
		if i == 0 {
			s.Network = ""
		}
		w.confirm(w.confirmToken(w.submit(s)))
		w.clock.add(20 * time.Second)
	}
	if n := w.count(`SELECT count(*) FROM message WHERE flags @> '["burst"]'`); n != 13 {
		t.Errorf("%d flagged as a burst, want the 13 of one network", n)
	}
	if n := w.count(`SELECT count(*) FROM message WHERE jsonb_array_length(flags) > 2`); n != 0 {
		t.Error("flagged twice for one thing")
	}
}

func TestOneReminderAndOneQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	id := w.messageID(receipt)
	var reminder mail.Mail
	if err := w.db.Read(t.Context()).Take(&reminder, "kind = ?", letter.MailReminder).Error; err != nil {
		t.Fatal(err)
	}
	if got := reminder.NotBefore.Sub(w.clock.now()); got != 24*time.Hour || reminder.SubjectID != id {
		t.Errorf("the reminder goes after %v", got)
	}
	if m, err := w.ReminderMail(t.Context(), id); err != nil || !m.Reminder || m.Letters != 2 || m.Confirm == "" {
		t.Errorf("%+v %v", m, err)
	}
	w.confirm(w.confirmToken(receipt))
	if _, err := w.ReminderMail(t.Context(), id); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("reminded of what is confirmed: %v", err)
	}
	var question mail.Mail
	if err := w.db.Read(t.Context()).Take(&question, "kind = ?", letter.MailFollowUp).Error; err != nil {
		t.Fatal(err)
	}
	if got := question.NotBefore.Sub(w.clock.now()); got != 14*day {
		t.Errorf("asked after %v", got)
	}
	if _, err := w.FollowUpMail(t.Context(), id); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("asked about letters that nobody got: %v", err)
	}
	sent := w.receipt(receipt).Ours()[0]
	w.moved(sent.ID, mail.Sent)
	says, err := w.FollowUpMail(t.Context(), id)
	if err != nil || len(says.Offices) != 1 || !strings.Contains(says.Offices[0], sent.OfficialName) {
		t.Fatalf("%+v %v", says, err)
	}
	for _, answer := range []letter.Answer{letter.AnswerNo, letter.AnswerNo, letter.AnswerYes, letter.AnswerYes} {
		if err := w.Answered(t.Context(), receipt, sent.ID, answer); err != nil {
			t.Fatal(err)
		}
	}
	if yes, no := w.count("SELECT coalesce(sum(n), 0) FROM letter_event WHERE event = 'answered'"), w.count("SELECT coalesce(sum(n), 0) FROM letter_event WHERE event = 'no_answer'"); yes != 1 || no != 0 {
		t.Errorf("%d yes, %d no: told last is what counts, once", yes, no)
	}
	if _, err := w.FollowUpMail(t.Context(), id); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("asked what was told: %v", err)
	}
	waiting := w.receipt(receipt).Ours()[1]
	for name, err := range map[string]error{
		"a letter that no office got":  w.Answered(t.Context(), receipt, waiting.ID, letter.AnswerYes),
		"a letter of somebody else":    w.Answered(t.Context(), w.submit(maya(w.byAddress(civicstest.Denver))), sent.ID, letter.AnswerYes),
		"a token of another purpose":   w.Answered(t.Context(), "x"+receipt, sent.ID, letter.AnswerYes),
		"something that is no answer":  w.Answered(t.Context(), receipt, sent.ID, "perhaps"),
		"a delivery that isn't there":  w.Answered(t.Context(), receipt, uuid.New(), letter.AnswerNo),
		"nothing that could be a word": w.Answered(t.Context(), receipt, sent.ID, ""),
	} {
		if kind := fault.KindOf(err); kind != fault.KindNotFound && kind != fault.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatLettersLedToIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	w.confirm(w.confirmToken(receipt))
	ours, yours := w.receipt(receipt).Ours(), w.receipt(receipt).Yours()
	w.moved(ours[0].ID, mail.Sending)
	w.moved(ours[0].ID, mail.Sent)
	w.moved(ours[0].ID, mail.Bounced)
	w.moved(ours[1].ID, mail.Sent)
	if err := w.Done(t.Context(), receipt, yours[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := w.LogCall(t.Context(), slug, yours[1].OfficialID, letter.CallSpoke); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		list, err := letter.ReadResults(t.Context(), w.db, slug, time.Time{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		var sum letter.Result
		for _, r := range list {
			sum.Written += r.Written
			sum.Confirmed += r.Confirmed
			sum.Recipients += r.Recipients
			sum.Sent += r.Sent
			sum.Bounced += r.Bounced
			sum.NeedsYou += r.NeedsYou
			sum.DoneByYou += r.DoneByYou
			sum.CallsSpoke += r.CallsSpoke
			if r.Sent > 0 && r.Channel != "email" || r.CallsSpoke > 0 && r.Channel != "phone" {
				t.Errorf("%s: counted under channel %q: %+v", when, r.Channel, r)
			}
		}
		want := letter.Result{Written: 1, Confirmed: 1, Recipients: 5, Sent: 2, Bounced: 1, NeedsYou: 3, DoneByYou: 1, CallsSpoke: 1}
		if sum != want {
			t.Errorf("%s: %+v, want %+v", when, sum, want)
		}
		reached, err := letter.ReadReach(t.Context(), w.db, slug, time.Time{}, time.Time{})
		if err != nil || len(reached) != 4 {
			t.Errorf("%s: offices reached %+v %v", when, reached, err)
		}
		if later, err := letter.ReadResults(t.Context(), w.db, slug, w.clock.now().Add(48*time.Hour), time.Time{}); err != nil || len(later) > 0 {
			t.Errorf("%s: counted for a day to come: %+v %v", when, later, err)
		}
	}
	check("at once")
	w.retain()
	check("gathered")
	if w.count("SELECT count(*) FROM letter_event") != 0 {
		t.Error("events stay after they were gathered")
	}
	w.clock.add(70 * day)
	w.retain()
	w.clock.add(-70 * day)
	check("after the letters were erased")
}

func TestTestModeFollowsLettersOnTheirWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.byAddress(civicstest.Denver)
	official := c.WeSend[0].Official.ID
	receipt := w.submit(maya(c))
	w.confirm(w.confirmToken(receipt))
	var rows []mail.Mail
	if err := w.db.Read(t.Context()).Find(&rows, "kind = ?", letter.MailDelivery).Error; err != nil || len(rows) != 2 {
		t.Fatal(len(rows), err)
	}
	tested := func() (n int) {
		for _, row := range rows {
			out, err := w.Dispatch(t.Context(), row)
			if err != nil {
				t.Fatal(err)
			}
			if out.Test {
				n++
			}
		}
		return n
	}
	if n := tested(); n != 0 {
		t.Fatalf("%d in test mode", n)
	}
	if err := w.SetTest(t.Context(), "openstates:nobody", true, "lee"); err == nil {
		t.Error("nobody was put in test mode")
	}
	if err := w.SetTest(t.Context(), official, true, "lee"); err != nil {
		t.Fatal(err)
	}
	if n := tested(); n != 1 {
		t.Errorf("%d letters of one official are tried", n)
	}
	if c := w.byAddress(civicstest.Denver); !c.Testing() || !c.WeSend[0].Test || c.WeSend[1].Test {
		t.Error("the writing step doesn't tell who is in test mode")
	}
	if err := w.SetTest(t.Context(), official, false, "lee"); err != nil || tested() != 0 {
		t.Error("test mode can't be left", err)
	}
	if err := w.db.Read(t.Context()).Exec("UPDATE letter SET test = true").Error; err != nil || tested() != 2 {
		t.Errorf("a letter in test mode: %d tried, %v", tested(), err)
	}
}

func TestTheOperatorHearsOfWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	notices := func() int64 {
		t.Helper()
		if err := w.Notice(t.Context()); err != nil {
			t.Fatal(err)
		}
		return w.mailsOf(letter.MailWaiting)
	}
	if n := notices(); n != 0 {
		t.Fatalf("%d notices of nothing", n)
	}
	_, id := w.waits()
	for _, at := range []struct {
		wait time.Duration
		want int64
	}{{0, 1}, {time.Hour, 1}, {18 * time.Hour, 1}, {70 * time.Minute, 2}, {time.Hour, 2}, {40 * time.Hour, 2}} {
		w.clock.add(at.wait)
		if n := notices(); n != at.want {
			t.Errorf("after %v more: %d notices, want %d", at.wait, n, at.want)
		}
	}
	if n, err := w.WaitingMail(t.Context()); err != nil || n.Waiting != 1 {
		t.Errorf("%+v %v", n, err)
	}
	if _, err := w.Decide(t.Context(), id, letter.DecisionSend, "", "lee"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.WaitingMail(t.Context()); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("told of what was decided: %v", err)
	}
}

// Staff can stop what is on its way. What nobody confirmed isn't, and stays for
// its writer to confirm.
func TestWhatNobodyConfirmedCantBeStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.submit(maya(w.byAddress(civicstest.Denver)))
	id, token := w.messageID(receipt), w.confirmToken(receipt)
	for _, message := range []uuid.UUID{id, uuid.New()} {
		if n, err := w.Stop(t.Context(), message); fault.KindOf(err) != fault.KindNotFound || n != 0 {
			t.Errorf("%d letters stopped, %v", n, err)
		}
	}
	if w.confirm(token); w.states(receipt)[letter.Queued] != 2 || w.mailsOf(letter.MailDelivery) != 2 {
		t.Errorf("states %v", w.states(receipt))
	}
	if n, err := w.Stop(t.Context(), id); err != nil || n != 2 {
		t.Errorf("%d letters stopped, %v", n, err)
	}
}
