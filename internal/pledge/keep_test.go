package pledge_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"redress/internal/fault"
	"redress/internal/pledge"
	"redress/internal/postgres/postgrestest"
)

func TestStructsFitTheirTables(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), pledge.Pledge{}, pledge.Signature{}, pledge.Person{}, pledge.Counter{}, pledge.CounterNode{}, pledge.Hold{}, pledge.Review{}, pledge.ReviewStep{},
		pledge.Event{}, pledge.DayTally{}, pledge.PlaceTally{}, pledge.ZipTally{}, pledge.Placement{}, pledge.Report{}, pledge.Source{}, pledge.Imported{})
}

func TestWithdrawingTakesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.sign(t, ana(slug))
	token := w.token(t)
	c := w.confirm(t, token)
	for range 2 {
		if err := w.Withdraw(t.Context(), c.Signature.ID); err != nil {
			t.Fatal(err)
		}
		w.mustCount(t, slug, 0)
	}
	if n := w.one(t, `SELECT count(*) FROM signature_person`); n != 0 {
		t.Error("the person is still there")
	}
	_, err := w.Confirm(t.Context(), token)
	mustBe(t, err, fault.KindNotFound, "token.unknown")
	mustBe(t, w.Withdraw(t.Context(), unknownID()), fault.KindNotFound, "")

	// The same person may think again, with new words.
	s := ana(slug)
	s.Zip, s.ShowName = "30301", true
	again := w.signed(t, s)
	if again.Again || again.Signature.StateCode != "GA" || !again.Signature.ShowName {
		t.Errorf("signed again: %+v", again)
	}
	w.mustCount(t, slug, 1)
	_, err = w.Confirm(t.Context(), token)
	mustBe(t, err, fault.KindNotFound, "token.unknown") // the old mail's link stays dead
}

func TestAPlaceOnTheMailboxIsFreedByWithdrawing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	first := w.signed(t, ana(slug))
	second := ana(slug)
	second.GivenName = "Ben"
	w.signed(t, second)
	if err := w.Withdraw(t.Context(), first.Signature.ID); err != nil {
		t.Fatal(err)
	}
	third := ana(slug)
	third.GivenName = "Cleo"
	w.signed(t, third)
	w.mustCount(t, slug, 2)
	w.sign(t, ana(slug)) // the mailbox is full now for the one who withdrew
	if _, kind, _ := w.lastMail(t); kind != pledge.MailFull {
		t.Errorf("mail is %s", kind)
	}
	w.mustCount(t, slug, 2)
}

