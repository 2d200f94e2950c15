package newsletter_test

import (
	"bytes"
	"context"
	netmail "net/mail"
	"os"
	"testing"

	"github.com/google/uuid"

	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// send queues a mail of another kind to an address and sends it.
func (w *world) send(t *testing.T, email string) mail.Mail {
	t.Helper()
	w.post.Register(mail.Kind{Name: other, Render: func(context.Context, mail.Mail) (mail.Message, error) {
		return mail.Message{To: netmail.Address{Address: email}, Subject: "Your letters", Text: "Here they are."}, nil
	}})
	m := mail.Mail{ID: uuid.Must(uuid.NewV7()), Kind: other, SubjectID: uuid.New(), MailboxKey: w.key(email)}
	if err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error { return w.post.Queue(t.Context(), tx, m) }); err != nil {
		t.Fatal(err)
	}
	w.work(t)
	return m
}

func (w *world) silent(t *testing.T, email string) (reason string) {
	t.Helper()
	if err := w.db.Read(t.Context()).Raw(`SELECT reason FROM suppression WHERE mailbox_key = ?`, w.key(email)).Scan(&reason).Error; err != nil {
		t.Fatal(err)
	}
	return reason
}

func (w *world) updates(t *testing.T, email string) {
	t.Helper()
	err := w.db.InTx(t.Context(), func(tx *postgres.Tx) error {
		return w.supporters.Consent(t.Context(), tx, supporter.Consent{
			Kind: supporter.Updates, Words: "Send me updates", SourceKind: "signature", SourceID: uuid.New(), Email: email,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A server that refuses a mail of any kind, since there is no such mailbox, ends the subscription at once. The one mail by which the
// mailbox can be heard again goes out once; what confirming it brings back counts.
func TestARefusedMailboxIsLeftAloneUntilItConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const ana = "ana@mail.example"
	w.joined(t, ana)
	w.server.refuses[ana] = true
	w.send(t, ana)
	if w.state(t, ana) != newsletter.Ended || w.silent(t, ana) != supporter.Bounced {
		t.Fatalf("%s, %q", w.state(t, ana), w.silent(t, ana))
	}
	delete(w.server.refuses, ana)
	w.subscribe(t, ana)
	asked := w.asked(t, ana)
	w.subscribe(t, ana)
	if more := w.work(t); len(more) != 0 {
		t.Errorf("a second mail went to a mailbox that bounced: %+v", more)
	}
	w.confirm(t, asked)
	if w.state(t, ana) != newsletter.Active || w.silent(t, ana) != "" {
		t.Errorf("%s, %q", w.state(t, ana), w.silent(t, ana))
	}
}

// The reports are as mail servers and providers write them; the mail that they are about is told by its return path.
func TestReportsEndSubscriptions(t *testing.T) {
	t.Parallel()
	const stood = "bounces+aaaqeayeaudaocajbifqydiob4ibcivfkz3khmyvo2@act.example.org"
	for name, c := range map[string]struct {
		sample, from, to string // the report, and what is put in place of what in it
		state, silent    string
		updates          bool // the consent to updates stands
	}{
		"no such mailbox": {"postfix-failed", "", "", newsletter.Ended, supporter.Bounced, true},
		"gave up":         {"postfix-gave-up", "", "", newsletter.Active, "", true},
		"delayed":         {"postfix-delayed", "", "", newsletter.Active, "", true},
		"complaint":       {"complaint", "", "", newsletter.Ended, supporter.Complained, false},
		"out of the spam": {"complaint", "Feedback-Type: abuse", "Feedback-Type: not-spam", newsletter.Active, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := returningWorld(t)
			const ana = "ana@mail.example"
			w.joined(t, ana)
			w.updates(t, ana)
			m := w.send(t, ana)
			raw, err := os.ReadFile("../mail/dsn/testdata/" + c.sample + ".eml")
			if err != nil {
				t.Fatal(err)
			}
			if c.from != "" && !bytes.Contains(raw, []byte(c.from)) {
				t.Fatalf("the sample has no %q", c.from)
			}
			raw = bytes.ReplaceAll(raw, []byte(stood), []byte(w.returns.Of(m.ID)))
			raw = bytes.Replace(raw, []byte(c.from), []byte(c.to), 1)
			for range 2 { // told again, nothing changes
				if r, err := w.post.Bounce(t.Context(), raw); err != nil || r.Mail != m.ID {
					t.Fatalf("%+v %v", r, err)
				}
				standing, err := w.supporters.Consented(t.Context(), w.key(ana), supporter.Updates)
				if err != nil {
					t.Fatal(err)
				}
				if w.state(t, ana) != c.state || w.silent(t, ana) != c.silent || standing != c.updates {
					t.Errorf("%s, silent by %q, updates %v", w.state(t, ana), w.silent(t, ana), standing)
				}
			}
			if c.silent != supporter.Complained {
				return
			}
			w.subscribe(t, ana)
			if more := w.work(t); len(more) != 0 {
				t.Errorf("%+v came to one who complained", more)
			}
		})
	}
}

type returning struct {
	*world
	returns *mail.ReturnPath
}

func returningWorld(t *testing.T) returning {
	t.Helper()
	db := postgrestest.New(t)
	var returns *mail.ReturnPath
	w := worldWith(t, db, func(o *mail.Options, box *seal.Box) {
		var err error
		if returns, err = mail.NewReturnPath("bounces@act.example.org", box); err != nil {
			t.Fatal(err)
		}
		o.Returns = returns
	})
	return returning{w, returns}
}
