package mail_test

import (
	"context"
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/mail"
	"redress/internal/mail/mailtest"
	"redress/internal/postgres"
	"redress/internal/seal"
)

// newsWorld has a kind that is bulk, "news".
func newsWorld(t *testing.T, change ...func(*mail.Options)) *world {
	t.Helper()
	w := newWorld(t, change...)
	w.post.Register(mail.Kind{Name: "news", Bulk: true, Render: w.render, Moved: w.moved})
	return w
}

// news queues mails of one batch to n people whose addresses end so.
func (w *world) news(batch uuid.UUID, n int, domain, receiver string) {
	w.t.Helper()
	var mails []mail.Mail
	w.mu.Lock()
	for i := range n {
		m := mail.Mail{Kind: "news", SubjectID: uuid.New(), MailboxKey: fmt.Appendf(nil, "key of p%d@%s", i, domain), Batch: &batch, Receiver: receiver}
		w.people[m.SubjectID] = fmt.Sprintf("p%d@%s", i, domain)
		mails = append(mails, m)
	}
	w.mu.Unlock()
	if err := w.db.InTx(w.t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(w.t.Context(), tx, mails...) }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) workBulk() {
	w.t.Helper()
	if err := w.post.WorkBulk(w.t.Context()); err != nil {
		w.t.Fatalf("work: %v", err)
	}
}

func TestBulkMailLeavesOthersTheirWorkers(t *testing.T) {
	t.Parallel()
	w := newsWorld(t)
	w.news(uuid.New(), 5, "example.org", "other:00")
	w.queue("note", "maya@example.org")
	w.work()
	if got := w.server.Accepted(); len(got) != 1 || got[0].To != "maya@example.org" {
		t.Fatalf("%d mails went", len(got))
	}
	w.workBulk()
	if got := len(w.server.Accepted()); got != 6 {
		t.Fatalf("%d mails went", got)
	}
	if states := w.countStates(); states[mail.Sent] != 6 {
		t.Errorf("%v", states)
	}
}

func TestAClassOfReceiversKeepsItsPace(t *testing.T) {
	t.Parallel()
	w := newsWorld(t)
	w.news(uuid.New(), 60, "example.org", "other:00")
	w.news(uuid.New(), 5, "example.net", "other:01")
	w.workBulk() // the clock stands: one step of the first class, and all of the second
	if got := len(w.server.Accepted()); got != 10+5 {
		t.Fatalf("%d mails went in the first step", got)
	}
	for range 5 {
		w.clock.add(500 * time.Millisecond)
		w.workBulk()
	}
	if got := len(w.server.Accepted()); got != 60+5 {
		t.Fatalf("%d mails went in 2.5 seconds", got)
	}
}

func TestReceiversThatAskForPatienceGetIt(t *testing.T) {
	t.Parallel()
	w := newsWorld(t)
	w.server.Answer(func(a mailtest.Attempt) mailtest.Reply {
		if a.Stage == mailtest.To && strings.HasSuffix(a.To, "@full.example") {
			return mailtest.Refuse(450, 4, 7, 28)
		}
		return mailtest.Reply{}
	})
	w.news(uuid.New(), 40, "full.example", "other:0a")
	w.news(uuid.New(), 40, "example.org", "other:0b")
	for range 8 {
		w.workBulk()
		w.clock.add(500 * time.Millisecond)
	}
	if got := len(w.server.Accepted()); got != 40 {
		t.Fatalf("others: %d mails went", got)
	}
	states := w.countStates()
	if states[mail.Deferred] == 0 || states[mail.Queued] < 30 {
		t.Errorf("after one no the rest should wait untried: %v", states)
	}
	w.server.Answer(nil)
	w.clock.add(20 * time.Second)
	w.workBulk()
	if got := len(w.server.Accepted()); got != 40 {
		t.Fatalf("%d mails went to a class that rests", got-40)
	}
	w.clock.add(40 * time.Second)
	w.workBulk()
	if got := len(w.server.Accepted()) - 40; got == 0 || got > 6 {
		t.Fatalf("%d mails went in the first step after a rest, at half the pace", got)
	}
	for range 60 {
		w.clock.add(30 * time.Second)
		w.workBulk()
	}
	if got := len(w.server.Accepted()); got != 80 {
		t.Errorf("%d mails went in the end: %v", got, w.countStates())
	}
}

func TestBulkMailRespectsSuppression(t *testing.T) {
	t.Parallel()
	w := newsWorld(t, func(o *mail.Options) {
		o.SuppressedAmong = func(_ context.Context, _ *postgres.Tx, keys [][]byte) ([][]byte, error) {
			return slices.DeleteFunc(slices.Clone(keys), func(key []byte) bool { return string(key) != "key of p1@example.org" }), nil
		}
	})
	batch := uuid.New()
	w.news(batch, 3, "example.org", "other:00")
	w.workBulk()
	states, err := w.post.Batch(t.Context(), batch)
	if err != nil || states[mail.Sent] != 2 || states[mail.Dropped] != 1 {
		t.Errorf("%v %v", states, err)
	}
}