func TestErasingDeletes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	open, closed := w.signed(t, ana(slug)), w.signed(t, person(slug, 1))
	w.sign(t, person(slug, 2))
	pending := w.token(t)
	w.mustCount(t, slug, 2)

	// While the pledge is open the count goes too, or one mailbox could sign on and on.
	for range 2 {
		if err := w.Erase(t.Context(), open.Signature.ID); err != nil {
			t.Fatal(err)
		}
		w.mustCount(t, slug, 1)
	}
	waiting, err := w.ByToken(t.Context(), pending)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Erase(t.Context(), waiting.Signature.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := w.lastMail(t); ok {
		t.Error("an erased person is still written to")
	}
	w.clock.turn(60 * 24 * time.Hour)
	if err := w.Erase(t.Context(), closed.Signature.ID); err != nil {
		t.Fatal(err)
	}
	w.mustCount(t, slug, 1)
	if n := w.one(t, `SELECT (SELECT count(*) FROM signature) + (SELECT count(*) FROM signature_person)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestWhatWasNeverConfirmedIsDeletedAfterTwoWeeks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.signed(t, ana(slug))
	w.sign(t, person(slug, 1))
	w.clock.turn(10 * 24 * time.Hour)
	w.sign(t, person(slug, 1)) // asked again, by whoever: it stays no longer for that
	note, _, _ := w.lastMail(t)
	if want := noon.Add(14 * 24 * time.Hour); !note.Until.Equal(want) {
		t.Errorf("the mail says that its link works until %v, and the signature is deleted at %v", note.Until, want)
	}
	w.clock.turn(4 * 24 * time.Hour)
	w.expire(t)
	if n := w.one(t, `SELECT count(*) FROM signature`); n != 2 {
		t.Errorf("%d signatures at two weeks to the second", n)
	}
	w.clock.turn(time.Second)
	w.expire(t)
	if n := w.one(t, `SELECT count(*) FROM signature_person`); n != 1 {
		t.Errorf("%d people are left", n)
	}
	w.mustCount(t, slug, 1)
}

func TestSignaturesGoWhenThePledgeSaidSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	w.publish(t, "endless", "closes: 2026-12-31\n", "")
	for n := range 40 {
		w.signed(t, person(slug, n))
	}
	back := w.signed(t, person(slug, 50))
	if err := w.Withdraw(t.Context(), back.Signature.ID); err != nil {
		t.Fatal(err)
	}
	w.signed(t, ana("endless"))
	w.clock.turn(time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC).Sub(w.clock.now()) - time.Second) // 30 days after the last day
	w.expire(t)
	if n := w.one(t, `SELECT count(*) FROM signature WHERE pledge = ?`, slug); n != 41 {
		t.Errorf("%d signatures on the last day they are kept", n)
	}
	w.clock.turn(time.Second)
	w.expire(t)
	if n := w.one(t, `SELECT count(*) FROM signature WHERE pledge = ?`, slug); n != 0 {
		t.Errorf("%d signatures are kept too long", n)
	}
	w.mustCount(t, slug, 40)
	w.mustCount(t, "endless", 1)
}

func (w *world) expire(t rapid.TB) {
	t.Helper()
	if err := w.Expire(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestLatestShowsThoseWhoAgreed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	for n, name := range []string{"Renée", "Marcus", "Hidden", "Li", "Pending"} {
		s := person(slug, n)
		s.GivenName, s.ShowName = name, name != "Hidden"
		if name == "Marcus" {
			s.Zip = "30301"
		}
		w.sign(t, s)
		if name != "Pending" {
			w.confirm(t, w.token(t))
		}
		w.clock.turn(12 * time.Hour)
	}
	names, err := w.Latest(t.Context(), w.bySlug(t, slug), 2)
	if err != nil {
		t.Fatal(err)
	}
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	want := []pledge.Name{{GivenName: "Li", StateCode: "CO", On: day(24)}, {GivenName: "Marcus", StateCode: "GA", On: day(23)}}
	if !slices.Equal(names, want) {
		t.Errorf("Latest = %+v", names)
	}
	w.publish(t, slug, "show_names: true", "show_names: false")
	if names, err := w.Latest(t.Context(), w.bySlug(t, slug), 2); err != nil || len(names) != 0 {
		t.Errorf("a pledge that shows no names shows %+v, %v", names, err)
	}
}

func TestCountIsRememberedForASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	if c, err := w.Count(t.Context(), slug); err != nil || c.Confirmed != 0 || c.Goal != 20 || !c.AsOf.Equal(noon) {
		t.Fatalf("Count = %+v, %v", c, err)
	}
	if err := w.db.Read(t.Context()).Exec(`INSERT INTO pledge_counter VALUES (?, 3, 5, 0), (?, 4, 2, 0)`, slug, slug).Error; err != nil {
		t.Fatal(err)
	}
	read := func() int64 {
		c, err := w.Count(t.Context(), slug)
		if err != nil {
			t.Fatal(err)
		}
		return c.Confirmed
	}
	w.clock.turn(999 * time.Millisecond)
	if n := read(); n != 0 {
		t.Errorf("asked the database again after less than a second: %d", n)
	}
	w.clock.turn(time.Millisecond)
	if n := read(); n != 7 {
		t.Errorf("count is %d after a second", n)
	}
	// Another node's signer: its change is told, and then nothing old is shown.
	if err := w.db.Read(t.Context()).Exec(`UPDATE pledge_counter SET confirmed = confirmed + 1 WHERE slot = 4`).Error; err != nil {
		t.Fatal(err)
	}
	w.Changed("content")
	if n := read(); n != 7 {
		t.Errorf("count is %d", n)
	}
	w.Changed(pledge.Tag(slug))
	if n := read(); n != 8 {
		t.Errorf("count is %d after the change was told", n)
	}
	_, err := w.Count(t.Context(), "no-such-pledge")
	mustBe(t, err, fault.KindNotFound, "pledge.unknown")
}

func TestOwnConfirmationIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	for n := range int64(3) {
		w.signed(t, person(slug, int(n)))
		if c, err := w.Count(t.Context(), slug); err != nil || c.Confirmed != n+1 {
			t.Errorf("count is %d after %d confirmed, %v", c.Confirmed, n+1, err)
		}
	}
}

// A transaction that asks the pool for a second connection hangs as soon as
// enough others do the same.
func TestEveryVerbGetsAlongWithOneConnection(t *testing.T) {
	t.Parallel()
	db, _ := postgrestest.Tapped(t)
	w := worldOn(t, db)
	w.publish(t, slug)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	s := ana(slug)
	s.Updates, s.UpdatesWords = true, "Send me updates."
	if _, err := w.Sign(ctx, s); err != nil {
		t.Fatal(err)
	}
	c, err := w.Confirm(ctx, w.token(t))
	if err != nil {
		t.Fatal(err)
	}
	w.clock.turn(60 * 24 * time.Hour)
	for name, do := range map[string]func() error{
		"withdraw": func() error { return w.Withdraw(ctx, c.Signature.ID) },
		"erase":    func() error { return w.Erase(ctx, c.Signature.ID) },
		"expire":   func() error { return w.Expire(ctx) },
	} {
		if err := do(); err != nil && fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}
