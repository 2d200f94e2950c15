package pledge_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"pgregory.net/rapid"

	"redress/internal/content/item"
	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// world is a center with a database of its own and a clock that the test turns.
type world struct {
	*pledge.Pledges
	db    *postgres.DB
	box   *seal.Box
	clock *clock
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

// noon is when every world begins.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newWorld(t testing.TB) *world {
	t.Helper()
	return worldOn(t, postgrestest.New(t))
}

func worldOn(t testing.TB, db *postgres.DB) *world {
	t.Helper()
	box, err := seal.New([]byte(strings.Repeat("s", seal.MinSecret)))
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{at: noon}
	post := mail.New(db, mail.Options{Domain: "center.example", Now: c.now})
	w := &world{db: db, box: box, clock: c}
	for _, kind := range []string{pledge.MailConfirm, pledge.MailAlready, pledge.MailFull} {
		post.Register(mail.Kind{Name: kind, Unasked: true, Render: func(ctx context.Context, m mail.Mail) (mail.Message, error) {
			note, err := w.Note(ctx, m.Kind, m.SubjectID)
			return mail.Message{To: note.To, Subject: note.Pledge.Title, Text: note.Token}, err
		}})
	}
	w.Pledges = pledge.New(db, box, post, pledge.Options{
		Supporters: supporter.New(db, box, c.now),
		StateOf: func(zip string) (string, bool) {
			switch zip[:3] {
			case "802":
				return "CO", true
			case "303":
				return "GA", true
			}
			return "", false
		},
		Now: c.now,
	})
	t.Cleanup(w.Close)
	return w
}

const frontMatter = `title: Let the courts answer
addressee: The Committees on the Judiciary
goal: 20
opens: 2026-11-20
closes: 2026-12-31
handed_over: The statement and the number of people who signed it.
kept_days_after_close: 30
show_names: true
`

// publish writes a pledge; changes are "old", "new" pairs for its front matter.
func (w *world) publish(t rapid.TB, slug string, changes ...string) {
	t.Helper()
	if err := w.save(slug, strings.NewReplacer(changes...).Replace(frontMatter), "I ask **Congress** to let the courts answer.\n"); err != nil {
		t.Fatal(err)
	}
}

func (w *world) save(slug, front, body string) error {
	it, err := item.Parse("pledges/"+slug+".md", []byte("---\n"+front+"---\n\n"+body))
	if err != nil {
		return err
	}
	it.Kind, it.Slug, it.Lang = "pledges", slug, "en"
	return w.db.InTx(context.Background(), func(tx *postgres.Tx) error {
		return w.SaveContent(context.Background(), tx, it)
	})
}

func ana(slug string) pledge.Signing {
	return pledge.Signing{Pledge: slug, GivenName: "Ana", FamilyName: "Reyes", Email: "ana@mail.example", Zip: "80203"}
}

// person is one of many, each with a mailbox of their own.
func person(slug string, n int) pledge.Signing {
	s := ana(slug)
	s.GivenName = "Ana" + strings.Repeat("a", n%7)
	s.Email = fmt.Sprintf("ana%d@mail.example", n)
	return s
}

func (w *world) sign(t rapid.TB, s pledge.Signing) string {
	t.Helper()
	receipt, err := w.Sign(context.Background(), s)
	if err != nil {
		t.Fatalf("Sign: %v", err)
	}
	return receipt
}

// mails are the rows of the queue, oldest first.
func (w *world) mails(t rapid.TB) []mail.Mail {
	t.Helper()
	var rows []mail.Mail
	if err := w.db.Read(context.Background()).Order("id").Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	return rows
}

func (w *world) newestMail(t rapid.TB) mail.Mail {
	t.Helper()
	var m mail.Mail
	if err := w.db.Read(context.Background()).Order("id DESC").Take(&m).Error; err != nil {
		t.Fatal(err)
	}
	return m
}

// lastMail is what the newest mail says; ok is false when the worker would drop it.
func (w *world) lastMail(t rapid.TB) (note pledge.Note, kind string, ok bool) {
	t.Helper()
	m := w.newestMail(t)
	note, err := w.Note(context.Background(), m.Kind, m.SubjectID)
	if err != nil && fault.KindOf(err) != fault.KindNotFound {
		t.Fatalf("Note: %v", err)
	}
	return note, m.Kind, err == nil
}

// token is the confirm token of the newest mail.
func (w *world) token(t rapid.TB) string {
	t.Helper()
	note, kind, ok := w.lastMail(t)
	if !ok || kind != pledge.MailConfirm || note.Token == "" {
		t.Fatalf("the newest mail is %s (%v), not one to confirm", kind, ok)
	}
	return note.Token
}

func (w *world) confirm(t rapid.TB, token string) pledge.Confirmation {
	t.Helper()
	c, err := w.Confirm(context.Background(), token)
	if err != nil {
		t.Fatalf("Confirm: %v", err)
	}
	return c
}

func (w *world) signed(t rapid.TB, s pledge.Signing) pledge.Confirmation {
	t.Helper()
	w.sign(t, s)
	return w.confirm(t, w.token(t))
}

func (w *world) count(t rapid.TB, slug string) int64 {
	t.Helper()
	w.clock.turn(2 * time.Second) // past what is remembered
	c, err := w.Count(context.Background(), slug)
	if err != nil {
		t.Fatal(err)
	}
	return c.Confirmed
}

func (w *world) mustCount(t rapid.TB, slug string, want int64) {
	t.Helper()
	if got := w.count(t, slug); got != want {
		t.Errorf("count of %s is %d, want %d", slug, got, want)
	}
	w.mustAgree(t)
}

// mustAgree checks every counter against the rows.
func (w *world) mustAgree(t rapid.TB) {
	t.Helper()
	drift, err := w.Recount(context.Background())
	if err != nil || len(drift) > 0 {
		t.Errorf("counters and rows differ: %+v, %v", drift, err)
	}
	results, err := w.RecountResults(context.Background())
	if err != nil || len(results) > 0 {
		t.Errorf("results and counters differ: %+v, %v", results, err)
	}
}

func (w *world) one(t rapid.TB, sql string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := w.db.Read(context.Background()).Raw(sql, args...).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func mustBe(t rapid.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Kind != kind || key != "" && f.Key != key {
		t.Errorf("error is %v, want %v %s", err, kind, key)
	}
}

func unknownID() uuid.UUID { return uuid.MustParse("00000000-0000-4000-8000-000000000001") }
