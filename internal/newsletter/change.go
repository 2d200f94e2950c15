package newsletter

import (
	"bytes"
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// Change is the address that a subscriber wants the newsletter at instead. It waits for its mailbox.
type Change struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	SubscriberID uuid.UUID // one change each
	MailboxKey   []byte
	KeyVersion   int16
	Email        seal.Text
	Words        string // the sentence beside the field
	Lang         string
	CreatedAt    time.Time
}

// TableName is the table's name.
func (Change) TableName() string { return "subscriber_change" }

func changePlace(id uuid.UUID) seal.Place {
	return seal.Place{Table: "subscriber_change", Column: "email", Row: id}
}

// Change asks another address to take over the subscription of a token, by a mail of its own, and tells the present one, which
// keeps getting the newsletter until then. A later change takes the place of one that waits. Neither the answer nor the
// statements depend on whether the new address is known here.
func (n *Newsletter) Change(ctx context.Context, token, email, words string) error {
	if _, err := supporter.Canonical(email); err != nil {
		return err
	}
	return n.adjust(ctx, token, func(tx *postgres.Tx, s Subscriber) error {
		c := Change{
			ID: newID(), SubscriberID: s.ID, MailboxKey: supporter.MailboxKey(n.box, email), KeyVersion: n.box.KeyVersion(),
			Words: words, Lang: i18n.Lang(ctx), CreatedAt: n.now(),
		}
		c.Email = n.box.Seal(email, changePlace(c.ID))
		if err := insertChange(tx, c); err != nil {
			return err
		}
		return n.post.Queue(ctx, tx,
			mail.Mail{Kind: MailChange, SubjectID: c.ID, MailboxKey: c.MailboxKey},
			mail.Mail{Kind: MailChanging, SubjectID: s.ID, MailboxKey: s.MailboxKey})
	})
}

// DropChange takes a change back that waits; there may be none.
func (n *Newsletter) DropChange(ctx context.Context, token string) error {
	return n.adjust(ctx, token, func(tx *postgres.Tx, s Subscriber) error { return deleteChange(tx, s.ID) })
}

// confirmingChange reads what a change's token would change.
func (n *Newsletter) confirmingChange(ctx context.Context, t seal.Token) (Confirmation, error) {
	c, s, err := changeOf(n.db.Read(ctx), t.ID)
	if fault.KindOf(err) == fault.KindNotFound {
		return n.changed(ctx, t)
	}
	if err != nil {
		return Confirmation{}, err
	}
	if s.Epoch != t.Epoch {
		return Confirmation{}, fault.NotFound("token.unknown")
	}
	masked, err := n.masked(c.Email, changePlace(c.ID))
	return Confirmation{Subscriber: s, Words: c.Words, Masked: masked, Changes: true}, err
}

// changed finds what a token's row has become that isn't there any more under its id: a subscription that goes on. One that was
// begun again and waits for its mailbox has a token of its own.
func (n *Newsletter) changed(ctx context.Context, t seal.Token) (Confirmation, error) {
	s, err := current(n.db.Read(ctx), t.ID)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && (s.State != Active && s.State != Paused || s.Epoch != t.Epoch) {
		return Confirmation{}, fault.NotFound("token.unknown")
	}
	if err != nil {
		return Confirmation{}, err
	}
	_, person, err := subscriberOf(n.db.Read(ctx), s.ID)
	if err != nil {
		return Confirmation{}, err
	}
	masked, err := n.masked(person.Email, emailPlace(s.ID))
	return Confirmation{Subscriber: s, Masked: masked, Again: true}, err
}

// takeOver moves a subscription to the address that has just confirmed. The former one ends, with its consent; the new one is a
// subscription of its own, with a consent of its own, whose first id is the change's. A mailbox that has the newsletter
// already keeps its subscription as it is, so that nobody gets it twice.
func (n *Newsletter) takeOver(ctx context.Context, changeID uuid.UUID) error {
	c, old, err := changeOf(n.db.Read(ctx), changeID)
	if err != nil {
		return err
	}
	now := n.now()
	return n.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := n.lockMailbox(ctx, tx, old.MailboxKey, c.MailboxKey); err != nil {
			return err
		}
		if c, old, err = changeOf(tx.DB, changeID); err != nil {
			return err
		}
		email, err := n.box.Open(c.Email, changePlace(c.ID))
		if err != nil {
			return err
		}
		if bytes.Equal(old.MailboxKey, c.MailboxKey) { // another spelling of the same address
			if err := replacePerson(tx, Person{ID: old.ID, Email: n.box.Seal(email, emailPlace(old.ID))}); err != nil {
				return err
			}
			if err := insertFormer(tx, c.ID, old.ID); err != nil {
				return err
			}
			return deleteChange(tx, old.ID)
		}
		if err := n.end(ctx, tx, old, ByChange, now); err != nil {
			return err
		}
		s := old
		s.ID, s.MailboxKey, s.KeyVersion, s.Lang, s.Words = c.ID, c.MailboxKey, c.KeyVersion, c.Lang, c.Words
		s.CreatedAt, s.ConfirmedAt, s.EndedAt, s.EndedBy = c.CreatedAt, &now, nil, nil
		entered, err := enter(tx, s, Person{ID: s.ID, Email: n.box.Seal(email, emailPlace(s.ID))})
		if err != nil {
			return err
		}
		if entered {
			if err := n.consent(ctx, tx, s, s.Words, now); err != nil {
				return err
			}
		}
		return n.opt.Supporters.Lift(ctx, tx, c.MailboxKey)
	})
}
