package mail_test

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/mail/mailtest"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a database, a mail server and a post of two kinds: "note" to people, "plea" to offices.
type world struct {
	t      *testing.T
	db     *postgres.DB
	server *mailtest.Server
	clock  *clock
	post   *mail.Post
	log    *syncBuffer

	mu     sync.Mutex
	moves  []string             // "note sent", in the order of their commits
	people map[uuid.UUID]string // subject → address
	follow func(mail.Mail, mail.Outcome) error
}

func newWorld(t *testing.T, change ...func(*mail.Options)) *world {
	t.Helper()
	w := &world{t: t, db: postgrestest.New(t), server: mailtest.New(t), clock: newClock(), log: &syncBuffer{}, people: map[uuid.UUID]string{}}
	w.post = w.newPost(change...)
	return w
}

func (w *world) newPost(change ...func(*mail.Options)) *mail.Post {
	w.t.Helper()
	sender, err := mail.NewSMTP(w.server.URL(), "center.test")
	if err != nil {
		w.t.Fatal(err)
	}
	sender.Greet, sender.Send = 2*time.Second, 2*time.Second
	o := mail.Options{
		Sender: sender, Officials: mail.NewCapture(w.t.TempDir()), Now: w.clock.now, Log: w.log.logger(),
		From: netmail.Address{Name: "Center for Open Courts", Address: "post@center.test"},
	}
	for _, f := range change {
		f(&o)
	}
	post := mail.New(w.db, o)
	mail.Wait(post, 0) // a test's clock moves by itself
	for _, k := range []mail.Kind{{Name: "note"}, {Name: "knock", Unasked: true}, {Name: "other-knock", Unasked: true}, {Name: "plea", Official: true}} {
		k.Render, k.Moved = w.render, w.moved
		post.Register(k)
	}
	return post
}

func (w *world) render(_ context.Context, m mail.Mail) (mail.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	to, ok := w.people[m.SubjectID]
	if !ok {
		return mail.Message{}, fault.NotFound("test.gone")
	}
	return mail.Message{To: netmail.Address{Address: to}, Subject: "About " + m.Kind, Text: "Hello\n", HTML: "<p>Hello</p>"}, nil
}

func (w *world) moved(_ context.Context, _ *postgres.Tx, m mail.Mail, o mail.Outcome) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.follow != nil {
		if err := w.follow(m, o); err != nil {
			return err
		}
	}
	w.moves = append(w.moves, m.Kind+" "+o.State)
	return nil
}

// queue queues one mail of a kind to an address.
func (w *world) queue(kind, to string) uuid.UUID {
	w.t.Helper()
	m := mail.Mail{ID: uuid.Must(uuid.NewV7()), Kind: kind, SubjectID: uuid.New(), MailboxKey: []byte("key of " + to)}
	w.mu.Lock()
	w.people[m.SubjectID] = to
	w.mu.Unlock()
	err := w.db.InTx(w.t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(w.t.Context(), tx, m) })
	if err != nil {
		w.t.Fatalf("queue: %v", err)
	}
	return m.ID
}

func (w *world) work() {
	w.t.Helper()
	if err := w.post.Work(w.t.Context()); err != nil {
		w.t.Fatalf("work: %v (%v)", err, errors.Unwrap(err))
	}
}

func (w *world) row(id uuid.UUID) mail.Mail {
	w.t.Helper()
	var m mail.Mail
	if err := w.db.Read(w.t.Context()).Where("id = ?", id).Take(&m).Error; err != nil {
		w.t.Fatalf("row: %v", err)
	}
	return m
}

func (w *world) wantState(id uuid.UUID, state string) mail.Mail {
	w.t.Helper()
	m := w.row(id)
	if m.State != state {
		w.t.Fatalf("state %q, want %q (code %d %s)", m.State, state, m.LastCode, m.LastEnhanced)
	}
	return m
}

func (w *world) wantAccepted(n int) []mailtest.Received {
	w.t.Helper()
	got := w.server.Accepted()
	if len(got) != n {
		w.t.Fatalf("server acknowledged %d mails, want %d", len(got), n)
	}
	return got
}

func (w *world) wantMoves(want ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.moves, want) {
		w.t.Fatalf("moves %q, want %q", w.moves, want)
	}
}

func TestStructFitsTable(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), mail.Mail{}, mail.MailPace{})
}

func TestMailIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.queue("note", "maya@example.org")
	w.work()
	m := w.wantState(id, mail.Sent)
	got := w.wantAccepted(1)[0]
	if got.From != "post@center.test" || got.To != "maya@example.org" {
		t.Errorf("envelope %q → %q", got.From, got.To)
	}
	if m.SentAt == nil || m.Attempts != 1 || m.LeaseUntil != nil || m.ClaimedBy != nil {
		t.Errorf("row after sending: %+v", m)
	}
	if !strings.Contains(string(got.Raw), "<"+m.MessageID+">") {
		t.Error("the mail lacks the row's Message-ID")
	}
	w.wantMoves("note sending", "note sent")
}

func TestQueueBelongsToTheTransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	boom := errors.New("boom")
	err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error {
		if err := w.post.Queue(t.Context(), tx, mail.Mail{Kind: "note", SubjectID: uuid.New()}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	var rows, jobs int64
	w.db.Read(t.Context()).Raw(`SELECT count(*) FROM mail`).Scan(&rows)
	w.db.Read(t.Context()).Raw(`SELECT count(*) FROM river_job`).Scan(&jobs)
	if rows != 0 || jobs != 0 {
		t.Fatalf("%d mails and %d jobs outlived their transaction", rows, jobs)
	}
	w.clock.add(2 * time.Second)
	for range 5 {
		w.queue("note", "maya@example.org")
	}
	w.db.Read(t.Context()).Raw(`SELECT count(*) FROM river_job WHERE kind = 'mail.wake'`).Scan(&jobs)
	if jobs != 1 {
		t.Fatalf("%d wake-ups within a second, want 1", jobs)
	}
}

func TestQueueRefusesWhatItCantSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, m := range []mail.Mail{
		{Kind: "unknown", SubjectID: uuid.New()},
		{Kind: "note"},
		{Kind: "knock", SubjectID: uuid.New()},
	} {
		if err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(t.Context(), tx, m) }); err == nil {
			t.Errorf("%+v was queued", m)
		}
	}
}

func TestServerDownThenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Stop()
	var ids []uuid.UUID
	for i := range 5 {
		ids = append(ids, w.queue("note", fmt.Sprintf("p%d@example.org", i)))
	}
	for range 10 {
		w.work() // the circuit is open: no storm of attempts
	}
	for _, id := range ids {
		if m := w.wantState(id, mail.Queued); m.Attempts != 0 || m.ClaimedBy != nil {
			t.Fatalf("an untried mail changed: %+v", m)
		}
	}
	w.server.Start()
	w.work()
	w.wantAccepted(0) // still resting
	w.clock.add(10 * time.Minute)
	w.work()
	w.wantAccepted(5)
	if n := w.server.Connections(); n != 1 {
		t.Errorf("%d connections for one batch, want 1", n)
	}
	for _, id := range ids {
		w.wantState(id, mail.Sent)
	}
}

// A server that stays away for days loses nothing: only attempts count towards giving up.
func TestServerDownForDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Stop()
	id := w.queue("note", "maya@example.org")
	for range 100 {
		w.work()
		w.clock.add(time.Hour)
	}
	w.wantState(id, mail.Queued)
	w.server.Start()
	w.server.Answer(mailtest.Times(1, mailtest.To, mailtest.Refuse(451, 4, 7, 1)))
	w.work()
	w.wantState(id, mail.Deferred)
	w.clock.add(10 * time.Minute)
	w.work()
	w.wantState(id, mail.Sent)
}

func TestTemporaryRefusal(t *testing.T) {
	t.Parallel()
	for _, stage := range []mailtest.Stage{mailtest.From, mailtest.To, mailtest.Data} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.server.Answer(mailtest.Times(1, stage, mailtest.Refuse(451, 4, 7, 1)))
			id := w.queue("note", "maya@example.org")
			other := w.queue("note", "ben@example.org")
			w.work()
			m := w.wantState(id, mail.Deferred)
			w.wantState(other, mail.Sent) // the same session goes on
			if m.LastCode != 451 || m.LastEnhanced != "4.7.1" {
				t.Errorf("code %d %q", m.LastCode, m.LastEnhanced)
			}
			if !m.NotBefore.After(w.clock.now()) {
				t.Error("no waiting before the next attempt")
			}
			w.work()
			w.wantState(id, mail.Deferred)
			w.clock.add(2 * time.Minute)
			w.work()
			m = w.wantState(id, mail.Sent)
			if m.Attempts != 2 {
				t.Errorf("%d attempts", m.Attempts)
			}
			if n := w.server.Connections(); n != 2 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

func TestGivesUpAfterTwoDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Answer(func(a mailtest.Attempt) mailtest.Reply {
		if a.Stage == mailtest.To {
			return mailtest.Refuse(450, 4, 2, 1)
		}
		return mailtest.Reply{}
	})
	id := w.queue("note", "maya@example.org")
	began := w.clock.now()
	for range 60 {
		w.work()
		m := w.row(id)
		if m.State == mail.Failed {
			break
		}
		w.clock.add(m.NotBefore.Sub(w.clock.now()))
	}
	m := w.wantState(id, mail.Failed)
	if took := w.clock.now().Sub(began); took != 48*time.Hour {
		t.Errorf("gave up after %v", took)
	}
	if m.Attempts < 12 || m.Attempts > 25 {
		t.Errorf("%d attempts", m.Attempts)
	}
}

func TestPermanentRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Answer(mailtest.Times(1, mailtest.To, mailtest.Refuse(550, 5, 1, 1)))
	id := w.queue("note", "nobody@example.org")
	other := w.queue("note", "maya@example.org")
	w.work()
	m := w.wantState(id, mail.Failed)
	if m.LastCode != 550 || m.LastEnhanced != "5.1.1" {
		t.Errorf("code %d %q", m.LastCode, m.LastEnhanced)
	}
	w.wantState(other, mail.Sent)
	w.clock.add(50 * time.Hour)
	w.work()
	w.wantAccepted(1)
	w.wantMoves("note sending", "note failed", "note sending", "note sent")
	if text := w.log.String(); strings.Contains(text, "nobody") || strings.Contains(text, "example.org") {
		t.Errorf("the log quotes the server: %s", text)
	}
}

// A server that doesn't like our sender is a matter of settings: the mails wait.
func TestRefusedSenderIsNotTheMailsFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Answer(mailtest.Times(1, mailtest.From, mailtest.Refuse(550, 5, 7, 1)))
	id := w.queue("note", "maya@example.org")
	w.work()
	w.wantState(id, mail.Deferred)
}

func TestConnectionDroppedBeforeTheAcknowledgment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Answer(mailtest.Times(1, mailtest.Data, mailtest.Reply{Drop: true}))
	id := w.queue("note", "maya@example.org")
	w.work()
	w.wantState(id, mail.Deferred)
	w.clock.add(10 * time.Minute)
	w.work()
	m := w.wantState(id, mail.Sent)
	got := w.server.Received()
	if len(got) != 2 || got[0].Accepted || !got[1].Accepted {
		t.Fatalf("server received %d", len(got))
	}
	for _, r := range got {
		if !strings.Contains(string(r.Raw), "<"+m.MessageID+">") {
			t.Error("the repetition has another Message-ID")
		}
	}
}

func TestServerClosesBetweenMails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Answer(mailtest.Times(1, mailtest.To, mailtest.Refuse(421, 4, 3, 2)))
	first := w.queue("note", "maya@example.org")
	second := w.queue("note", "ben@example.org")
	w.work()
	w.wantState(first, mail.Deferred)
	w.wantState(second, mail.Sent)
	if n := w.server.Connections(); n != 2 {
		t.Errorf("%d connections, want a new one after 421", n)
	}
}

func TestServerHangs(t *testing.T) {
	t.Parallel()
	for _, stage := range []mailtest.Stage{mailtest.Connect, mailtest.To, mailtest.Data} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.server.Answer(mailtest.Times(1, stage, mailtest.Reply{Hang: true}))
			id := w.queue("note", "maya@example.org")
			began := time.Now()
			w.work()
			if took := time.Since(began); took > 15*time.Second {
				t.Fatalf("hung for %v", took)
			}
			if m := w.row(id); m.State != mail.Deferred && m.State != mail.Queued {
				t.Fatalf("state %q", m.State)
			}
			w.clock.add(10 * time.Minute)
			w.work()
			w.wantState(id, mail.Sent)
			w.wantAccepted(1)
		})
	}
}

func TestServerIsSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Answer(func(mailtest.Attempt) mailtest.Reply { return mailtest.Reply{Wait: 200 * time.Millisecond} })
	id := w.queue("note", "maya@example.org")
	w.work()
	w.wantState(id, mail.Sent)
}

func TestWorkersNeverSendTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const mails = 150
	for i := range mails {
		w.queue("note", fmt.Sprintf("p%d@example.org", i))
	}
	var wg sync.WaitGroup
	for range 4 {
		post := w.newPost()
		wg.Go(func() {
			for range 3 {
				if err := post.Work(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	seen := map[string]int{}
	for _, r := range w.wantAccepted(mails) {
		seen[r.To]++
	}
	if len(seen) != mails {
		t.Fatalf("%d mailboxes of %d got a mail", len(seen), mails)
	}
}

// A worker that dies between the mark and the acknowledgment: its mail is sent again when the lease has run out, not before,
// and with the same Message-ID.
func TestCrashBetweenMarkAndAcknowledgment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.queue("note", "maya@example.org")
	crash := w.newPost(func(o *mail.Options) { o.Sender = &dyingSender{Sender: o.Sender} })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the worker survived")
			}
		}()
		_ = crash.Work(t.Context())
	}()
	m := w.wantState(id, mail.Sending)
	w.wantAccepted(1)
	w.work()
	w.wantAccepted(1) // the lease holds
	w.clock.add(90 * time.Second)
	w.work()
	w.wantAccepted(1) // still, as long as a living worker could be waiting for the server
	w.clock.add(time.Minute)
	w.work()
	got := w.wantAccepted(2)
	w.wantState(id, mail.Sent)
	for _, r := range got {
		if !strings.Contains(string(r.Raw), "<"+m.MessageID+">") {
			t.Error("the repetition has another Message-ID")
		}
	}
}

// What a killed worker had claimed and not begun goes out within a minute, once.
func TestCrashWithClaimedMails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 10 {
		w.queue("note", fmt.Sprintf("p%d@example.org", i))
	}
	crash := w.newPost(func(o *mail.Options) { o.Sender = &dyingSender{Sender: o.Sender} })
	func() {
		defer func() { _ = recover() }()
		_ = crash.Work(t.Context())
	}()
	w.wantAccepted(1)
	w.work()
	w.wantAccepted(1) // all are claimed
	w.clock.add(time.Minute)
	w.work()
	w.wantAccepted(10)
	w.clock.add(5 * time.Minute)
	w.work()
	w.wantAccepted(11) // the one in hand, again
}

// dyingSender sends and then dies before it can tell.
type dyingSender struct{ mail.Sender }

func (d *dyingSender) Open(ctx context.Context) (mail.Session, error) {
	s, err := d.Sender.Open(ctx)
	return dyingSession{s}, err
}

type dyingSession struct{ mail.Session }

func (d dyingSession) Send(ctx context.Context, e *mail.Envelope) error {
	if err := d.Session.Send(ctx, e); err != nil {
		return err
	}
	panic("killed")
}

func TestSubjectGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.queue("note", "maya@example.org")
	w.people = map[uuid.UUID]string{}
	w.work()
	w.wantState(id, mail.Dropped)
	w.wantAccepted(0)
	w.wantMoves("note dropped")
}

func TestRenderTroubleIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	calls := 0
	w.post.Register(mail.Kind{Name: "shaky", Render: func(context.Context, mail.Mail) (mail.Message, error) {
		switch calls++; calls {
		case 1:
			return mail.Message{}, errors.New("template broke for maya@example.org")
		case 2:
			panic("maya@example.org")
		}
		return mail.Message{To: netmail.Address{Address: "maya@example.org"}, Subject: "s", Text: "t"}, nil
	}})
	id := w.queue("shaky", "maya@example.org")
	for range 2 {
		w.work()
		w.wantState(id, mail.Deferred)
		w.clock.add(10 * time.Minute)
	}
	w.work()
	w.wantState(id, mail.Sent)
	if strings.Contains(w.log.String(), "maya") {
		t.Error("the log quotes the error of a render")
	}
}

func TestNotBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := mail.Mail{ID: uuid.New(), Kind: "note", SubjectID: uuid.New(), NotBefore: w.clock.now().Add(time.Hour)}
	w.people[m.SubjectID] = "maya@example.org"
	if err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(t.Context(), tx, m) }); err != nil {
		t.Fatal(err)
	}
	w.work()
	w.wantState(m.ID, mail.Queued)
	w.clock.add(time.Hour)
	w.work()
	w.wantState(m.ID, mail.Sent)
}

func TestThreeUnaskedMailsADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []uuid.UUID
	for i := range 5 {
		ids = append(ids, w.queue([]string{"knock", "other-knock"}[i%2], "maya@example.org"))
	}
	other := w.queue("knock", "ben@example.org")
	asked := w.queue("note", "maya@example.org")
	w.work()
	states := map[string]int{}
	for _, id := range ids {
		states[w.row(id).State]++
	}
	if states[mail.Sent] != 3 || states[mail.Dropped] != 2 {
		t.Fatalf("states %v", states)
	}
	w.wantState(other, mail.Sent)
	w.wantState(asked, mail.Sent)
	w.clock.add(25 * time.Hour)
	next := w.queue("knock", "maya@example.org")
	w.work()
	w.wantState(next, mail.Sent)
}

