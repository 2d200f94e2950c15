package newsletter

import (
	"context"
	netmail "net/mail"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/seal"
)

// The kinds of mail about a subscription. A change's subject is the change, the others' a subscriber.
const (
	MailConfirm  = "newsletter.confirm"  // asks the mailbox to confirm
	MailAlready  = "newsletter.already"  // it gets the newsletter; how to change that
	MailChange   = "newsletter.change"   // asks a new address to take over
	MailChanging = "newsletter.changing" // tells the present address that another was asked to take over
)

// Note is what these mails may say. It is made while a mail is rendered and never stored. Before a mailbox has confirmed,
// nothing in it was typed by whoever filled in the form.
type Note struct {
	Lang   string
	To     netmail.Address
	Rhythm string
	Since  time.Time  // when the mailbox confirmed; zero: not yet
	Paused *time.Time // the day on which it comes back; nil: not paused
	Token  string     // confirm token; only in mails that ask
	Until  time.Time  // when Token runs out
	Links  Links      // only in mails to a subscriber
}

// String keeps an address out of logs that print whole values.
func (Note) String() string { return "[note]" }

// Note reads what a mail of the kind says about its subject. It is fault.NotFound when there is nothing to say any more.
func (n *Newsletter) Note(ctx context.Context, kind string, subject uuid.UUID) (Note, error) {
	if kind == MailChange {
		return n.changeNote(ctx, subject)
	}
	s, person, err := subscriberOf(n.db.Read(ctx), subject)
	if err != nil {
		return Note{}, err
	}
	if s.State == Ended || kind != MailConfirm && s.State == Pending {
		return Note{}, fault.NotFound("newsletter.no_subscription")
	}
	email, err := n.box.Open(person.Email, emailPlace(s.ID))
	if err != nil {
		return Note{}, err
	}
	note := Note{Lang: s.Lang, To: netmail.Address{Address: email}, Rhythm: s.Rhythm, Paused: s.PausedUntil}
	if kind == MailConfirm {
		since := s.CreatedAt
		if s.State != Pending {
			since = n.now() // a subscriber's, who is left alone and may be heard again
		}
		note.Token, note.Until = n.confirmToken(s.ID, s.Epoch, since)
		return note, nil
	}
	if s.ConfirmedAt != nil {
		note.Since = *s.ConfirmedAt
	}
	note.Links = n.Links(s)
	return note, nil
}

// confirmToken holds for a week, and no longer than what it confirms is kept.
func (n *Newsletter) confirmToken(id uuid.UUID, epoch int32, begun time.Time) (token string, until time.Time) {
	until = n.now().Add(seal.ConfirmFor)
	if gone := begun.Add(pendingKept); gone.Before(until) {
		until = gone // asking again doesn't make it stay
	}
	return n.box.Sign(seal.Token{Purpose: seal.Confirm, ID: id, Expires: until, Epoch: epoch}), until
}

func (n *Newsletter) changeNote(ctx context.Context, id uuid.UUID) (Note, error) {
	c, s, err := changeOf(n.db.Read(ctx), id)
	if err != nil {
		return Note{}, err
	}
	email, err := n.box.Open(c.Email, changePlace(c.ID))
	if err != nil {
		return Note{}, err
	}
	note := Note{Lang: c.Lang, To: netmail.Address{Address: email}, Rhythm: s.Rhythm}
	note.Token, note.Until = n.confirmToken(c.ID, s.Epoch, c.CreatedAt)
	return note, nil
}
