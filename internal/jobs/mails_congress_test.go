package jobs_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
	"redress/internal/letter"
	"redress/internal/letter/cwc"
	"redress/internal/letter/cwc/cwctest"
)

// congressWorld has both services of Congress, with the offices of Denver on
// their lists but for those left out. Its day begins at noon in Washington.
func congressWorld(t *testing.T, live bool, without ...string) (*letterWorld, *cwctest.Server) {
	t.Helper()
	return congressWorldOn(t, live, func(*letterWorld) *civics.Atlas { return civicstest.InMemory(t) }, without...)
}

func congressWorldOn(t *testing.T, live bool, atlas func(*letterWorld) *civics.Atlas, without ...string) (*letterWorld, *cwctest.Server) {
	t.Helper()
	server := cwctest.Start(t)
	var house, senate []cwc.Office
	for _, o := range []cwc.Office{
		{Code: "SCO02", Name: "Hickenlooper", Bioguide: "H000273"}, {Code: "SCO03", Name: "Bennet", Bioguide: "B001267"}, {Code: "HCO01", Name: "DeGette"},
	} {
		switch {
		case slices.Contains(without, o.Code):
		case o.Code[0] == 'H':
			house = append(house, o)
		default:
			senate = append(senate, o)
		}
	}
	server.List(cwc.House, house...)
	server.List(cwc.Senate, senate...)
	w := letterWorldOn(t, live, atlas, func(w *letterWorld) {
		w.at = time.Date(w.at.Year(), w.at.Month(), w.at.Day(), 16, 0, 0, 0, time.UTC)
		for w.at.Weekday() != time.Monday {
			w.at = w.at.AddDate(0, 0, 1)
		}
		var err error
		w.congress, err = cwc.New(cwc.Options{House: server.Endpoint(cwc.House), Senate: server.Endpoint(cwc.Senate), Now: w.now})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.congress.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	return w, server
}

// rosa is maya with a prefix, which Congress asks for.
func (w *letterWorld) rosa() letter.NewMessage {
	s := w.maya()
	s.Prefix = "Ms."
	return s
}

func (w *letterWorld) byIntake(receipt string) map[string]letter.Tracked {
	w.t.Helper()
	r, err := w.Receipt(w.t.Context(), receipt)
	if err != nil {
		w.t.Fatal(err)
	}
	found := map[string]letter.Tracked{}
	for _, l := range r.Letters {
		if l.Official.Level == civics.Federal {
			found[l.LastName] = l
		}
	}
	return found
}

func TestMayaReachesCongressByItsOwnIntake(t *testing.T) {
	t.Parallel()
	w, server := congressWorld(t, true)
	s := w.maya()
	if _, err := w.Submit(t.Context(), s); fault.KindOf(err) != fault.KindInvalid || !strings.Contains(err.Error(), "prefix") {
		t.Fatalf("without a prefix: %v", err)
	}
	receipt := w.submit(w.rosa())
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	got := server.Accepted()
	if len(got) != 3 {
		t.Fatalf("%d messages at the services", len(got))
	}
	for _, l := range w.byIntake(receipt) {
		if l.State != letter.Sent || l.Channel != letter.KindCWC {
			t.Errorf("%s: %s by %s", l.LastName, l.State, l.Channel)
		}
	}
	for _, a := range got {
		m := a.Message
		bill := map[string]string{"S": "S. 1913", "H": "3602"}[m.Recipient.MemberOffice[:1]]
		if m.Constituent.FirstName != "Maya" || m.Constituent.Prefix != "Ms." || m.Constituent.Email != "maya.ortiz@example.org" || m.Content.ProOrCon != cwc.Pro ||
			!strings.Contains(string(a.Raw), "1913") && !strings.Contains(string(a.Raw), "3602") || !strings.HasSuffix(m.Delivery.CampaignID, "-pro") {
			t.Errorf("%+v lacks something (%s)", m.Delivery, bill)
		}
		// What she changed is her own.
		if !strings.Contains(m.Content.ConstituentMessage, "traffic stop") || !strings.Contains(m.Content.ConstituentMessage, "I ask you to keep it") || m.Content.OrganizationStatement != "" {
			t.Errorf("own %q, statement %q", m.Content.ConstituentMessage, m.Content.OrganizationStatement)
		}
		if strings.Contains(m.Content.ConstituentMessage, "Bannock") {
			t.Error("the address stands in the text")
		}
	}
}

func TestPreparedTextGoesAsTheOrganizationsStatement(t *testing.T) {
	t.Parallel()
	w, server := congressWorld(t, true)
	answer, err := w.atlas.ByAddress(t.Context(), civicstest.Denver)
	if err != nil {
		t.Fatal(err)
	}
	c, err := w.Compose(t.Context(), letterIssue, answer)
	if err != nil {
		t.Fatal(err)
	}
	s := w.rosa()
	s.Story, s.Subjects, s.Bodies = "", map[string]string{}, map[string]string{}
	for _, g := range c.Groups {
		s.Subjects[g.Key], s.Bodies[g.Key] = g.Subject, g.Body
	}
	w.submit(s)
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	got := server.Accepted()
	if len(got) != 3 {
		t.Fatalf("%d messages", len(got))
	}
	for _, a := range got {
		if a.Message.Content.ConstituentMessage != "" || a.Message.Content.OrganizationStatement == "" {
			t.Errorf("own %q", a.Message.Content.ConstituentMessage)
		}
	}
}

// What the services answer decides where a letter stands, and no office gets one
// twice.
func TestCongressAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first cwctest.Behavior
		then  letter.State // after the first try
		last  letter.State // after an hour
	}{
		"refuses":                    {cwctest.Refusing, letter.Failed, letter.Failed},
		"breaks":                     {cwctest.Broken, letter.Deferred, letter.Sent},
		"is overloaded":              {cwctest.Overloaded, letter.Deferred, letter.Sent},
		"drops the line":             {cwctest.Dropping, letter.Deferred, letter.Sent},
		"takes it and says nothing":  {cwctest.LostAnswer, letter.Deferred, letter.Sent},
		"answers twice":              {cwctest.AnswersTwice, letter.Sent, letter.Sent},
		"doesn't know our key today": {cwctest.Behavior{Status: http.StatusForbidden}, letter.Deferred, letter.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, server := congressWorld(t, true)
			server.Next(cwc.House, c.first)
			s := w.rosa()
			s.Officials = slices.DeleteFunc(s.Officials, func(id string) bool { return !strings.HasPrefix(id, "bioguide:") })
			receipt := w.submit(s)
			w.confirmFromMail("maya.ortiz@example.org")
			w.work()
			if l := w.byIntake(receipt)["DeGette"]; l.State != c.then {
				t.Errorf("at first it stands %s, want %s", l.State, c.then)
			}
			for range 8 {
				w.later(10 * time.Minute)
				w.work()
			}
			l := w.byIntake(receipt)["DeGette"]
			if l.State != c.last {
				t.Errorf("in the end it stands %s, want %s", l.State, c.last)
			}
			if l.State == letter.Failed && (l.Way.Kind == letter.KindCWC || l.Way.Value == "") {
				t.Errorf("it is laid ready by %q", l.Way.Kind)
			}
			ids := map[string]int{}
			for _, a := range server.Accepted() {
				ids[a.Message.Delivery.ID]++
			}
			for id, n := range ids {
				if n != 1 {
					t.Errorf("%s was taken %d times", id, n)
				}
			}
		})
	}
}