// A mail that bounced off for good takes nothing from the allowance; one that waits does.
func TestAllowanceCountsWhatMayArrive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Answer(mailtest.Times(2, mailtest.To, mailtest.Refuse(550, 5, 7, 1)))
	for range 2 {
		w.wantStateAfterWork(w.queue("knock", "maya@example.org"), mail.Failed)
	}
	w.server.Answer(mailtest.Times(1, mailtest.To, mailtest.Refuse(450, 4, 2, 1)))
	waiting := w.queue("knock", "maya@example.org")
	w.wantStateAfterWork(waiting, mail.Deferred)
	w.wantStateAfterWork(w.queue("knock", "maya@example.org"), mail.Sent)
	w.wantStateAfterWork(w.queue("knock", "maya@example.org"), mail.Sent)
	w.wantStateAfterWork(w.queue("knock", "maya@example.org"), mail.Dropped)
	w.clock.add(10 * time.Minute)
	w.wantStateAfterWork(waiting, mail.Sent)
}

func (w *world) wantStateAfterWork(id uuid.UUID, state string) {
	w.t.Helper()
	w.work()
	w.wantState(id, state)
}

func TestAllowanceHoldsAgainstManyWorkers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 200 { // more than one worker claims at a time
		w.queue("knock", "maya@example.org")
	}
	w.follow = func(_ mail.Mail, o mail.Outcome) error {
		if o.State == mail.Sending {
			time.Sleep(30 * time.Millisecond) // the mark is not committed yet, and others count
		}
		return nil
	}
	var wg sync.WaitGroup
	for range 4 {
		post := w.newPost()
		wg.Go(func() {
			if err := post.Work(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.wantAccepted(3)
}

func TestSuppressedMailboxGetsNothingUnasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *mail.Options) {
		o.Suppressed = func(_ context.Context, _ *postgres.Tx, key []byte) (bool, error) {
			return string(key) == "key of maya@example.org", nil
		}
	})
	unasked := w.queue("knock", "maya@example.org")
	asked := w.queue("note", "maya@example.org")
	w.work()
	w.wantState(unasked, mail.Dropped)
	w.wantState(asked, mail.Sent)
}

func TestOfficialMailIsCapturedUnlessLive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	capture := mail.NewCapture(dir)
	w := newWorld(t, func(o *mail.Options) { o.Officials = capture })
	id := w.queue("plea", "senator@office.example")
	w.work()
	w.wantState(id, mail.Captured)
	w.wantAccepted(0)
	w.wantMoves("plea sending", "plea captured")
	if list, err := capture.List(0); err != nil || len(list) != 1 || list[0].ID != id {
		t.Fatalf("captured %v, %v", list, err)
	}

	live := newWorld(t, func(o *mail.Options) { o.Officials = o.Sender })
	id = live.queue("plea", "senator@office.example")
	live.work()
	live.wantState(id, mail.Sent)
	raw := string(live.wantAccepted(1)[0].Raw)
	if strings.Contains(raw, "Auto-Submitted") {
		t.Error("a person's letter is marked as a machine's")
	}
}

// With the mail server away, what is captured is still captured.
func TestCaptureDoesNotWaitForTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Stop()
	person := w.queue("note", "maya@example.org")
	office := w.queue("plea", "senator@office.example")
	w.work()
	w.wantState(person, mail.Queued)
	w.wantState(office, mail.Captured)
}

// A kind that can't follow never causes a second mail.
func TestMovedThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.follow = func(_ mail.Mail, o mail.Outcome) error {
		if o.State == mail.Sent {
			return errors.New("no such delivery of maya@example.org")
		}
		return nil
	}
	id := w.queue("note", "maya@example.org")
	w.work()
	w.wantState(id, mail.Sent)
	w.wantMoves("note sending")
	w.clock.add(time.Hour)
	w.work()
	w.wantAccepted(1)
	if text := w.log.String(); !strings.Contains(text, "could not follow") || strings.Contains(text, "maya") {
		t.Errorf("log: %s", text)
	}
}

