package pledge_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"redress/internal/fault"
	"redress/internal/pledge"
)

// all runs n calls at once and fails the test with the first error.
func all(t *testing.T, n int, do func(i int) error) {
	t.Helper()
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if err := do(i); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// Eighty people at twenty mailboxes (two fit each), each of them several times
// at once, then every link pressed several times at once: two of each mailbox
// are counted, whoever they are.
func TestACrowdIsCountedPersonByPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	const mailboxes, people, times = 20, 4, 3
	all(t, mailboxes*people*times, func(i int) error {
		i /= times
		s := ana(slug)
		s.Email = fmt.Sprintf("box%d@mail.example", i%mailboxes)
		s.FamilyName = "Reyes " + string(rune('A'+i/mailboxes))
		_, err := w.Sign(context.Background(), s)
		return err
	})
	if n := w.one(t, `SELECT count(*) FROM signature`); n != mailboxes*people {
		t.Errorf("%d signatures wait, want %d", n, mailboxes*people)
	}
	if n := w.one(t, `SELECT count(*) FROM mail`); n != mailboxes*people*times {
		t.Errorf("%d mails for %d forms", n, mailboxes*people*times)
	}
	if n := w.one(t, `SELECT count(*) FROM signature s WHERE NOT EXISTS (SELECT FROM signature_person WHERE signature_id = s.id)
		OR NOT EXISTS (SELECT FROM mail WHERE subject_id = s.id AND kind = 'pledge.confirm')`); n != 0 {
		t.Errorf("%d signatures without their person or mail", n)
	}

	tokens := map[string]bool{}
	for _, m := range w.mails(t) {
		if note, err := w.Note(t.Context(), m.Kind, m.SubjectID); err == nil && m.Kind == pledge.MailConfirm {
			tokens[note.Token] = true
		}
	}
	if len(tokens) != mailboxes*people {
		t.Fatalf("%d links", len(tokens))
	}
	var list []string
	for token := range tokens {
		list = append(list, token)
	}
	var first, full atomic.Int64
	all(t, len(list)*times, func(i int) error {
		c, err := w.Confirm(context.Background(), list[i/times])
		if err == nil && !c.Again {
			first.Add(1)
		}
		if f, ok := fault.As(err); ok && f.Key == "pledge.full" {
			full.Add(1)
			err = nil
		}
		return err
	})
	const fit = mailboxes * pledge.MailboxSlots
	if first.Load() != fit || full.Load() != (mailboxes*people-fit)*times {
		t.Errorf("%d were told that they are counted, %d times there was no place", first.Load(), full.Load())
	}
	if n := w.one(t, `SELECT count(*) FROM (SELECT 1 FROM signature WHERE state = 'confirmed' GROUP BY mailbox_key HAVING count(*) <> 2) AS odd`); n != 0 {
		t.Errorf("%d mailboxes don't have two", n)
	}
	w.mustCount(t, slug, fit)
	if n := w.one(t, `SELECT count(*) FROM pledge_counter WHERE pledge = ?`, slug); n != 1 {
		t.Errorf("one node counts in %d rows", n)
	}
}

// Confirming, withdrawing, erasing and expiring at once must leave counters and
// rows in agreement.
func TestACrowdThatChangesItsMindIsCountedRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	const people = 24
	var tokens [people]string
	var ids [people]pledge.Confirmation
	for i := range people {
		w.sign(t, person(slug, i))
		tokens[i] = w.token(t)
		c, err := w.ByToken(t.Context(), tokens[i])
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = c
	}
	all(t, people*4, func(i int) error {
		ctx, id := context.Background(), ids[i/4].Signature.ID
		var err error
		switch {
		case i%4 < 2:
			_, err = w.Confirm(ctx, tokens[i/4])
		case i%4 == 2:
			err = w.Withdraw(ctx, id)
		case i%3 == 0:
			err = w.Erase(ctx, id)
		default:
			err = w.Expire(ctx)
		}
		if fault.KindOf(err) == fault.KindNotFound {
			err = nil // another was faster
		}
		return err
	})
	left := w.one(t, `SELECT count(*) FROM signature WHERE state = 'confirmed'`)
	w.mustCount(t, slug, left)
}