func TestAnOfficeThatTakesNoPartGetsTheGuide(t *testing.T) {
	t.Parallel()
	w, server := congressWorld(t, true, "SCO03")
	receipt := w.submit(w.rosa())
	letters := w.byIntake(receipt)
	if l := letters["Bennet"]; l.Channel == letter.KindCWC || l.State != letter.NeedsYou {
		t.Errorf("Bennet: %s by %s", l.State, l.Channel)
	}
	if l := letters["Hickenlooper"]; l.Channel != letter.KindCWC {
		t.Errorf("Hickenlooper: by %s", l.Channel)
	}
	// Another leaves before the letter is confirmed.
	server.List(cwc.Senate, cwc.Office{Code: "SCO03", Name: "Nobody else"})
	w.later(2 * time.Hour)
	if err := w.congress.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	l := w.byIntake(receipt)["Hickenlooper"]
	if l.State != letter.NeedsYou || l.FellBack != letter.KindCWC || l.Channel == letter.KindCWC || l.SentTo == "SCO02" {
		t.Errorf("after it left: %s by %s to %s, fell back from %q", l.State, l.Channel, l.SentTo, l.FellBack)
	}
	if moves := w.history(l.ID); fmt.Sprint(moves[len(moves)-1].ToState) != "needs_you" {
		t.Errorf("history %+v", moves)
	}
}

