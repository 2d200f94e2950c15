package newsletter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// Confirmation is what a confirm token is for, as its own mailbox may see it.
type Confirmation struct {
	Subscriber Subscriber
	Words      string // the sentence that is agreed to
	Masked     string // the address in part
	Again      bool   // there is nothing left to confirm
	Changes    bool   // another address takes over
}

// Confirming reads what a confirm token would confirm and changes nothing: mail scanners follow links. A token that was revoked,
// or whose subject is gone, is fault.NotFound("token.unknown"), one that ran out fault.NotFound("token.expired").
func (n *Newsletter) Confirming(ctx context.Context, token string) (Confirmation, error) {
	t, err := n.box.Verify(token, seal.Confirm, n.now())
	if err != nil {
		return Confirmation{}, err
	}
	s, person, err := subscriberOf(n.db.Read(ctx), t.ID)
	if fault.KindOf(err) == fault.KindNotFound {
		return n.confirmingChange(ctx, t)
	}
	if err != nil {
		return Confirmation{}, err
	}
	if s.Epoch != t.Epoch || s.State == Ended {
		return Confirmation{}, fault.NotFound("token.unknown")
	}
	c := Confirmation{Subscriber: s, Words: s.Words, Again: s.State != Pending}
	if c.Again { // a subscriber who is left alone may still have to be heard
		silent, err := n.silenced(ctx, s.MailboxKey)
		if err != nil {
			return Confirmation{}, err
		}
		c.Again = !silent
	}
	c.Masked, err = n.masked(person.Email, emailPlace(s.ID))
	return c, err
}

// Confirm begins the subscription of a confirm token, or lets the new address take over, once however often it is called: Again
// tells. It keeps the consent, ends the mailbox's silence unless it complained, and returns only after the commit.
func (n *Newsletter) Confirm(ctx context.Context, token string) (Confirmation, error) {
	c, err := n.Confirming(ctx, token)
	if err != nil || c.Again {
		return c, err
	}
	if c.Changes {
		t, err := n.box.Verify(token, seal.Confirm, n.now())
		if err != nil {
			return c, err
		}
		if err := n.takeOver(ctx, t.ID); err != nil && fault.KindOf(err) != fault.KindNotFound { // another request was faster
			return c, err
		}
		return n.Confirming(ctx, token)
	}
	s, now := c.Subscriber, n.now()
	err = n.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := n.lockMailbox(ctx, tx, s.MailboxKey); err != nil {
			return err
		}
		begun, err := begin(tx, s, now)
		if err != nil {
			return err
		}
		if begun {
			if err := n.consent(ctx, tx, s, s.Words, now); err != nil {
				return err
			}
		}
		return n.opt.Supporters.Lift(ctx, tx, s.MailboxKey)
	})
	if err != nil {
		return c, err
	}
	return n.Confirming(ctx, token)
}

// consent keeps what the mailbox has just agreed to.
func (n *Newsletter) consent(ctx context.Context, tx *postgres.Tx, s Subscriber, words string, given time.Time) error {
	_, person, err := subscriberOf(tx.DB, s.ID)
	if err != nil {
		return err
	}
	email, err := n.box.Open(person.Email, emailPlace(s.ID))
	if err != nil {
		return err
	}
	return n.opt.Supporters.Consent(ctx, tx, supporter.Consent{
		MailboxKey: s.MailboxKey, KeyVersion: s.KeyVersion, Kind: supporter.Newsletter, Words: words, Given: given,
		SourceKind: SourceKind, SourceID: s.ID, Email: email,
	})
}

// SourceKind is the source of consents that were given by subscribing; the source's id is the subscriber's.
const SourceKind = "subscription"

func (n *Newsletter) silenced(ctx context.Context, mailboxKey []byte) (silent bool, err error) {
	err = n.db.InTx(ctx, func(tx *postgres.Tx) error {
		silent, err = n.opt.Supporters.Suppressed(ctx, tx, mailboxKey)
		return err
	})
	return silent, err
}

// masked is sealed text as an address in part.
func (n *Newsletter) masked(text seal.Text, at seal.Place) (string, error) {
	email, err := n.box.Open(text, at)
	return Mask(email), err
}

// lockMailbox makes the transaction the only one that changes the subscription of a mailbox, or of several, which is locked in
// one order. It comes before every other lock.
func (n *Newsletter) lockMailbox(ctx context.Context, tx *postgres.Tx, keys ...[]byte) error {
	return lockMailboxes(ctx, tx, keys)
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) } // fails only without a source of randomness
