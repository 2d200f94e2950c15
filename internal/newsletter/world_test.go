package newsletter_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// world is a center with a database of its own, a clock that the test turns, and a mail server that takes everything.
type world struct {
	*newsletter.Newsletter
	db         *postgres.DB
	box        *seal.Box
	post       *mail.Post
	supporters *supporter.Supporters
	clock      *clock
	server     *server
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) turn(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(by)
}

// server is where mails arrive; refuses are addresses that it says don't exist.
type server struct {
	mu      sync.Mutex
	arrived []arrival
	refuses map[string]bool
}

type arrival struct {
	to, kind string
	mail     mail.Reading
}

func (s *server) Accepted() string                           { return mail.Sent }
func (s *server) Open(context.Context) (mail.Session, error) { return s, nil }
func (s *server) Ping() error                                { return nil }
func (s *server) Close()                                     {}
func (s *server) Send(_ context.Context, e *mail.Envelope) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuses[e.To] {
		return &mail.Refusal{Code: 550, Enhanced: "5.1.1", Permanent: true}
	}
	read, err := mail.Parse(e.Raw)
	s.arrived = append(s.arrived, arrival{e.To, e.Kind, read})
	return err
}

// take gives what has arrived since the last call.
func (s *server) take() []arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.arrived
	s.arrived = nil
	return all
}

// noon is when every world begins.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

const other = "letter.copy" // a kind of mail to a person that has nothing to do with the newsletter

func newWorld(t testing.TB) *world {
	t.Helper()
	return worldOn(t, postgrestest.New(t))
}

func worldOn(t testing.TB, db *postgres.DB) *world {
	t.Helper()
	return worldWith(t, db, func(*mail.Options, *seal.Box) {})
}

func worldWith(t testing.TB, db *postgres.DB, change func(*mail.Options, *seal.Box)) *world {
	t.Helper()
	box, err := seal.New([]byte(strings.Repeat("s", seal.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{db: db, box: box, clock: &clock{at: noon}, server: &server{refuses: map[string]bool{}}}
	w.supporters = supporter.New(db, box, w.clock.now)
	o := mail.Options{Domain: "center.example", Now: w.clock.now, Sender: w.server, Officials: w.server, Suppressed: w.supporters.Suppressed}
	change(&o, box)
	w.post = mail.New(db, o)
	w.Newsletter = newsletter.New(newsletter.Options{
		DB: db, Box: box, Post: w.post, Supporters: w.supporters, BaseURL: "https://act.center.example", Now: w.clock.now,
	})
	w.post.OnLoss(w.Lost)
	for _, kind := range []string{newsletter.MailConfirm, newsletter.MailAlready, newsletter.MailChange, newsletter.MailChanging} {
		k := mail.Kind{Name: kind, Unasked: true, Render: func(ctx context.Context, m mail.Mail) (mail.Message, error) {
			note, err := w.Note(ctx, m.Kind, m.SubjectID)
			return mail.Message{To: note.To, Subject: m.Kind, Text: note.Token + note.Links.Preferences, ListUnsubscribe: note.Links.OneClick}, err
		}}
		if kind == newsletter.MailConfirm || kind == newsletter.MailChange {
			k.Suppressed = w.supporters.SilentToAsk
		}
		w.post.Register(k)
	}
	return w
}

const words = "Send me the newsletter from the Center by e-mail, until I say stop."

func (w *world) subscribe(t rapid.TB, email string) {
	t.Helper()
	if err := w.Subscribe(context.Background(), newsletter.Subscribing{Email: email, Words: words}); err != nil {
		t.Fatalf("Subscribe: %v", err)
	}
}

// work sends what is due and gives what arrived.
func (w *world) work(t rapid.TB) []arrival {
	t.Helper()
	if err := w.post.Work(context.Background()); err != nil {
		t.Fatal(err)
	}
	return w.server.take()
}

// asked is the confirm token that arrived at an address.
func (w *world) asked(t rapid.TB, email string) string {
	t.Helper()
	for _, a := range w.work(t) {
		if a.to == email && (a.kind == newsletter.MailConfirm || a.kind == newsletter.MailChange) {
			return strings.TrimSpace(a.mail.Text)
		}
	}
	t.Fatalf("nothing to confirm came to %s", email)
	return ""
}

// joined subscribes an address, confirms, and gives the token of its links.
func (w *world) joined(t rapid.TB, email string) string {
	t.Helper()
	w.subscribe(t, email)
	return w.Token(w.confirm(t, w.asked(t, email)).Subscriber)
}

func (w *world) confirm(t rapid.TB, token string) newsletter.Confirmation {
	t.Helper()
	c, err := w.Confirm(context.Background(), token)
	if err != nil {
		t.Fatalf("Confirm: %v", err)
	}
	return c
}

func (w *world) key(email string) []byte { return supporter.MailboxKey(w.box, email) }

// state is an address's state in the table; "" for none.
func (w *world) state(t rapid.TB, email string) (state string) {
	t.Helper()
	if err := w.db.Read(context.Background()).Raw(`SELECT state FROM subscriber WHERE mailbox_key = ?`, w.key(email)).Scan(&state).Error; err != nil {
		t.Fatal(err)
	}
	return state
}

// lose makes a mail of another kind to an address come back, or be complained of.
func (w *world) lose(t rapid.TB, email string, why mail.Loss) {
	t.Helper()
	err := w.db.InTx(context.Background(), func(tx *postgres.Tx) error {
		return w.Lost(context.Background(), tx, mail.Mail{Kind: other, MailboxKey: w.key(email)}, why)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) number(t rapid.TB, sql string, args ...any) (n int) {
	t.Helper()
	if err := w.db.Read(context.Background()).Raw(sql, args...).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}
