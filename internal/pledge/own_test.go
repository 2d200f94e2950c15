package pledge_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"redress/internal/fault"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// ownModel says in plain words what a mailbox may do with its signatures, and staff
// with those of a domain.
type ownModel struct {
	*world
	slug string
	by   map[string]*ownSignature // by mailbox and name
}

type ownSignature struct {
	state  string
	named  bool // its person is there
	placed bool // it has one of the two places on its mailbox
	ever   bool // its mailbox has confirmed it
}

// mailboxes are at domains of their own; the last is a throw-away one.
var mailboxes = map[string]string{"a": "ana@mail.example", "b": "ben@other.example", "t": "thrown@mailinator.com"}

func TestAMailboxDoesWithItsSignaturesAsItsModel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		m := &ownModel{world: w, slug: fmt.Sprintf("own-%d", run), by: map[string]*ownSignature{}}
		w.publish(t, m.slug, "closes: 2026-12-31\n", "")
		t.Repeat(map[string]func(*rapid.T){
			"": m.check, "sign": m.signs, "confirm": m.confirms, "rename": m.renames, "hide": m.hides,
			"withdraw": m.withdraws, "erase": m.erases, "review": m.reviews,
		})
	})
	if err := w.Gather(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.one(t, `SELECT count(*) FROM pledge_zip_tally WHERE n < 0`); n != 0 {
		t.Errorf("%d ZIP codes with fewer than nobody", n)
	}
}

func (m *ownModel) draw(t *rapid.T) (mailbox, name string) {
	return rapid.SampledFrom([]string{"a", "b", "t"}).Draw(t, "mailbox"), rapid.SampledFrom([]string{"Ana", "Ben", "Cleo"}).Draw(t, "name")
}

func (m *ownModel) placed(mailbox string) (n int) {
	for who, s := range m.by {
		if who[:1] == mailbox && s.placed {
			n++
		}
	}
	return n
}

func (m *ownModel) key(mailbox string) []byte { return supporter.MailboxKey(m.box, mailboxes[mailbox]) }

// row is the id and epoch of a signature.
func (m *ownModel) row(t *rapid.T, who string) pledge.Signature {
	var s pledge.Signature
	key := supporter.SignerKey(m.box, mailboxes[who[:1]], who[1:], "Reyes")
	if err := m.db.Read(context.Background()).Where("pledge = ? AND signer_key = ?", m.slug, key).Take(&s).Error; err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	return s
}

func (m *ownModel) signs(t *rapid.T) {
	mailbox, name := m.draw(t)
	m.clock.turn(time.Second)
	m.sign(t, pledge.Signing{Pledge: m.slug, GivenName: name, FamilyName: "Reyes", Email: mailboxes[mailbox], Zip: "80203"})
	s := m.by[mailbox+name]
	if (s == nil || s.state == pledge.Withdrawn) && m.placed(mailbox) < pledge.MailboxSlots {
		m.by[mailbox+name] = &ownSignature{state: pledge.Pending, named: true}
	}
}

func (m *ownModel) confirms(t *rapid.T) {
	mailbox, name := m.draw(t)
	s := m.by[mailbox+name]
	if s == nil {
		return
	}
	row := m.row(t, mailbox+name)
	token := m.box.Sign(seal.Token{Purpose: seal.Confirm, ID: row.ID, Expires: m.clock.now().Add(time.Hour), Epoch: row.Epoch})
	_, err := m.Confirm(context.Background(), token)
	switch {
	case s.state == pledge.Withdrawn || !s.named:
		mustBe(t, err, fault.KindNotFound, "token.unknown")
	case s.state == pledge.Held:
		mustBe(t, err, fault.KindConflict, "pledge.held")
	case s.state == pledge.Confirmed:
		if err != nil {
			t.Fatal(err)
		}
	case m.placed(mailbox) == pledge.MailboxSlots:
		mustBe(t, err, fault.KindConflict, "pledge.full")
	case err != nil:
		t.Fatal(err)
	default:
		s.placed, s.ever, s.state = true, true, pledge.Confirmed
		if mailbox == "t" {
			s.state = pledge.Held
		}
	}
}

