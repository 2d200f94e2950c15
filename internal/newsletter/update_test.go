package newsletter_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/content/item"
	"redress/internal/fault"
	"redress/internal/issue"
	"redress/internal/newsletter"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

// news saves two issues with an update each, seen since long.
func (p *press) news() {
	p.t.Helper()
	issues := issue.New(p.db)
	save := func(kind, slug, text string, take func(item.Item) error) error {
		it, err := item.Parse(slug+".md", []byte(text))
		if err != nil {
			return err
		}
		it.Kind, it.Slug, it.Lang = kind, slug, "en"
		return take(it)
	}
	err := p.db.InTx(p.t.Context(), func(tx *postgres.Tx) error {
		for _, slug := range []string{"water", "fire"} {
			if err := save("issues", slug, "---\ntitle: On "+slug+"\nsummary: s\npublished: 2026-01-01\nupdated: 2026-01-01\n---\n",
				func(it item.Item) error { return issues.SaveContent(p.t.Context(), tx, it) }); err != nil {
				return err
			}
			if err := save("updates", slug+"-news", "---\nissue: "+slug+"\ntitle: News\ndate: 2026-01-05\nsummary: In short.\n---\n\nText.\n",
				func(it item.Item) error { return issues.SaveUpdate(p.t.Context(), tx, it) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *press) supporters() *supporter.Supporters { return supporter.New(p.db, p.box, p.now) }

func (p *press) inTx(do func(tx *postgres.Tx) error) {
	p.t.Helper()
	if err := p.db.InTx(p.t.Context(), do); err != nil {
		p.t.Fatal(err)
	}
}

func (p *press) agree(email, kind, source, issue string, wide bool, given time.Time) {
	p.t.Helper()
	p.inTx(func(tx *postgres.Tx) error {
		return p.supporters().Consent(p.t.Context(), tx, supporter.Consent{
			Kind: kind, Words: "Send me updates", Given: given, SourceKind: source, SourceID: uuid.New(), Email: email, Issue: issue, Wide: wide,
		})
	})
}

func (p *press) withdraw(email string) {
	p.t.Helper()
	p.inTx(func(tx *postgres.Tx) error {
		return p.supporters().Withdraw(p.t.Context(), tx, supporter.MailboxKey(p.box, email), supporter.Updates)
	})
}

func (p *press) beginUpdate() newsletter.Mailing {
	p.t.Helper()
	one, begun, err := p.mailings.BeginUpdate(p.t.Context(), "water", "water-news")
	if err != nil || !begun {
		p.t.Fatalf("begun %v: %v", begun, err)
	}
	return one
}

func TestAnUpdateReachesThoseWhoseWordsCoverItOnce(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.news()
	ago := p.now().Add(-time.Hour)
	want := map[string]bool{}
	for name, agreed := range map[string]struct {
		yes bool
		do  func(email string)
	}{
		"signed here, wide":      {true, func(e string) { p.agree(e, supporter.Updates, "signature", "water", true, ago) }},
		"signed elsewhere, wide": {true, func(e string) { p.agree(e, supporter.Updates, "signature", "fire", true, ago) }},
		"imported here":          {true, func(e string) { p.agree(e, supporter.Updates, "signature", "water", false, ago) }},
		"imported elsewhere":     {false, func(e string) { p.agree(e, supporter.Updates, "signature", "fire", false, ago) }},
		"wrote here":             {true, func(e string) { p.agree(e, supporter.Updates, "message", "water", false, ago) }},
		"wrote elsewhere":        {false, func(e string) { p.agree(e, supporter.Updates, "message", "fire", false, ago) }},
		"of before, source gone": {false, func(e string) { p.agree(e, supporter.Updates, "signature", "", false, ago) }},
		"the newsletter only":    {false, func(e string) { p.agree(e, supporter.Newsletter, "subscription", "", false, ago) }},
		"the newsletter and updates": {true, func(e string) {
			p.agree(e, supporter.Newsletter, "subscription", "", false, ago)
			p.agree(e, supporter.Updates, "message", "water", false, ago)
		}},
		"several times": {true, func(e string) {
			p.agree(e, supporter.Updates, "signature", "water", true, ago)
			p.agree(e, supporter.Updates, "message", "water", false, ago)
			p.agree(e, supporter.Updates, "signature", "fire", true, ago)
		}},
		"another spelling": {true, func(e string) {
			p.agree(e, supporter.Updates, "signature", "water", true, ago)
			p.agree("A"+e[1:], supporter.Updates, "message", "water", false, ago)
		}},
		"withdrawn": {false, func(e string) { p.agree(e, supporter.Updates, "signature", "water", true, ago); p.withdraw(e) }},
		"withdrawn and back": {true, func(e string) {
			p.agree(e, supporter.Updates, "signature", "water", true, ago)
			p.withdraw(e)
			p.agree(e, supporter.Updates, "message", "water", false, ago)
		}},
		"suppressed": {false, func(e string) {
			p.agree(e, supporter.Updates, "signature", "water", true, ago)
			p.inTx(func(tx *postgres.Tx) error {
				return p.supporters().Suppress(t.Context(), tx, supporter.MailboxKey(p.box, e), supporter.Bounced)
			})
		}},
	} {
		email := fmt.Sprintf("a%d@d%d.example", len(want), len(want))
		want[email] = agreed.yes
		t.Logf("%s is %s", email, name)
		agreed.do(email)
	}
	one := p.beginUpdate()
	if again, begun, err := p.mailings.BeginUpdate(t.Context(), "water", "water-news"); begun || err != nil || again.ID != one.ID {
		t.Errorf("it began twice: %v %v", begun, err)
	}
	p.add(time.Second)
	p.agree("late@d.example", supporter.Updates, "signature", "water", true, p.now())
	p.until(one.ID, newsletter.Done)
	got := p.receivers()
	for email, yes := range want {
		if !yes {
			delete(want, email)
		}
	}
	if expected := slices.Sorted(maps.Keys(want)); !slices.Equal(got, expected) {
		t.Errorf("it went to\n%v, should have to\n%v", got, expected)
	}
}

func TestAnUpdateOfManyStepsReachesEachOnce(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.news()
	var want []string
	p.inTx(func(tx *postgres.Tx) error {
		var all []supporter.Consent
		for i := range 2100 {
			email := fmt.Sprintf("s%d@d%d.example", i, i%500)
			for _, source := range []string{"signature", "message"}[:1+i%2] {
				all = append(all, supporter.Consent{
					Kind: supporter.Updates, Words: "Yes", Given: p.now(), SourceKind: source, SourceID: uuid.New(), Email: email, Issue: "water",
				})
			}
			want = append(want, email)
		}
		return p.supporters().Consent(t.Context(), tx, all...)
	})
	slices.Sort(want)
	one := p.beginUpdate()
	done := p.until(one.ID, newsletter.Done)
	if got := p.receivers(); !slices.Equal(got, want) || done.Recipients != 2100 || done.Sent != 2100 {
		t.Errorf("%d mails, %+v", len(got), done)
	}
}

func TestWhoWithdrawsBeforeTheirUpdateGoesGetsNone(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.news()
	emails := []string{"ana@d0.example", "ben@d1.example", "cy@d2.example", "di@d3.example"}
	for _, e := range emails {
		p.agree(e, supporter.Updates, "signature", "water", true, p.now())
	}
	one := p.beginUpdate()
	if err := p.mailings.Walk(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.withdraw(emails[0])
	// Withdrawn, and agreed again in words that don't cover it; and in such that do, but after it began.
	p.withdraw(emails[1])
	p.agree(emails[1], supporter.Updates, "message", "fire", false, p.now())
	p.add(time.Second)
	p.withdraw(emails[2])
	p.agree(emails[2], supporter.Updates, "signature", "water", true, p.now())
	done := p.until(one.ID, newsletter.Done)
	if got := p.receivers(); !slices.Equal(got, emails[3:]) || done.Dropped != 3 {
		t.Errorf("%v, %+v", got, done)
	}
}

func TestAnUpdateNobodyMaySeeIsNotMailed(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.news()
	p.db.Gorm.Exec(`UPDATE issue_update SET date = '2999-01-01' WHERE key = 'fire-news'`)
	for slug, key := range map[string]string{"fire": "fire-news", "water": "fire-news", "none": "water-news"} {
		if _, _, err := p.mailings.BeginUpdate(t.Context(), slug, key); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%s/%s: %v", slug, key, err)
		}
	}
	if list, err := p.mailings.Latest(t.Context(), 9); len(list) != 0 || err != nil {
		t.Errorf("%+v %v", list, err)
	}
}

func TestALinkOfAnOldUpdateEndsWhatIsAgreedToNow(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.news()
	s := p.supporters()
	const email = "ana@d.example"
	key := supporter.MailboxKey(p.box, email)
	person := func() uuid.UUID {
		var people []supporter.Person
		if p.db.Gorm.Find(&people); len(people) == 0 {
			return uuid.Nil
		}
		return people[0].ID
	}
	p.agree(email, supporter.Updates, "signature", "water", true, p.now())
	old := s.UpdatesToken(person())
	if agreed, err := s.Agreed(t.Context(), old); err != nil || agreed.Email != email || len(agreed.Consents) != 1 {
		t.Fatalf("%d consents, %v", len(agreed.Consents), err)
	}
	if err := s.EndUpdates(t.Context(), old); err != nil || person() != uuid.Nil {
		t.Fatalf("the address stays: %v", err)
	}
	p.agree(email, supporter.Updates, "message", "fire", false, p.now())
	for range 2 {
		if err := s.EndUpdates(t.Context(), old); err != nil {
			t.Fatal(err)
		}
	}
	if yes, err := s.Consented(t.Context(), key, supporter.Updates); yes || err != nil {
		t.Errorf("the old link ended nothing: %v", err)
	}
	var kept int64
	if p.db.Gorm.Raw(`SELECT count(*) FROM consent WHERE withdrawn IS NOT NULL`).Scan(&kept); kept != 2 {
		t.Errorf("%d withdrawn consents are kept as proof", kept)
	}
	p.inTx(func(tx *postgres.Tx) error { return s.Erase(t.Context(), tx, key) })
	if agreed, err := s.Agreed(t.Context(), old); err != nil || len(agreed.Consents) != 0 {
		t.Errorf("after erasure: %v", err)
	}
	// A subscriber's token is none of a supporter's, and the other way round.
	reader := p.subscribe(1, 1, newsletter.Daily)[0]
	if err := s.EndUpdates(t.Context(), p.letters.Token(reader)); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a subscriber's token: %v", err)
	}
	if _, err := p.letters.Unsubscribe(t.Context(), s.UpdatesToken(reader.ID), newsletter.ByPage); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a supporter's token: %v", err)
	}
}

// TestAgreementsOfBeforeAreReadFromWhatTheyWereGivenFor has consents that keep no issue.
func TestAgreementsOfBeforeAreReadFromWhatTheyWereGivenFor(t *testing.T) {
	t.Parallel()
	p := newPress(t)
	p.news()
	var want []string
	for i, of := range []struct {
		issue, origin string
		yes           bool
	}{{"water", "form", true}, {"fire", "form", true}, {"water", "import", true}, {"fire", "import", false}} {
		id, email := uuid.New(), fmt.Sprintf("s%d@d%d.example", i, i)
		err := p.db.Gorm.Exec(`INSERT INTO signature (id, pledge, lang, state, signer_key, mailbox_key, key_version, state_code, show_name, updates_words, epoch, created_at, origin)
			SELECT ?, ?, 'en', 'pending', sha256(convert_to(?, 'UTF8')), sha256(convert_to(?, 'UTF8')), 1, '', false, '', 0, now(), ?`, id, of.issue, email, email, of.origin).Error
		if err != nil {
			t.Fatal(err)
		}
		p.inTx(func(tx *postgres.Tx) error {
			return p.supporters().Consent(t.Context(), tx, supporter.Consent{
				Kind: supporter.Updates, Words: "Yes", Given: p.now(), SourceKind: "signature", SourceID: id, Email: email,
			})
		})
		if of.yes {
			want = append(want, email)
		}
	}
	one := p.beginUpdate()
	p.until(one.ID, newsletter.Done)
	if got := p.receivers(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
