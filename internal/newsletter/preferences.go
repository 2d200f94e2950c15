package newsletter

import (
	"context"
	"time"

	"redress/internal/fault"
	"redress/internal/postgres"
	"redress/internal/seal"
)

// Preferences is a subscription as whoever holds a link from its mails may see it.
type Preferences struct {
	Subscriber Subscriber
	Masked     string // the address in part; empty when the subscription has ended
	Moving     string // in part, the address that was asked to take over; empty: none
}

// State is the subscription's state; one whose row is gone has ended.
func (p Preferences) State() string { return p.Subscriber.State }

// Preferences reads the subscription of a link's token, also of one that ended or is gone: then State is Ended. What is no
// such token, or was revoked, is fault.NotFound("token.unknown").
func (n *Newsletter) Preferences(ctx context.Context, token string) (Preferences, error) {
	t, err := n.box.Verify(token, seal.Unsubscribe, n.now())
	if err != nil {
		return Preferences{}, err
	}
	s, err := current(n.db.Read(ctx), t.ID)
	if fault.KindOf(err) == fault.KindNotFound {
		return Preferences{Subscriber: Subscriber{State: Ended}}, nil
	}
	if err != nil {
		return Preferences{}, err
	}
	if s.Epoch != t.Epoch {
		return Preferences{}, fault.NotFound("token.unknown")
	}
	p := Preferences{Subscriber: s}
	if s.State == Ended {
		return p, nil
	}
	_, person, err := subscriberOf(n.db.Read(ctx), s.ID)
	if err != nil {
		return Preferences{}, err
	}
	if p.Masked, err = n.masked(person.Email, emailPlace(s.ID)); err != nil {
		return Preferences{}, err
	}
	c, err := changeFor(n.db.Read(ctx), s.ID)
	if err != nil || c == nil {
		return p, err
	}
	p.Moving, err = n.masked(c.Email, changePlace(c.ID))
	return p, err
}

// SetRhythm sets how often the subscriber of a token gets the newsletter.
func (n *Newsletter) SetRhythm(ctx context.Context, token, rhythm string) error {
	if rhythm != Daily && rhythm != Weekly {
		return fault.Invalid("newsletter.rhythm.unknown", fault.Field{Name: "rhythm", Key: "newsletter.rhythm.unknown"})
	}
	return n.adjust(ctx, token, func(tx *postgres.Tx, s Subscriber) error { return setRhythm(tx, s.ID, rhythm) })
}

// Pauses.
const (
	TwoWeeks = "2_weeks"
	Month    = "month"
)

// Pause keeps the newsletter from the subscriber of a token for [TwoWeeks] or a [Month] from today. It comes back by itself.
func (n *Newsletter) Pause(ctx context.Context, token, length string) error {
	until, ok := pauseEnd(n.today(), length)
	if !ok {
		return fault.Invalid("newsletter.pause.unknown", fault.Field{Name: "pause", Key: "newsletter.pause.unknown"})
	}
	return n.adjust(ctx, token, func(tx *postgres.Tx, s Subscriber) error { return setPause(tx, s.ID, &until) })
}

// pauseEnd is the first day after a pause. A month ends on the same day of the next one, or on its last day.
func pauseEnd(today time.Time, length string) (time.Time, bool) {
	switch length {
	case TwoWeeks:
		return today.AddDate(0, 0, 14), true
	case Month:
		end := today.AddDate(0, 1, 0)
		if end.Day() != today.Day() { // a day that the next month doesn't have
			end = end.AddDate(0, 0, -end.Day())
		}
		return end, true
	}
	return time.Time{}, false
}

// Resume ends a pause.
func (n *Newsletter) Resume(ctx context.Context, token string) error {
	return n.adjust(ctx, token, func(tx *postgres.Tx, s Subscriber) error { return setPause(tx, s.ID, nil) })
}

// adjust changes the subscription of a token while it is active or paused; else it is fault.Conflict.
func (n *Newsletter) adjust(ctx context.Context, token string, do func(*postgres.Tx, Subscriber) error) error {
	p, err := n.Preferences(ctx, token)
	if err != nil {
		return err
	}
	if p.Subscriber.MailboxKey == nil {
		return fault.Conflict("newsletter.no_subscription")
	}
	return n.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := n.lockMailbox(ctx, tx, p.Subscriber.MailboxKey); err != nil {
			return err
		}
		s, err := current(tx.DB, p.Subscriber.ID)
		if fault.KindOf(err) == fault.KindNotFound || err == nil && s.State != Active && s.State != Paused {
			return fault.Conflict("newsletter.no_subscription")
		}
		if err != nil {
			return err
		}
		return do(tx, s)
	})
}
