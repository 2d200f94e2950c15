package pledge

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

const (
	// unconfirmedKept is how long a signature waits for its mailbox, from when
	// it was made. No link to confirm it holds longer.
	unconfirmedKept = 14 * 24 * time.Hour

	keepReviews = 365 * 24 * time.Hour // who decided what

	portion = 1000
)

// retention says until which day a pledge's signatures are kept.
type retention struct {
	Pledge    string
	KeptUntil time.Time
}

// Retained counts what Retain erased.
type Retained struct {
	Unconfirmed int64 // signatures that no mailbox confirmed
	Closed      int64 // signatures of pledges that closed long enough ago; they stay counted
	Withdrawn   int64 // signatures that staff took back
	Reviews     int64 // decisions about signatures
}

// Retain erases what must not be kept any longer, and carries out decisions to
// withdraw that nobody has undone. It goes on after trouble with one pledge and
// returns it.
func (p *Pledges) Retain(ctx context.Context) (Retained, error) {
	var r Retained
	now := p.opt.Now().UTC()
	err := inPortions(ctx, counting(&r.Unconfirmed, func() (int64, error) {
		return deleteUnconfirmed(p.db.Read(ctx), now.Add(-unconfirmedKept), portion)
	}))
	err = errors.Join(err, inPortions(ctx, counting(&r.Unconfirmed, func() (int64, error) {
		return deleteHeldUnconfirmed(p.db.Read(ctx), now.Add(-unconfirmedKept), portion)
	})))
	err = errors.Join(err, p.eraseClosed(ctx, now, &r.Closed), p.settleWithdrawals(ctx, now, &r.Withdrawn))
	gone, reviewErr := deleteReviews(p.db.Read(ctx), now.Add(-keepReviews))
	r.Reviews = gone
	return r, errors.Join(err, reviewErr)
}

func counting(total *int64, do func() (int64, error)) func() (int64, error) {
	return func() (int64, error) {
		n, err := do()
		*total += n
		return n, err
	}
}

func (p *Pledges) eraseClosed(ctx context.Context, now time.Time, erased *int64) error {
	closed, err := retentions(p.db.Read(ctx))
	for _, r := range closed {
		if now.Before(startOf(&r.KeptUntil, 1, p.opt.Zone)) {
			continue
		}
		err = errors.Join(err, inPortions(ctx, counting(erased, func() (n int64, err error) {
			err = p.db.InTx(ctx, func(tx *postgres.Tx) error {
				n, err = deleteKept(tx, r.Pledge, portion)
				return err
			})
			return n, err
		})))
	}
	return err
}

// settleWithdrawals takes back for good what staff decided to withdraw long enough
// ago.
func (p *Pledges) settleWithdrawals(ctx context.Context, now time.Time, withdrawn *int64) error {
	reviews, err := unsettled(p.db.Read(ctx), now.Add(-WithdrawAfter))
	for _, review := range reviews {
		err = errors.Join(err, p.settleOne(ctx, review, now, withdrawn))
	}
	return err
}

func (p *Pledges) settleOne(ctx context.Context, review Review, now time.Time, withdrawn *int64) error {
	steps, err := stepsOf(p.db.Read(ctx), review.ID)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(steps, reviewPortion) {
		n := int64(0)
		err := p.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
			n, err = withdrawSome(tx, part)
			return err
		})
		if err != nil {
			return err
		}
		*withdrawn += n
	}
	return p.db.InTx(ctx, func(tx *postgres.Tx) error { return settleReview(tx, review.ID, now) })
}

func withdrawSome(tx *postgres.Tx, steps []ReviewStep) (n int64, err error) {
	ids := make([]uuid.UUID, 0, len(steps))
	for _, s := range steps {
		ids = append(ids, s.SignatureID)
	}
	rows, err := lockSome(tx, ids, []string{Held})
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if r.Rule != RuleWithdrawal {
			continue
		}
		if err := errors.Join(endHold(tx, r.ID), withdrawSignature(tx, r.ID)); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
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
