package mail_test

import (
	"context"
	"errors"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/mail"
)

// intake is a way out that is no mail server: it takes documents, answers as told and has hours.
type intake struct {
	mu     sync.Mutex
	away   bool
	answer error
	shut   time.Time
	opened int
	took   []mail.Envelope
}

func (i *intake) Open(context.Context) (mail.Session, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.opened++
	if i.away {
		return nil, errors.New("away")
	}
	return i, nil
}
func (*intake) Accepted() string { return mail.Sent }
func (*intake) Ping() error      { return nil }
func (*intake) Close()           {}

func (i *intake) Send(_ context.Context, e *mail.Envelope) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.answer != nil {
		return i.answer
	}
	i.took = append(i.took, *e)
	return nil
}

func (i *intake) ClosedUntil(now time.Time) (time.Time, bool) { return i.shut, now.Before(i.shut) }

const document = "<CWC>\r\n  <Subject>Réparation = justice</Subject>\r\n</CWC>\r\n"

func (w *world) build(_ context.Context, m mail.Mail) (mail.Envelope, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.people[m.SubjectID]; !ok {
		return mail.Envelope{}, fault.NotFound("test.gone")
	}
	return mail.Envelope{To: "SCA01", Type: "application/xml", Raw: []byte(document)}, nil
}

// live makes officials' mail really go out.
func live(o *mail.Options) { o.Officials = o.Sender }

func TestKindsOwnWayOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	in := &intake{}
	w.post.Register(mail.Kind{Name: "filing", Official: true, Sender: in, Build: w.build, Moved: w.moved})
	id := w.queue("filing", "")
	plea := w.queue("plea", "senator@office.example")
	w.work()
	w.wantState(id, mail.Sent)
	w.wantState(plea, mail.Sent)
	w.wantAccepted(1)
	if len(in.took) != 1 {
		t.Fatalf("%d documents", len(in.took))
	}
	if e := in.took[0]; string(e.Raw) != document || e.ID != id || e.Kind != "filing" || e.At.IsZero() || e.To != "SCA01" {
		t.Errorf("envelope %+v", e)
	}
}

// Kinds that give the same sender share its troubles; the others go on.
func TestOwnWayOutHasItsOwnCircuit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	in := &intake{away: true}
	for _, name := range []string{"filing", "second-filing"} {
		w.post.Register(mail.Kind{Name: name, Official: true, Sender: in, Build: w.build})
	}
	first, second := w.queue("filing", ""), w.queue("second-filing", "")
	plea := w.queue("plea", "senator@office.example")
	w.work()
	w.work()
	if in.opened != 1 {
		t.Errorf("%d knocks at a closed door", in.opened)
	}
	w.wantState(first, mail.Queued)
	w.wantState(second, mail.Queued)
	w.wantState(plea, mail.Sent)
	in.away = false
	w.clock.add(10 * time.Minute)
	w.work()
	w.wantState(first, mail.Sent)
	w.wantState(second, mail.Sent)
}