// Moved shares the transaction of the row: what it wrote in a try that failed is gone.
func TestMovedSharesTheTransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.db.Read(t.Context()).Exec(`CREATE TABLE followed (state text)`).Error; err != nil {
		t.Fatal(err)
	}
	var tries atomic.Int32
	w.post.Register(mail.Kind{Name: "followed", Render: w.render, Moved: func(ctx context.Context, tx *postgres.Tx, _ mail.Mail, o mail.Outcome) error {
		if err := tx.WithContext(ctx).Exec(`INSERT INTO followed VALUES (?)`, o.State).Error; err != nil {
			return err
		}
		if tries.Add(1) == 1 {
			return errors.New("once")
		}
		return nil
	}})
	w.queue("followed", "maya@example.org")
	w.work()
	var states []string
	w.db.Read(t.Context()).Raw(`SELECT state FROM followed`).Scan(&states)
	if !slices.Equal(states, []string{mail.Sending, mail.Sent}) {
		t.Fatalf("followed %q", states)
	}
}

func TestStoppingGivesBackWhatIsUntried(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.server.Answer(func(a mailtest.Attempt) mailtest.Reply {
		if a.Stage == mailtest.Data {
			cancel()
		}
		return mailtest.Reply{}
	})
	for i := range 10 {
		w.queue("note", fmt.Sprintf("p%d@example.org", i))
	}
	if err := w.post.Work(ctx); err != nil {
		t.Fatal(err)
	}
	w.wantAccepted(1)
	var sent, waiting int64
	w.db.Read(t.Context()).Raw(`SELECT count(*) FROM mail WHERE state = 'sent'`).Scan(&sent)
	w.db.Read(t.Context()).Raw(`SELECT count(*) FROM mail WHERE state = 'queued' AND lease_until IS NULL AND claimed_by IS NULL`).Scan(&waiting)
	if sent != 1 || waiting != 9 {
		t.Fatalf("%d sent, %d waiting", sent, waiting)
	}
}

func TestUnknownKindsAreLeftToOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.queue("note", "maya@example.org")
	if err := w.db.Read(t.Context()).Exec(`UPDATE mail SET kind = 'from-the-future'`).Error; err != nil {
		t.Fatal(err)
	}
	w.work()
	w.wantState(id, mail.Queued)
}

func TestRowsHoldNothingPersonal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Answer(mailtest.Times(1, mailtest.To, mailtest.Refuse(450, 4, 2, 1)))
	m := mail.Mail{Kind: "knock", SubjectID: uuid.New(), MailboxKey: []byte{1, 2, 3}}
	w.people[m.SubjectID] = "canary-maya@canary.example"
	if err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(t.Context(), tx, m) }); err != nil {
		t.Fatal(err)
	}
	w.work()
	w.clock.add(time.Hour)
	w.work()
	w.wantAccepted(1)
	var text string
	w.db.Read(t.Context()).Raw(`SELECT string_agg(mail::text, E'\n') || coalesce((SELECT string_agg(river_job::text, E'\n') FROM river_job), '') FROM mail`).Scan(&text)
	if text == "" || strings.Contains(text, "canary") {
		t.Fatalf("rows: %s", text)
	}
	if strings.Contains(w.log.String(), "canary") {
		t.Fatalf("log: %s", w.log.String())
	}
}

func TestCleanErasesWhatWasCapturedBeforeGoingLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := t.TempDir()
	name := "20250101T000000.000000000Z_note_" + uuid.NewString() + ".eml"
	if err := os.WriteFile(filepath.Join(dir, name), []byte("Subject: x\r\n\r\nx"), 0o600); err != nil {
		t.Fatal(err)
	}
	live := mail.New(w.db, mail.Options{
		Sender: unreachable{}, Officials: unreachable{}, Folder: mail.NewCapture(dir), Now: w.clock.now, Log: w.log.logger(),
	})
	if err := live.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v stays, %v", left, err)
	}
}

// unreachable is a mail server that is away.
type unreachable struct{}

func (unreachable) Open(context.Context) (mail.Session, error) { return nil, errors.New("away") }
func (unreachable) Accepted() string                           { return mail.Sent }

func TestCleanErasesOldRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.queue("note", "maya@example.org")
	w.work()
	w.clock.add(59 * 24 * time.Hour)
	waiting := w.queue("note", "ben@example.org")
	if err := w.post.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.wantState(old, mail.Sent)
	w.clock.add(70 * 24 * time.Hour)
	if err := w.post.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.wantState(waiting, mail.Queued)
	var n int64
	w.db.Read(t.Context()).Raw(`SELECT count(*) FROM mail`).Scan(&n)
	if n != 1 {
		t.Fatalf("%d rows", n)
	}
}
