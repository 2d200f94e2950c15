package pledge

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/postgres"
)

// Erase deletes all that is kept of a signature. Its count stays once the
// pledge has closed; before that it goes too, or one mailbox could sign, erase
// and sign again without end. A signature that isn't there is erased.
func (p *Pledges) Erase(ctx context.Context, id uuid.UUID) error {
	now := p.opt.Now()
	slug := ""
	err := p.db.InTx(ctx, func(tx *postgres.Tx) error {
		s, err := lockSignature(tx, id)
		if err != nil || s == nil {
			return err
		}
		if err := p.eraseResult(tx, *s, now); err != nil {
			return err
		}
		if err := deleteSignature(tx, id); err != nil || s.CounterSlot == nil {
			return err
		}
		closed, err := p.closedFor(tx, *s, now)
		if err != nil {
			return err
		}
		if closed {
			return erasedCount(tx, s.Pledge, *s.CounterSlot)
		}
		slug = s.Pledge
		return uncount(tx, s.Pledge, *s.CounterSlot)
	})
	if err == nil && slug != "" {
		p.changed(slug)
	}
	return err
}

func (p *Pledges) closedFor(tx *postgres.Tx, s Signature, now time.Time) (bool, error) {
	pledge, err := p.pledge(tx.DB, s.Pledge, s.Lang)
	if fault.KindOf(err) == fault.KindNotFound {
		return true, nil // nobody can sign it again
	}
	return err == nil && pledge.StateAt(now) == Closed, err
}

const (
	// unconfirmedKept is how long a signature waits for its mailbox, from when
	// it was made. No link to confirm it holds longer.
	unconfirmedKept = 14 * 24 * time.Hour

	portion = 1000
)

// retention says until which day a pledge's signatures are kept.
type retention struct {
	Pledge    string
	KeptUntil time.Time
}

// Expire is Retain for whoever doesn't ask what it did.
func (p *Pledges) Expire(ctx context.Context) error {
	_, err := p.Retain(ctx)
	return err
}

// inPortions repeats until nothing is left, so that no lock is held for long.
func inPortions(ctx context.Context, do func() (int64, error)) error {
	for ctx.Err() == nil {
		if n, err := do(); err != nil || n < portion {
			return err
		}
	}
	return ctx.Err()
}
