package letter_test

import (
	"context"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"redress/content"
	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/content/item"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/seal"
	"redress/internal/supporter"
)

const slug = "qualified-immunity"

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// world is a database with real civic facts, the sample issue and its letter.
type world struct {
	*letter.Letters
	t     *testing.T
	db    *postgres.DB
	box   *seal.Box
	atlas *civics.Atlas
	post  *mail.Post
	clock *clock
}

func newWorld(t *testing.T) *world {
	t.Helper()
	// The atlas is in memory: what letters ask of it is the same.
	return worldOn(t, func(*postgres.DB) *civics.Atlas { return civicstest.InMemory(t) })
}

func worldOn(t *testing.T, atlas func(*postgres.DB) *civics.Atlas) *world {
	t.Helper()
	w := &world{t: t, db: postgrestest.New(t), clock: &clock{at: civicstest.Day}}
	var err error
	if w.box, err = seal.New([]byte(strings.Repeat("a secret of a test ", 3))); err != nil {
		t.Fatal(err)
	}
	w.atlas = atlas(w.db)
	issues := issue.New(w.db)
	post := mail.New(w.db, mail.Options{Now: w.clock.now})
	w.post = post
	never := func(context.Context, mail.Mail) (mail.Message, error) { return mail.Message{}, nil }
	post.Register(mail.Kind{Name: letter.MailConfirm, Render: never, Unasked: true})
	post.Register(mail.Kind{Name: letter.MailAgain, Render: never, Unasked: true})
	post.Register(mail.Kind{Name: letter.MailReminder, Render: never, Unasked: true})
	post.Register(mail.Kind{Name: letter.MailCopy, Render: never})
	post.Register(mail.Kind{Name: letter.MailFollowUp, Render: never, Unasked: true})
	post.Register(mail.Kind{Name: letter.MailReviewed, Render: never})
	post.Register(mail.Kind{Name: letter.MailWaiting, Render: never})
	for _, office := range []string{letter.MailDelivery, letter.MailHouse, letter.MailSenate} {
		post.Register(mail.Kind{Name: office, Render: never, Official: true})
	}
	w.Letters = letter.New(letter.Options{
		DB: w.db, Box: w.box, Post: post, Atlas: w.atlas, Issues: issues,
		Supporters: supporter.New(w.db, w.box, w.clock.now), Now: w.clock.now,
	})
	w.save("issues", issues.SaveContent, "")
	w.save("letters", w.SaveContent, "")
	return w
}

// save saves the sample item of a kind, or the text given instead.
func (w *world) save(kind string, save func(context.Context, *postgres.Tx, item.Item) error, text string) {
	w.t.Helper()
	if err := w.trySave(kind, save, text); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) trySave(kind string, save func(context.Context, *postgres.Tx, item.Item) error, text string) error {
	w.t.Helper()
	if text == "" {
		sample, err := fs.ReadFile(content.FS, "en/"+kind+"/"+slug+".md")
		if err != nil {
			w.t.Fatal(err)
		}
		text = string(sample)
	}
	it, err := item.Parse(kind+".md", []byte(text))
	if err != nil {
		w.t.Fatal(err)
	}
	it.Kind, it.Slug, it.Lang = kind, slug, "en"
	return w.db.InTx(w.t.Context(), func(tx *postgres.Tx) error { return save(w.t.Context(), tx, it) })
}

// saveFile saves a sample item under its own name.
func (w *world) saveFile(kind, name string, save func(context.Context, *postgres.Tx, item.Item) error) {
	w.t.Helper()
	text, err := fs.ReadFile(content.FS, "en/"+kind+"/"+name+".md")
	if err != nil {
		w.t.Fatal(err)
	}
	it, err := item.Parse(name, text)
	if err != nil {
		w.t.Fatal(err)
	}
	it.Kind, it.Slug, it.Lang = kind, name, "en"
	if err := w.db.InTx(w.t.Context(), func(tx *postgres.Tx) error { return save(w.t.Context(), tx, it) }); err != nil {
		w.t.Fatal(err)
	}
}

// said is what a caller says to a recipient.
func said(t *testing.T, r letter.Recipient) string {
	t.Helper()
	var all strings.Builder
	for _, piece := range r.Script(t.Context(), "") {
		all.WriteString(piece.Text)
	}
	return all.String()
}

func (w *world) byZIP(zip string) letter.Composition {
	w.t.Helper()
	answer, err := w.atlas.ByZIP(zip)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.compose(answer)
}

func (w *world) byAddress(oneLine string) letter.Composition {
	w.t.Helper()
	answer, err := w.atlas.ByAddress(w.t.Context(), oneLine)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.compose(answer)
}

func (w *world) compose(answer civics.Answer) letter.Composition {
	w.t.Helper()
	c, err := w.Compose(w.t.Context(), slug, answer)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// maya is the form of someone in Denver for everyone in a composition.
func maya(c letter.Composition) letter.NewMessage {
	s := letter.NewMessage{
		IssueSlug: slug, GivenName: "Maya", FamilyName: "Ortiz", Email: "maya.ortiz@example.org",
		Address:  civics.Address{Street: "1437 Bannock St", City: "Denver", State: "CO", Zip: "80203"},
		Story:    "My brother was hurt in a traffic stop in 2022.",
		Subjects: map[string]string{}, Bodies: map[string]string{},
	}
	for _, g := range c.Groups {
		s.Subjects[g.Key], s.Bodies[g.Key] = g.Subject, g.Body
	}
	for _, r := range c.Recipients() {
		s.Officials = append(s.Officials, r.Official.ID)
	}
	return s
}

func (w *world) submit(s letter.NewMessage) string {
	w.t.Helper()
	receipt, err := w.Submit(w.t.Context(), s)
	if err != nil {
		w.t.Fatalf("submit: %v", err)
	}
	return receipt
}

func (w *world) receipt(token string) letter.Receipt {
	w.t.Helper()
	r, err := w.Receipt(w.t.Context(), token)
	if err != nil {
		w.t.Fatalf("receipt: %v", err)
	}
	return r
}

// messageID is the message behind a token.
func (w *world) messageID(receipt string) uuid.UUID {
	w.t.Helper()
	token, err := w.box.Verify(receipt, seal.Receipt, w.clock.now())
	if err != nil {
		w.t.Fatal(err)
	}
	return token.ID
}

// confirmToken is the token that only the mailbox gets.
func (w *world) confirmToken(receipt string) string {
	w.t.Helper()
	m, err := w.ConfirmMail(w.t.Context(), w.messageID(receipt))
	if err != nil {
		w.t.Fatalf("confirm mail: %v", err)
	}
	return m.Confirm
}

func (w *world) confirm(token string) letter.Confirmed {
	w.t.Helper()
	done, err := w.Confirm(w.t.Context(), token)
	if err != nil {
		w.t.Fatalf("confirm: %v", err)
	}
	return done
}

// count is the one number that a query answers.
func (w *world) count(query string, args ...any) int64 {
	w.t.Helper()
	var n int64
	if err := w.db.Read(w.t.Context()).Raw(query, args...).Scan(&n).Error; err != nil {
		w.t.Fatal(err)
	}
	return n
}