func TestOwnWayOutOfAnOfficialKindIsCapturedUnlessLive(t *testing.T) {
	t.Parallel()
	folder := mail.NewCapture(t.TempDir())
	w := newWorld(t, func(o *mail.Options) { o.Officials = folder })
	in := &intake{shut: newClock().at.Add(time.Hour)}
	w.post.Register(mail.Kind{Name: "filing", Official: true, Sender: in, Build: w.build})
	w.post.Register(mail.Kind{Name: "call-back", Sender: &intake{}, Build: w.build})
	id, other := w.queue("filing", ""), w.queue("call-back", "")
	w.work()
	w.wantState(id, mail.Captured)
	w.wantState(other, mail.Sent)
	if in.opened != 0 {
		t.Error("an intake was called without live delivery")
	}
	list, err := folder.List(0)
	if err != nil || len(list) != 1 {
		t.Fatalf("captured %v, %v", list, err)
	}
	_, raw, err := folder.Read(list[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := mail.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if reading.Text != strings.ReplaceAll(document, "\r\n", "\n") || reading.To != "SCA01" || reading.Subject != "filing" {
		t.Errorf("reads as %+v", reading)
	}
	if !slices.Contains(reading.Headers, mail.Header{Name: "Captured-Type", Value: "application/xml"}) {
		t.Errorf("headers %v", reading.Headers)
	}
}

func TestBuildOfAGoneSubjectDrops(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	w.post.Register(mail.Kind{Name: "filing", Official: true, Sender: &intake{}, Build: w.build})
	empty := 0
	w.post.Register(mail.Kind{Name: "blank", Sender: &intake{}, Build: func(context.Context, mail.Mail) (mail.Envelope, error) {
		if empty++; empty == 1 {
			return mail.Envelope{}, errors.New("not now")
		}
		return mail.Envelope{}, nil
	}})
	id, blank := w.queue("filing", ""), w.queue("blank", "")
	w.people = map[uuid.UUID]string{}
	w.work()
	w.wantState(id, mail.Dropped)
	w.wantState(blank, mail.Deferred)
	w.clock.add(10 * time.Minute)
	w.work()
	w.wantState(blank, mail.Failed)
}

func TestClosedHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	in := &intake{shut: w.clock.now().Add(6 * time.Hour)}
	w.post.Register(mail.Kind{Name: "filing", Official: true, Sender: in, Build: w.build, Moved: w.moved})
	id := w.queue("filing", "")
	for range 5 {
		w.work()
		w.clock.add(time.Hour)
	}
	if m := w.wantState(id, mail.Queued); m.Attempts != 0 || m.ClaimedBy != nil || m.TriedAt != nil {
		t.Fatalf("a mail that waits changed: %+v", m)
	}
	w.wantMoves()
	w.clock.add(time.Hour)
	w.work()
	w.wantState(id, mail.Sent)
}

// What a way out speaks reaches the kind as it is: an HTTP status, say.
func TestRefusalOutsideSMTP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		refusal mail.Refusal
		state   string
	}{
		{mail.Refusal{Code: 400, Permanent: true}, mail.Failed},
		{mail.Refusal{Code: 503}, mail.Deferred},
		{mail.Refusal{Code: 1020, Enhanced: "x"}, mail.Deferred},
	} {
		w := newWorld(t, live)
		var last mail.Outcome
		w.follow = func(_ mail.Mail, o mail.Outcome) error { last = o; return nil }
		w.post.Register(mail.Kind{Name: "filing", Official: true, Sender: &intake{answer: &c.refusal}, Build: w.build, Moved: w.moved})
		id := w.queue("filing", "")
		w.work()
		if m := w.wantState(id, c.state); m.LastCode != c.refusal.Code || last.Code != c.refusal.Code || last.Enhanced != c.refusal.Enhanced {
			t.Errorf("row %d %q, outcome %+v", m.LastCode, m.LastEnhanced, last)
		}
	}
}

func TestTestModeOfOneMail(t *testing.T) {
	t.Parallel()
	folder := mail.NewCapture(t.TempDir())
	w := newWorld(t, live, func(o *mail.Options) { o.Folder = folder })
	in := &intake{}
	trial := func(ctx context.Context, m mail.Mail) (mail.Message, error) {
		message, err := w.render(ctx, m)
		message.Capture = true
		return message, err
	}
	w.post.Register(mail.Kind{Name: "trial", Official: true, Render: trial, Moved: w.moved})
	w.post.Register(mail.Kind{Name: "trial-filing", Official: true, Sender: in, Moved: w.moved,
		Build: func(ctx context.Context, m mail.Mail) (mail.Envelope, error) {
			e, err := w.build(ctx, m)
			e.Capture = true
			return e, err
		}})
	ids := []uuid.UUID{w.queue("trial", "senator@office.example"), w.queue("trial-filing", "")}
	plea := w.queue("plea", "senator@office.example")
	w.work()
	for _, id := range ids {
		w.wantState(id, mail.Captured)
	}
	w.wantState(plea, mail.Sent)
	w.wantAccepted(1)
	if list, _ := folder.List(0); len(list) != 2 || in.opened != 0 {
		t.Errorf("captured %v, %d calls", list, in.opened)
	}
}

// Without a folder a mail in test mode waits; it never goes out.
func TestTestModeWithoutAFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, live)
	w.post.Register(mail.Kind{Name: "trial", Render: func(context.Context, mail.Mail) (mail.Message, error) {
		return mail.Message{To: netmail.Address{Address: "maya@example.org"}, Subject: "s", Text: "t", Capture: true}, nil
	}})
	id := w.queue("trial", "maya@example.org")
	w.work()
	w.wantState(id, mail.Deferred)
	w.wantAccepted(0)
}

func TestRegisterRefusesHalfAKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, k := range []mail.Kind{{}, {Name: "x"}, {Name: "x", Render: w.render, Build: w.build}, {Name: "note", Render: w.render}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was registered", k.Name)
				}
			}()
			w.post.Register(k)
		}()
	}
}