func TestABatchIsHeldReleasedAndSentAgain(t *testing.T) {
	t.Parallel()
	w := newsWorld(t)
	batch := uuid.New()
	w.news(batch, 12, "example.org", "other:00")
	if err := w.post.HoldBatch(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	w.workBulk()
	if due, err := w.post.BatchDue(t.Context(), batch, 100); len(w.server.Accepted()) != 0 || due != 0 || err != nil {
		t.Fatalf("%d went, %d are due, %v", len(w.server.Accepted()), due, err)
	}
	if err := w.post.ReleaseBatch(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	w.server.Answer(mailtest.Times(2, mailtest.Data, mailtest.Refuse(550, 5, 7, 1)))
	w.workBulk()
	w.clock.add(time.Second)
	w.workBulk()
	states, _ := w.post.Batch(t.Context(), batch)
	if states[mail.Sent] != 10 || states[mail.Failed] != 2 {
		t.Fatalf("%v", states)
	}
	before := messageIDs(w)
	if n, err := w.post.RequeueBatch(t.Context(), batch); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	w.clock.add(time.Second)
	w.workBulk()
	if states, _ = w.post.Batch(t.Context(), batch); states[mail.Sent] != 12 {
		t.Fatalf("%v", states)
	}
	if !slices.Equal(before, messageIDs(w)) {
		t.Error("a mail that is sent again has another Message-ID")
	}
	if err := w.post.EraseBatch(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if states, _ = w.post.Batch(t.Context(), batch); len(states) != 0 {
		t.Errorf("%v", states)
	}
}

func messageIDs(w *world) (ids []string) {
	w.db.Read(w.t.Context()).Raw(`SELECT message_id FROM mail ORDER BY id`).Scan(&ids)
	return ids
}

// TestTwoNodesKeepOnePace lets two programs work one class at the same moment.
func TestTwoNodesKeepOnePace(t *testing.T) {
	t.Parallel()
	w := newsWorld(t)
	other := w.newPost()
	other.Register(mail.Kind{Name: "news", Bulk: true, Render: w.render})
	w.news(uuid.New(), 100, "example.org", "other:00")
	var all sync.WaitGroup
	for _, post := range []*mail.Post{w.post, other} {
		all.Go(func() { _ = post.WorkBulk(t.Context()) })
	}
	all.Wait()
	if got := len(w.server.Accepted()); got != 10 {
		t.Errorf("%d mails went in one step", got)
	}
}

func TestWhatIsBulkIsAskedForWithCare(t *testing.T) {
	t.Parallel()
	w := newsWorld(t)
	batch := uuid.New()
	for what, m := range map[string]mail.Mail{
		"no batch":          {Kind: "news", SubjectID: uuid.New(), MailboxKey: []byte("k"), Receiver: "google"},
		"no receiver":       {Kind: "news", SubjectID: uuid.New(), MailboxKey: []byte("k"), Batch: &batch},
		"no mailbox":        {Kind: "news", SubjectID: uuid.New(), Batch: &batch, Receiver: "google"},
		"a receiver, alone": {Kind: "note", SubjectID: uuid.New(), Receiver: "google"},
	} {
		if err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(t.Context(), tx, m) }); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a bulk kind that is unasked is taken")
		}
	}()
	w.post.Register(mail.Kind{Name: "x", Bulk: true, Unasked: true, Render: w.render})
}

func TestClassesOfReceivers(t *testing.T) {
	t.Parallel()
	box, err := seal.New(seal.NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	if a, b := mail.Receiver(box, "GMAIL.com"), mail.Receiver(box, "googlemail.com"); a != "google" || b != a {
		t.Error(a, b)
	}
	if a, b := mail.Receiver(box, "school.example"), mail.Receiver(box, "School.Example"); a != b || !strings.HasPrefix(a, "other:") || len(a) != 8 {
		t.Error(a, b)
	}
}

// TestBulkIsCapturedAtOnce has no server: what goes into a folder keeps no pace.
func TestBulkIsCapturedAtOnce(t *testing.T) {
	t.Parallel()
	w := newsWorld(t, func(o *mail.Options) {
		o.Sender = mail.NewCapture(t.TempDir())
		o.From = netmail.Address{Address: "post@center.test"}
	})
	w.news(uuid.New(), 250, "example.org", "other:00")
	w.workBulk()
	if states := w.countStates(); states[mail.Captured] != 250 {
		t.Errorf("%v", states)
	}
}
