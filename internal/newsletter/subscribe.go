package newsletter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/abuse"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

// Subscribing is what someone fills in to get the newsletter.
type Subscribing struct {
	Email  string
	Rhythm string // empty: Daily
	Words  string // the sentence beside the field, as it was shown
	Source string // a source code; empty: none
	Slow   bool   // the mail about it takes the slow lane (abuse.SlowUntil); nothing else differs
}

// Subscribe keeps the subscription as pending and mails its mailbox a link to
// confirm it. It comes back only after the commit.
//
// What can't be taken is fault.Invalid with every field at fault.
//
// Neither the answer nor the statements depend on who gets the newsletter
// already: a mailbox that does is told so, and how to change it; one that has
// not confirmed is asked again; one that left is asked as a newcomer is. The
// mails count as unasked, of which a mailbox gets three a day.
func (n *Newsletter) Subscribe(ctx context.Context, s Subscribing) error {
	if s.Rhythm == "" {
		s.Rhythm = Daily
	}
	if err := check(s); err != nil {
		return err
	}
	now := n.now()
	drawn, person := n.draw(s, i18n.Lang(ctx), now)
	return n.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := n.lockMailbox(ctx, tx, drawn.MailboxKey); err != nil {
			return err
		}
		found, err := ask(tx, drawn, person)
		if err != nil {
			return err
		}
		row := found.mail(drawn.MailboxKey)
		if s.Slow {
			row.NotBefore = abuse.SlowUntil(now)
		}
		return n.post.Queue(ctx, tx, row)
	})
}

func check(s Subscribing) error {
	if s.Rhythm != Daily && s.Rhythm != Weekly {
		return fault.Invalid("newsletter.rhythm.unknown", fault.Field{Name: "rhythm", Key: "newsletter.rhythm.unknown"})
	}
	_, err := supporter.Canonical(s.Email)
	return err
}

// draw makes the rows as they would be for a newcomer.
func (n *Newsletter) draw(s Subscribing, lang string, now time.Time) (Subscriber, Person) {
	id := uuid.Must(uuid.NewV7()) // fails only without a source of randomness
	row := Subscriber{
		ID: id, MailboxKey: supporter.MailboxKey(n.box, s.Email), KeyVersion: n.box.KeyVersion(), State: Pending, Rhythm: s.Rhythm,
		Lang: lang, Source: s.Source, CreatedAt: now, Words: s.Words,
	}
	return row, Person{ID: id, Email: n.box.Seal(s.Email, emailPlace(id))}
}

// found is what the database had when someone subscribed.
type found struct {
	Entered    *uuid.UUID // the row now written
	Waits      *uuid.UUID // the mailbox's row, if it hasn't confirmed it
	Subscribed *uuid.UUID // the mailbox's row, if it gets the newsletter or paused it
	Silenced   bool       // the mailbox is left alone, which confirming would end
}

// mail is the one mail that subscribing sets off.
func (f found) mail(mailbox []byte) mail.Mail {
	m := mail.Mail{Kind: MailConfirm, MailboxKey: mailbox}
	switch {
	case f.Entered != nil:
		m.SubjectID = *f.Entered
	case f.Waits != nil:
		m.SubjectID = *f.Waits
	case f.Subscribed != nil && f.Silenced:
		m.SubjectID = *f.Subscribed
	case f.Subscribed != nil:
		m.Kind, m.SubjectID = MailAlready, *f.Subscribed
	}
	return m
}
