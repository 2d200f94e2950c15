package pledge

import (
	"context"
	"errors"
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

// Expire deletes what must not be kept any longer: signatures that were never
// confirmed, and those of pledges closed as many days ago as the pledge said.
// Counts stay. It goes on after trouble with one pledge and returns it.
func (p *Pledges) Expire(ctx context.Context) error {
	now := p.opt.Now()
	err := inPortions(ctx, func() (int64, error) {
		return deleteUnconfirmed(p.db.Read(ctx), now.Add(-unconfirmedKept), portion)
	})
	closed, listErr := retentions(p.db.Read(ctx))
	err = errors.Join(err, listErr)
	for _, r := range closed {
		if now.Before(startOf(&r.KeptUntil, 1, p.opt.Zone)) {
			continue
		}
		err = errors.Join(err, inPortions(ctx, func() (n int64, err error) {
			err = p.db.InTx(ctx, func(tx *postgres.Tx) error {
				n, err = deleteKept(tx, r.Pledge, portion)
				return err
			})
			return n, err
		}))
	}
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
