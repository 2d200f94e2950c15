package mail_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/mail"
	"redress/internal/mail/mailtest"
	"redress/internal/postgres"
)

func (w *world) notes(n int) []uuid.UUID {
	w.t.Helper()
	var ids []uuid.UUID
	for i := range n {
		ids = append(ids, w.queue("note", fmt.Sprintf("p%d@example.org", i)))
		w.clock.add(time.Millisecond)
	}
	return ids
}

// wantEachOnce checks that each of these mailboxes got one mail, and that all got theirs oldest first.
func (w *world) wantEachOnce(n int) {
	w.t.Helper()
	var order []string
	for _, r := range w.wantAccepted(n) {
		order = append(order, r.To)
	}
	for i, to := range order {
		if to != fmt.Sprintf("p%d@example.org", i) {
			w.t.Fatalf("order %q", order)
		}
	}
}

func (w *world) countStates() map[string]int {
	var rows []struct {
		State string
		N     int
	}
	w.db.Read(w.t.Context()).Raw(`SELECT state, count(*) AS n FROM mail GROUP BY state`).Scan(&rows)
	states := map[string]int{}
	for _, r := range rows {
		states[r.State] = r.N
	}
	return states
}

// watched is a sender that a test looks through: before each hand-over it is called with the number of it.
type watched struct {
	mail.Sender
	before func(n int)
	n      int
}

func (s *watched) Open(ctx context.Context) (mail.Session, error) {
	session, err := s.Sender.Open(ctx)
	return watchedSession{session, s}, err
}

type watchedSession struct {
	mail.Session
	of *watched
}

func (s watchedSession) Send(ctx context.Context, e *mail.Envelope) error {
	s.of.n++
	s.of.before(s.of.n)
	return s.Session.Send(ctx, e)
}

func watch(before func(n int)) func(*mail.Options) {
	return func(o *mail.Options) { o.Sender = &watched{Sender: o.Sender, before: before} }
}

// Mails are marked and settled together, in groups that grow and stay small, and go one after the other in their order.
func TestGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var marked []int
	post := w.newPost(watch(func(int) { marked = append(marked, w.countStates()[mail.Sending]) }))
	w.notes(150)
	if err := post.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.wantEachOnce(150)
	if marked[0] != 1 || slices.Max(marked) < 16 || slices.Max(marked) > 32 {
		t.Errorf("marked at a time: %v", marked)
	}
	if n := w.server.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
	if states := w.countStates(); states[mail.Sent] != 150 {
		t.Errorf("states %v", states)
	}
}

// One mail whose kind can't follow it doesn't stop those in its group, and moves itself in the end.
func TestPoisonedNeighbor(t *testing.T) {
	t.Parallel()
	for _, state := range []string{mail.Sending, mail.Sent} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ids := w.notes(20)
			w.follow = func(m mail.Mail, o mail.Outcome) error {
				if m.ID == ids[9] && o.State == state {
					return errors.New("no such delivery of maya@example.org")
				}
				return nil
			}
			w.work()
			w.wantEachOnce(20)
			for i, id := range ids {
				if m := w.wantState(id, mail.Sent); m.Attempts != 1 || m.ClaimedBy != nil {
					t.Errorf("mail %d: %+v", i, m)
				}
			}
			if strings.Contains(w.log.String(), "maya") {
				t.Error("the log quotes the kind's error")
			}
		})
	}
}

// A kind's failing statement spoils its transaction; the others' moves are told and kept all the same.
func TestPoisonedTransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.db.Read(t.Context()).Exec(`CREATE TABLE followed (id uuid, state text, CHECK (state <> 'poison'), UNIQUE (id, state))`).Error; err != nil {
		t.Fatal(err)
	}
	var poisoned uuid.UUID
	w.post.Register(mail.Kind{Name: "followed", Render: w.render, Moved: func(ctx context.Context, tx *postgres.Tx, m mail.Mail, o mail.Outcome) error {
		state := o.State
		if m.ID == poisoned {
			state = "poison"
		}
		return tx.WithContext(ctx).Exec(`INSERT INTO followed VALUES (?, ?)`, m.ID, state).Error
	}})
	for i := range 20 {
		id := w.queue("followed", fmt.Sprintf("p%d@example.org", i))
		if i == 9 {
			poisoned = id
		}
		w.clock.add(time.Millisecond)
	}
	w.work()
	w.wantEachOnce(20)
	var told int
	w.db.Read(t.Context()).Raw(`SELECT count(*) FROM followed`).Scan(&told)
	if told != 38 || w.countStates()[mail.Sent] != 20 {
		t.Errorf("%d moves told, states %v", told, w.countStates())
	}
}