func (m *ownModel) renames(t *rapid.T) {
	mailbox, name := m.draw(t)
	to := rapid.SampledFrom([]string{"Ana", "Ben", "Cleo", "Dora"}).Draw(t, "to")
	s, clash := m.by[mailbox+name], m.by[mailbox+to]
	if s == nil {
		return
	}
	err := m.Rename(context.Background(), m.key(mailbox), m.row(t, mailbox+name).ID, to, "Reyes")
	switch {
	case !s.named:
		mustBe(t, err, fault.KindNotFound, "pledge.no_signature")
	case s == clash:
		if err != nil {
			t.Fatal(err)
		}
	case clash == nil, clash.state == pledge.Withdrawn, clash.state == pledge.Pending && s.state != pledge.Pending:
		if err != nil {
			t.Fatal(err)
		}
		delete(m.by, mailbox+name)
		m.by[mailbox+to] = s
	default:
		mustBe(t, err, fault.KindConflict, "pledge.rename.taken")
	}
}

func (m *ownModel) hides(t *rapid.T) {
	mailbox, name := m.draw(t)
	if s := m.by[mailbox+name]; s != nil {
		show := rapid.Bool().Draw(t, "show")
		err := m.SetShown(context.Background(), m.key(mailbox), m.row(t, mailbox+name).ID, show)
		if (err == nil) != s.named {
			t.Fatal(err)
		}
		if s.named && m.row(t, mailbox+name).ShowName != show {
			t.Fatal("not as it was asked for")
		}
	}
}

func (m *ownModel) withdraws(t *rapid.T) {
	mailbox, name := m.draw(t)
	s := m.by[mailbox+name]
	if s == nil {
		return
	}
	id := m.row(t, mailbox+name).ID
	other := "a"
	if mailbox == "a" {
		other = "b"
	}
	mustBe(t, m.WithdrawOwn(context.Background(), m.key(other), id), fault.KindNotFound, "pledge.no_signature") // somebody else's
	err := m.WithdrawOwn(context.Background(), m.key(mailbox), id)
	if (err == nil) != s.named {
		t.Fatal(err)
	}
	if !s.named {
		return
	}
	s.named = false
	if s.state != pledge.Held {
		s.state, s.placed = pledge.Withdrawn, false
	}
}

