package newsletter

import (
	"context"
	"time"

	"redress/internal/fault"
	"redress/internal/postgres"
)

// Own is all that is kept of a mailbox's subscription, opened. It is personal data, for the mailbox itself.
type Own struct {
	Subscriber Subscriber
	Email      string    // where it goes; "" when it has ended
	Moving     string    // the address that was asked to take over; "": none
	MovingAt   time.Time // when that was asked
}

// Owned reads the subscription of a mailbox, also one that waits for its mailbox, is paused or has ended; none is
// fault.NotFound.
func (n *Newsletter) Owned(ctx context.Context, mailboxKey []byte) (Own, error) {
	s, err := ofMailbox(n.db.Read(ctx), mailboxKey)
	if err != nil {
		return Own{}, err
	}
	own := Own{Subscriber: s}
	_, person, err := subscriberOf(n.db.Read(ctx), s.ID)
	switch {
	case fault.KindOf(err) == fault.KindNotFound:
		return own, nil
	case err != nil:
		return Own{}, err
	}
	if own.Email, err = n.box.Open(person.Email, emailPlace(s.ID)); err != nil {
		return Own{}, err
	}
	c, err := changeFor(n.db.Read(ctx), s.ID)
	if err != nil || c == nil {
		return own, err
	}
	own.MovingAt = c.CreatedAt
	own.Moving, err = n.box.Open(c.Email, changePlace(c.ID))
	return own, err
}

// EraseOwn deletes, in the caller's transaction, all that is kept of a mailbox's subscription, and what another subscription
// would go to it for. Its consents are the supporter room's to erase.
func (n *Newsletter) EraseOwn(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	if err := n.lockMailbox(ctx, tx, mailboxKey); err != nil {
		return err
	}
	return deleteMailbox(tx, mailboxKey)
}

// Holds tells whether anything of a mailbox's subscription is kept.
func (n *Newsletter) Holds(ctx context.Context, mailboxKey []byte) (bool, error) {
	_, err := ofMailbox(n.db.Read(ctx), mailboxKey)
	if fault.KindOf(err) == fault.KindNotFound {
		return false, nil
	}
	return err == nil, err
}