// A worker that is killed in the middle of a group: what it had marked goes out again, once, when the leases have run out, with
// the Message-IDs of the first time; what it had only claimed goes out before.
func TestKilledInTheMiddleOfAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := w.notes(60)
	crash := w.newPost(watch(func(n int) {
		if n == 20 { // of a group of 16 that began with the 16th
			panic("killed")
		}
	}))
	func() {
		defer func() { _ = recover() }()
		_ = crash.Work(t.Context())
	}()
	w.wantEachOnce(19)
	states := w.countStates()
	if states[mail.Sent] != 15 || states[mail.Sending] != 16 {
		t.Fatalf("states %v", states)
	}
	w.work()
	w.wantAccepted(19)
	w.clock.add(time.Minute)
	w.work()
	w.wantAccepted(19 + 29)
	w.clock.add(2 * time.Minute)
	w.work()
	counts := map[string]int{}
	for _, r := range w.wantAccepted(60 + 4) { // the four that the server had and nobody noted
		counts[messageID(string(r.Raw))]++
	}
	twice := 0
	for _, id := range ids {
		m := w.wantState(id, mail.Sent)
		switch counts["<"+m.MessageID+">"] {
		case 1:
		case 2:
			twice++
		default:
			t.Errorf("%s arrived %d times", m.MessageID, counts["<"+m.MessageID+">"])
		}
	}
	if twice != 4 {
		t.Errorf("%d arrived twice", twice)
	}
}

func messageID(raw string) string {
	_, rest, _ := strings.Cut(raw, "Message-ID: ")
	id, _, _ := strings.Cut(rest, "\r\n")
	return id
}

// A session that breaks in the middle of a group costs an attempt of the mail in hand only; the rest waits as it was.
func TestSessionBreaksInTheMiddleOfAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := w.notes(30)
	var once sync.Once
	w.server.Answer(func(a mailtest.Attempt) (reply mailtest.Reply) {
		if a.Stage == mailtest.Data && a.To == "p20@example.org" {
			once.Do(func() { reply.Drop = true })
		}
		return reply
	})
	w.work()
	w.wantAccepted(20)
	for i, id := range ids {
		m := w.row(id)
		switch {
		case i < 20 && m.State != mail.Sent, i == 20 && (m.State != mail.Deferred || m.Attempts != 1),
			i > 20 && (m.Attempts != 0 || m.TriedAt != nil || m.SendingAt != nil || m.ClaimedBy != nil || m.LeaseUntil != nil || m.NotBefore.After(w.clock.now())):
			t.Errorf("mail %d: %+v", i, m)
		}
	}
	w.clock.add(10 * time.Minute)
	w.work()
	w.wantAccepted(30)
	if states := w.countStates(); states[mail.Sent] != 30 {
		t.Errorf("states %v", states)
	}
}

// A program that stops in the middle of a group finishes the mail in hand.
func TestStoppingInTheMiddleOfAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := w.notes(60)
	ctx, cancel := context.WithCancel(t.Context())
	post := w.newPost(watch(func(n int) {
		if n == 20 {
			cancel()
		}
	}))
	if err := post.Work(ctx); err != nil {
		t.Fatal(err)
	}
	w.wantEachOnce(20)
	for i, id := range ids {
		if m := w.row(id); i < 20 && m.State != mail.Sent || i >= 20 && (m.Attempts != 0 || m.ClaimedBy != nil || m.State == mail.Sending) {
			t.Errorf("mail %d: %+v", i, m)
		}
	}
	w.work()
	w.wantEachOnce(60)
}