func (m *ownModel) erases(t *rapid.T) {
	mailbox, _ := m.draw(t)
	uncounted := rapid.Bool().Draw(t, "uncounted")
	err := m.db.InTx(context.Background(), func(tx *postgres.Tx) error {
		_, err := m.EraseOwn(tx, m.key(mailbox), uncounted, m.clock.now())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for who, s := range m.by {
		switch {
		case who[:1] != mailbox:
		case s.state == pledge.Held, s.state == pledge.Confirmed && !uncounted:
			s.named = false
		default:
			delete(m.by, who)
		}
	}
}

// reviews decides about a domain and sometimes undoes it.
func (m *ownModel) reviews(t *rapid.T) {
	mailbox, _ := m.draw(t)
	decision := rapid.SampledFrom([]pledge.Decision{pledge.DecideHold, pledge.DecideCount}).Draw(t, "decision")
	_, domain, _ := strings.Cut(mailboxes[mailbox], "@")
	choice := pledge.Choice{Pledge: m.slug, Domain: domain}
	preview, err := m.Preview(context.Background(), choice, decision)
	if err != nil {
		t.Fatal(err)
	}
	review, effect, err := m.Decide(context.Background(), choice, decision, "Kim", nil)
	if err != nil || effect != preview {
		t.Fatalf("%+v, but the preview said %+v: %v", effect, preview, err)
	}
	before := map[string]ownSignature{}
	for who, s := range m.by {
		before[who] = *s
		switch {
		case who[:1] != mailbox || !s.named:
		case decision == pledge.DecideHold && (s.state == pledge.Pending || s.state == pledge.Confirmed):
			s.state = pledge.Held
		case decision == pledge.DecideCount && s.state == pledge.Held && s.ever:
			s.state = pledge.Confirmed
		case decision == pledge.DecideCount && s.state == pledge.Held:
			s.state = pledge.Pending
		}
	}
	if effect.All() == 0 || !rapid.Bool().Draw(t, "undo") {
		return
	}
	m.check(t)
	_, restored, err := m.Undo(context.Background(), review.ID, "Lee")
	if err != nil || restored != effect.All() {
		t.Fatalf("%d of %d are as before: %v", restored, effect.All(), err)
	}
	for who, s := range before {
		*m.by[who] = s
	}
	_, _, err = m.Undo(context.Background(), review.ID, "Lee")
	mustBe(t, err, fault.KindNotFound, "pledge.review.unknown")
}

func (m *ownModel) check(t *rapid.T) {
	counted := int64(0)
	for _, s := range m.by {
		if s.state == pledge.Confirmed {
			counted++
		}
	}
	m.mustCount(t, m.slug, counted)
	for mailbox := range mailboxes {
		var want, got []string
		for _, who := range slices.Sorted(maps.Keys(m.by)) {
			if s := m.by[who]; who[:1] == mailbox {
				want = append(want, fmt.Sprintf("%s %v", s.state, s.named))
			}
		}
		list, err := m.Owned(context.Background(), m.key(mailbox))
		if err != nil {
			t.Fatal(err)
		}
		for _, own := range list {
			if own.Signature.Pledge != m.slug {
				continue
			}
			got = append(got, fmt.Sprintf("%s %v", own.Signature.State, own.Named))
			if own.Named && (m.by[mailbox+own.GivenName] == nil || own.Email != mailboxes[mailbox]) {
				t.Fatalf("%s shows %s", mailbox, own.GivenName)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Fatalf("mailbox %s: %v, want %v", mailbox, got, want)
		}
	}
}

func TestAHeldSignatureSaysNothingFalse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	s := ana(slug)
	s.Email = "ana@sub.mailinator.com"
	w.sign(t, s)
	c := w.confirm(t, w.token(t))
	if c.Signature.State != pledge.Held || c.Again {
		t.Fatalf("%+v", c.Signature)
	}
	w.mustCount(t, slug, 0)
	w.sign(t, s) // the form's answer doesn't differ; the mail doesn't claim that it counts
	note, kind, ok := w.lastMail(t)
	if !ok || kind != pledge.MailAlready || !note.SignedOn.IsZero() {
		t.Errorf("%s %v %v", kind, ok, note.SignedOn)
	}
	groups, err := w.HeldOf(t.Context(), slug)
	if err != nil || len(groups) != 1 || groups[0].Domain != "sub.mailinator.com" || groups[0].Rule != pledge.RuleDisposable {
		t.Errorf("%+v %v", groups, err)
	}
}

func TestWhatStaffWithdrawIsGoneAfterAWeek(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.signed(t, ana(slug))
	for n := range 3 {
		w.signed(t, person(slug, n))
	}
	other := ana(slug)
	other.Email = "ana@other.example"
	w.signed(t, other)
	review, effect, err := w.Decide(t.Context(), pledge.Choice{Pledge: slug, Domain: "mail.example"}, pledge.DecideWithdraw, "Kim", nil)
	if err != nil || effect != (pledge.Effect{Confirmed: 4}) || review.Signatures != 4 {
		t.Fatalf("%+v %+v %v", effect, review, err)
	}
	w.mustCount(t, slug, 1)
	if r, err := w.Retain(t.Context()); err != nil || r != (pledge.Retained{}) {
		t.Fatalf("%+v %v", r, err)
	}
	w.clock.turn(pledge.WithdrawAfter + time.Minute)
	if r, err := w.Retain(t.Context()); err != nil || r.Withdrawn != 4 {
		t.Fatalf("%+v %v", r, err)
	}
	if n := w.one(t, `SELECT count(*) FROM signature_person`); n != 1 {
		t.Errorf("%d persons are there", n)
	}
	_, _, err = w.Undo(t.Context(), review.ID, "Lee")
	mustBe(t, err, fault.KindNotFound, "pledge.review.unknown")
	list, err := w.Reviews(t.Context(), noon)
	if err != nil || len(list) != 1 || list[0].SettledAt == nil || list[0].DecidedBy != "Kim" {
		t.Errorf("%+v %v", list, err)
	}
	if domain, err := w.ReviewedDomain(list[0]); err != nil || domain != "mail.example" {
		t.Errorf("%q %v", domain, err)
	}
	w.mustCount(t, slug, 1)
}

func TestAChoiceMustBeOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	for _, c := range []pledge.Choice{
		{}, {Pledge: slug}, {Pledge: "No slug", Domain: "mail.example"}, {Pledge: slug, Domain: "x.example", IDs: []uuid.UUID{unknownID()}},
	} {
		_, err := w.Preview(t.Context(), c, pledge.DecideHold)
		mustBe(t, err, fault.KindInvalid, "pledge.review.choice")
	}
	_, err := w.Preview(t.Context(), pledge.Choice{Pledge: "unknown", Domain: "mail.example"}, pledge.DecideHold)
	mustBe(t, err, fault.KindNotFound, "")
}

func TestATypoIsAskedAboutOnlyWhenItMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	s := ana(slug)
	s.Email, s.AskTypo = "ana@gmial.com", true
	_, err := w.Sign(t.Context(), s)
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Key != "supporter.email.typo" {
		t.Fatal(err)
	}
	s.AskTypo = false
	w.signed(t, s)
}