func TestLettersWaitWhileCongressSleeps(t *testing.T) {
	t.Parallel()
	w, server := congressWorld(t, true)
	w.later(13 * time.Hour) // one in the morning in Washington
	receipt := w.submit(w.rosa())
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	letters := w.byIntake(receipt)
	if l := letters["DeGette"]; l.State != letter.Queued || l.Expected == nil || l.Expected.At.Sub(w.now()) < time.Hour {
		t.Errorf("the House: %s, expected %+v", l.State, l.Expected)
	}
	if l := letters["Bennet"]; l.State != letter.Sent {
		t.Errorf("the Senate: %s", l.State)
	}
	if server.Asked(cwc.House) != 0 {
		t.Error("the House was asked at night")
	}
	w.later(6 * time.Hour)
	w.work()
	if l := w.byIntake(receipt)["DeGette"]; l.State != letter.Sent {
		t.Errorf("in the morning: %s", l.State)
	}
}

// While delivery isn't live, and in test mode, no letter reaches a service.
func TestCapturedLettersToCongressReachNobody(t *testing.T) {
	t.Parallel()
	for _, live := range []bool{false, true} {
		w, server := congressWorld(t, live)
		if live {
			if err := w.db.Gorm.Exec("UPDATE letter SET test = true").Error; err != nil {
				t.Fatal(err)
			}
		}
		receipt := w.submit(w.rosa())
		w.confirmFromMail("maya.ortiz@example.org")
		w.work()
		for _, l := range w.byIntake(receipt) {
			if l.State != letter.Captured {
				t.Errorf("live %v: %s stands %s", live, l.LastName, l.State)
			}
		}
		if n := len(server.Accepted()); n != 0 {
			t.Errorf("live %v: %d letters reached the services", live, n)
		}
	}
}

func TestWithoutAKeyWhatWaitsGoesToItsWritersHands(t *testing.T) {
	t.Parallel()
	w, _ := congressWorld(t, true)
	receipt := w.submit(w.rosa())
	w.confirmFromMail("maya.ortiz@example.org")
	// The program starts again without keys.
	of := letter.Options{DB: w.db, Box: w.box, Post: w.post, Atlas: w.atlas, Issues: w.issues, Live: true, Now: w.now}
	for _, row := range w.rows(letter.MailHouse, letter.MailSenate) {
		if _, err := letter.New(of).Congress(t.Context(), row); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("it still goes: %v", err)
		}
	}
	for _, l := range w.byIntake(receipt) {
		if l.State != letter.NeedsYou || l.FellBack != letter.KindCWC {
			t.Errorf("%s: %s, fell back from %q", l.LastName, l.State, l.FellBack)
		}
	}
}

