package pledge_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"redress/internal/pledge"
	"redress/internal/postgres/postgrestest"
)

// The answer to a newcomer and to somebody who has signed must not differ in
// the work it takes: the same statements run, in the same order.
func TestTheSameStatementsRunWhoeverSigns(t *testing.T) {
	t.Parallel()
	db, wire := postgrestest.Tapped(t)
	w := worldOn(t, db)
	w.publish(t, slug)
	for n := range 10 { // until every statement is prepared
		w.sign(t, person(slug, 100+n))
	}

	ben, cleo := ana(slug), ana(slug)
	ben.GivenName, cleo.GivenName = "Ben", "Cleo"
	var want []string
	run := func(name string, s pledge.Signing) {
		t.Helper()
		w.clock.turn(2 * time.Second) // a signer wakes the mail's worker when none did within a second
		wire.Take(t, db)
		w.sign(t, s)
		ran := wire.Take(t, db)
		if want == nil {
			want = ran
			if len(ran) < 5 || !slices.ContainsFunc(ran, func(sql string) bool { return strings.Contains(sql, "INSERT INTO signature ") }) ||
				!slices.ContainsFunc(ran, func(sql string) bool { return regexp.MustCompile(`(?i)insert into "?mail`).MatchString(sql) }) ||
				!slices.ContainsFunc(ran, func(sql string) bool { return strings.Contains(sql, "river_job") }) {
				t.Fatalf("the wire saw only %q", ran)
			}
			return
		}
		if !slices.Equal(ran, want) {
			t.Errorf("%s: ran\n%q\nnot\n%q", name, short(ran), short(want))
		}
	}
	run("newcomer", ana(slug))
	run("another newcomer", person(slug, 1))
	slow := person(slug, 5)
	slow.Slow = true
	run("a newcomer whose mail waits", slow)
	run("waiting to be confirmed", ana(slug))
	w.sign(t, ana(slug))
	w.confirm(t, w.token(t))
	run("has signed", ana(slug))
	run("has signed and been told today", ana(slug))
	w.signed(t, ben)
	run("third on a mailbox", cleo)
	run("third on a mailbox, told today", cleo)
	c := w.signed(t, person(slug, 2))
	if err := w.Withdraw(t.Context(), c.Signature.ID); err != nil {
		t.Fatal(err)
	}
	run("signs again", person(slug, 2))
	w.clock.turn(48 * time.Hour)
	run("after a while", ana(slug))
	for n := range pledge.MailboxWaiting {
		mal := person(slug, 3)
		mal.GivenName = "Mal" + string(rune('a'+n))
		w.sign(t, mal)
	}
	run("the oldest that waits makes way", person(slug, 3))
	dan, eve := person(slug, 4), person(slug, 4)
	dan.GivenName, eve.GivenName = "Dan", "Eve"
	w.sign(t, person(slug, 4))
	w.signed(t, dan)
	w.signed(t, eve)
	run("waits where two have confirmed", person(slug, 4))
}

func TestSigningNeedsThePostgreSQLToCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	receipt, err := w.Sign(ctx, ana(slug))
	if receipt != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("Sign = %q, %v", receipt, err)
	}
	if n := w.one(t, `SELECT count(*) FROM signature`); n != 0 {
		t.Errorf("%d signatures", n)
	}
}

// short names statements, for a readable difference.
func short(ran []string) []string {
	var names []string
	for _, sql := range ran {
		names = append(names, strings.Join(strings.Fields(sql[:min(len(sql), 60)]), " "))
	}
	return names
}
