package pledge

import (
	"context"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/postgres"
)

// Withdraw takes a signature back: it isn't counted any more, its person is
// deleted and its tokens are revoked. What remains is a keyed hash, so that the
// same person can sign again. Twice is once.
func (p *Pledges) Withdraw(ctx context.Context, id uuid.UUID) error {
	slug := ""
	err := p.db.InTx(ctx, func(tx *postgres.Tx) error {
		s, err := lockSignature(tx, id)
		if err != nil {
			return err
		}
		if s == nil {
			return fault.NotFound("pledge.no_signature")
		}
		if s.State == Withdrawn {
			return nil
		}
		if err := withdrawSignature(tx, id); err != nil || s.CounterSlot == nil {
			return err
		}
		slug = s.Pledge
		return uncount(tx, s.Pledge, *s.CounterSlot)
	})
	if err == nil && slug != "" {
		p.changed(slug)
	}
	return err
}
