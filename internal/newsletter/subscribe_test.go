package newsletter_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/postgres/postgrestest"
)

// The answer to a newcomer and to a subscriber must not differ in the work it takes: the same statements run, in the same order.
func TestTheSameStatementsRunWhoeverSubscribes(t *testing.T) {
	t.Parallel()
	db, wire := postgrestest.Tapped(t)
	w := worldOn(t, db)
	for _, early := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} { // until every statement is prepared
		w.subscribe(t, "early."+early+"@mail.example")
		w.clock.turn(2 * time.Second)
	}
	var want []string
	run := func(who, email string) {
		t.Helper()
		w.clock.turn(2 * time.Second) // the mail's worker is woken when none was within a second
		wire.Take(t, db)
		w.subscribe(t, email)
		ran := wire.Take(t, db)
		if want == nil {
			want = ran
			insert := regexp.MustCompile(`(?i)insert into "?mail`)
			if len(ran) < 4 || !slices.ContainsFunc(ran, insert.MatchString) || !strings.Contains(strings.Join(ran, ";"), "INSERT INTO subscriber ") {
				t.Fatalf("the wire saw only %q", ran)
			}
			return
		}
		if !slices.Equal(ran, want) {
			t.Errorf("%s: ran\n%q\nnot\n%q", who, ran, want)
		}
	}
	run("a newcomer", "new@mail.example")
	run("waits for its mailbox", "new@mail.example")
	mine := w.joined(t, "ana@mail.example")
	run("has it", "ana@mail.example")
	run("has it, in another spelling", "ANA@mail.example")
	if err := w.Pause(t.Context(), mine, newsletter.Month); err != nil {
		t.Fatal(err)
	}
	run("paused it", "ana@mail.example")
	if _, err := w.Unsubscribe(t.Context(), mine, newsletter.ByPage); err != nil {
		t.Fatal(err)
	}
	run("left", "ana@mail.example")
	w.joined(t, "ben@mail.example")
	w.lose(t, "ben@mail.example", mail.HardBounce)
	run("bounced", "ben@mail.example")
	w.joined(t, "cleo@mail.example")
	w.lose(t, "cleo@mail.example", mail.Complaint)
	run("complained", "cleo@mail.example")
}

// A link in an old edition works although the subscription was ended and begun again since.
func TestAnOldEditionsLinkStillUnsubscribes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.joined(t, "ana@mail.example")
	for range 3 {
		if undo, err := w.Unsubscribe(t.Context(), old, newsletter.ByOneClick); err != nil || undo == nil {
			t.Fatalf("%v %v", undo, err)
		}
		if undo, err := w.Unsubscribe(t.Context(), old, newsletter.ByOneClick); err != nil || undo != nil {
			t.Errorf("again: %v %v", undo, err)
		}
		w.clock.turn(25 * time.Hour)
		w.joined(t, "ana@mail.example")
	}
	if n := w.number(t, `SELECT count(*) FROM consent WHERE kind = 'newsletter' AND words = ?`, words); n != 4 {
		t.Errorf("%d consents are kept as proof, want 4", n)
	}
	if n := w.number(t, `SELECT count(*) FROM consent WHERE kind = 'newsletter' AND withdrawn IS NULL`); n != 1 {
		t.Errorf("%d consents stand, want 1", n)
	}
}

// Raising a row's epoch revokes every link in its mails.
func TestARevokedLinkDoesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.joined(t, "ana@mail.example")
	if err := w.db.Read(t.Context()).Exec(`UPDATE subscriber SET epoch = epoch + 1`).Error; err != nil {
		t.Fatal(err)
	}
	if _, err := w.Unsubscribe(t.Context(), mine, newsletter.ByPage); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("unsubscribe: %v", err)
	}
	if err := w.SetRhythm(t.Context(), mine, newsletter.Weekly); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("rhythm: %v", err)
	}
	if got := w.state(t, "ana@mail.example"); got != newsletter.Active {
		t.Errorf("it is %s", got)
	}
}

func TestAnEndCanBeTakenBackForAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.joined(t, "ana@mail.example")
	undo, err := w.Unsubscribe(t.Context(), mine, newsletter.ByPage)
	if err != nil || undo == nil {
		t.Fatal(undo, err)
	}
	if n := w.number(t, `SELECT count(*) FROM subscriber_person`) + w.number(t, `SELECT count(*) FROM supporter_person`); n != 0 {
		t.Errorf("%d addresses are kept", n)
	}
	other := w.joined(t, "ben@mail.example")
	bens, err := w.Unsubscribe(t.Context(), other, newsletter.ByPage)
	if err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]newsletter.Undo{
		"another's address": {Token: undo.Token, Address: bens.Address}, "no address": {Token: undo.Token}, "a link's token": {Token: mine, Address: undo.Address},
	} {
		if err := w.Undo(t.Context(), wrong, words); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.clock.turn(59 * time.Minute)
	if err := w.Undo(t.Context(), *undo, words); err != nil {
		t.Fatal(err)
	}
	w.clock.turn(2 * time.Minute)
	if err := w.Undo(t.Context(), *bens, words); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("after an hour: %v", err)
	}
	if w.state(t, "ana@mail.example") != newsletter.Active || w.state(t, "ben@mail.example") != newsletter.Ended {
		t.Error("the wrong one came back")
	}
}

func TestAnAddressIsShownInPartOnly(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]string{
		"ana@mail.example.org": "a•••@m•••.org", "al@x.org": "•••@•••.org", "Ünal@bücher.example": "Ü•••@b•••.example", "nonsense": "•••",
	} {
		if got := newsletter.Mask(email); got != want {
			t.Errorf("%s: %s, want %s", email, got, want)
		}
	}
}

func TestTheTypesAreTheTables(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), newsletter.Subscriber{}, newsletter.Person{}, newsletter.Change{})
}