// Congress's intake is no way that a person can go: what isn't sent from here is
// laid ready by another.
func TestAnUnplacedLetterToCongressIsForItsWritersHand(t *testing.T) {
	t.Parallel()
	w, server := congressWorld(t, true)
	s := w.rosa()
	s.Address.Street = "9999 Nowhere Xyzzy Lane"
	receipt := w.submit(s)
	for _, l := range w.byIntake(receipt) {
		if l.State != letter.NeedsYou || l.Channel == letter.KindCWC || l.Way.Kind == letter.KindCWC || !strings.HasPrefix(l.Way.Value, "https://") {
			t.Errorf("%s: %s by %s, laid ready by %q at %q", l.LastName, l.State, l.Channel, l.Way.Kind, l.Way.Value)
		}
	}
	w.work()
	if n := len(server.Accepted()); n != 0 {
		t.Errorf("%d letters reached the services", n)
	}
}

// A mark holds what goes by the intake, too, and the operator can send it on when
// the mark is lifted.
func TestTheOperatorReleasesALetterToCongress(t *testing.T) {
	t.Parallel()
	w, server := congressWorldOn(t, true, func(w *letterWorld) *civics.Atlas { return civicstest.Atlas(t, w.db, civics.WithClock(w.now)) })
	receipt := w.submit(w.rosa())
	marked := w.byIntake(receipt)["Bennet"]
	w.mark(marked.OfficialID, "offer", "no")
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	w.wantHeld(w.byIntake(receipt)["Bennet"], letter.HoldNotOffered)
	if n := len(server.Accepted()); n != 2 {
		t.Fatalf("%d letters at the services, want those of the others", n)
	}
	w.unmark(marked.OfficialID)
	if done, err := w.ReleaseOfficial(t.Context(), marked.OfficialID); err != nil || done.Sent != 1 {
		t.Fatalf("released %+v, %v", done, err)
	}
	w.work()
	if l := w.byIntake(receipt)["Bennet"]; l.State != letter.Sent || l.SentTo != "SCO03" || len(server.Accepted()) != 3 {
		t.Errorf("it stands %s, to %s", l.State, l.SentTo)
	}
}

// What the services would refuse for its length is refused while its writer can
// still shorten it; the campaign's own text doesn't count.
func TestALetterTooLongForCongressIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	w, server := congressWorld(t, true)
	s := w.rosa()
	s.Story = strings.Repeat("I was there. ", 350)
	for key := range s.Bodies {
		s.Bodies[key] = strings.Repeat("It matters. ", 500)
	}
	if _, err := w.Submit(t.Context(), s); fault.KindOf(err) != fault.KindInvalid || !strings.Contains(err.Error(), "story") {
		t.Fatalf("%d characters: %v", len(s.Story)+6000, err)
	}
	for key := range s.Bodies {
		s.Bodies[key] = strings.Repeat("It matters. ", 440)
	}
	w.submit(s)
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	if n := len(server.Accepted()); n != 3 {
		t.Errorf("%d letters reached the services", n)
	}
}

// The key of one chamber alone is taken away: what was put off there doesn't wait
// for ever.
func TestWithoutOneChambersKeyItsLettersGoToTheirWritersHands(t *testing.T) {
	t.Parallel()
	w, server := congressWorld(t, true)
	server.Always(cwc.House, cwctest.Broken)
	receipt := w.submit(w.rosa())
	w.confirmFromMail("maya.ortiz@example.org")
	w.work()
	if l := w.byIntake(receipt)["DeGette"]; l.State != letter.Deferred {
		t.Fatalf("it stands %s", l.State)
	}
	senate, err := cwc.New(cwc.Options{Senate: server.Endpoint(cwc.Senate), Now: w.now})
	if err != nil {
		t.Fatal(err)
	}
	of := letter.Options{DB: w.db, Box: w.box, Post: w.post, Atlas: w.atlas, Issues: w.issues, Congress: senate, Live: true, Now: w.now}
	for _, row := range w.rows(letter.MailHouse) {
		if _, err := letter.New(of).Congress(t.Context(), row); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("it still goes: %v", err)
		}
	}
	if l := w.byIntake(receipt)["DeGette"]; l.State != letter.NeedsYou || l.FellBack != letter.KindCWC {
		t.Errorf("it stands %s, fell back from %q", l.State, l.FellBack)
	}
}