// A server that takes its time for each mail never lets the lease of a marked one run out: another worker finds nothing to take,
// though the group takes longer than a lease.
func TestSlowServerKeepsItsLeases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notes(60)
	other := w.newPost()
	slow := false
	post := w.newPost(watch(func(n int) {
		if n == 18 {
			slow = true
		}
		if slow {
			w.clock.add(80 * time.Second)
			if n < 32 { // those of this group are marked, the others are claimed
				before := len(w.server.Accepted())
				if err := other.Work(t.Context()); err != nil {
					t.Error(err)
				}
				for _, r := range w.server.Accepted()[before:] {
					var i int
					if _, err := fmt.Sscanf(r.To, "p%d@", &i); err != nil || i < 31 {
						t.Errorf("mail to %s was taken from a living worker", r.To)
					}
				}
			}
		}
	}))
	if err := post.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, r := range w.wantAccepted(60) {
		seen[r.To]++
	}
	if len(seen) != 60 {
		t.Errorf("%d mailboxes", len(seen))
	}
}

// What a slow server has acknowledged is settled while the rest of the group goes on, and the next groups are small.
func TestSlowServerIsSettledEarly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notes(40)
	var sending []int
	post := w.newPost(watch(func(n int) {
		sending = append(sending, w.countStates()[mail.Sending])
		if n > 15 {
			w.clock.add(5 * time.Second)
		}
	}))
	if err := post.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.wantEachOnce(40)
	if got := sending[16:31]; !slices.IsSortedFunc(got, func(a, b int) int { return b - a }) || got[0] != 15 || got[14] != 1 {
		t.Errorf("marked while the group of 16 goes: %v", got)
	}
	if got := slices.Max(sending[31:]); got != 1 {
		t.Errorf("marked at a time after a slow group: %d", got)
	}
}

// Workers of many mails of a kind that counts in a shared row don't wait for each other in a circle.
func TestGroupsThatShareRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.db.Read(t.Context()).Exec(`CREATE TABLE tally (place int PRIMARY KEY, n int)`).Error; err != nil {
		t.Fatal(err)
	}
	kind := mail.Kind{Name: "counted", Render: w.render, Moved: func(ctx context.Context, tx *postgres.Tx, m mail.Mail, o mail.Outcome) error {
		if o.State != mail.Sent {
			return nil
		}
		return tx.WithContext(ctx).Exec(`INSERT INTO tally VALUES (?, 1) ON CONFLICT (place) DO UPDATE SET n = tally.n + 1`, m.SubjectID[0]%7).Error
	}}
	w.post.Register(kind)
	for i := range 200 {
		w.queue("counted", fmt.Sprintf("p%d@example.org", i))
	}
	var wg sync.WaitGroup
	for range 4 {
		post := w.newPost()
		post.Register(kind)
		wg.Go(func() {
			if err := post.Work(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var n int
	w.db.Read(t.Context()).Raw(`SELECT sum(n) FROM tally`).Scan(&n)
	if n != 200 {
		t.Errorf("counted %d", n)
	}
	if strings.Contains(w.log.String(), "together") {
		t.Errorf("groups fell apart: %s", w.log.String())
	}
}

// One mailbox's allowance holds within a group.
func TestAllowanceWithinAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notes(31) // groups of 1, 2, 4, 8, 16; the next one is of 32
	for range 12 {
		w.queue("knock", "maya@example.org")
		w.queue("knock", "ben@example.org")
	}
	w.work()
	got := map[string]int{}
	for _, r := range w.wantAccepted(31 + 6) {
		got[r.To]++
	}
	if got["maya@example.org"] != 3 || got["ben@example.org"] != 3 {
		t.Errorf("got %v", got)
	}
}

// A mail that its kind no longer wants when it is about to go is dropped; those in its group go.
func TestUnwantedAtTheLastMoment(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 20} {
		w := newWorld(t)
		ids := w.notes(n)
		unwanted := ids[n/2]
		w.follow = func(m mail.Mail, o mail.Outcome) error {
			if m.ID == unwanted && o.State == mail.Sending {
				return mail.ErrUnwanted
			}
			return nil
		}
		w.work()
		for _, id := range ids {
			want := mail.Sent
			if id == unwanted {
				want = mail.Dropped
			}
			w.wantState(id, want)
		}
		if got := len(w.server.Accepted()); got != n-1 {
			t.Errorf("%d of %d mails went out", got, n)
		}
	}
}
