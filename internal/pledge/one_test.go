package pledge

import (
	"context"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/postgres"
)

// Withdraw and Erase do with one signature what its mailbox does with its own, so
// that tests can name signatures.

func (p *Pledges) Withdraw(ctx context.Context, id uuid.UUID) error {
	return p.one(ctx, id, func(tx *postgres.Tx, s *Signature) error {
		switch {
		case s == nil:
			return fault.NotFound("pledge.no_signature")
		case s.State == Withdrawn:
			return nil
		}
		return withdrawOrKeep(tx, *s)
	})
}

// Erase takes the count along while the pledge can be signed.
func (p *Pledges) Erase(ctx context.Context, id uuid.UUID) error {
	return p.one(ctx, id, func(tx *postgres.Tx, s *Signature) error {
		if s == nil {
			return nil
		}
		now := p.opt.Now()
		closed, err := p.closedFor(tx, *s, now)
		if err != nil {
			return err
		}
		return p.eraseOne(tx, *s, !closed, now)
	})
}

func (p *Pledges) one(ctx context.Context, id uuid.UUID, do func(*postgres.Tx, *Signature) error) error {
	var slug string
	err := p.db.InTx(ctx, func(tx *postgres.Tx) error {
		s, err := lockSignature(tx, id)
		if err != nil {
			return err
		}
		if s != nil {
			slug = s.Pledge
		}
		return do(tx, s)
	})
	if err == nil && slug != "" {
		p.changed(slug)
	}
	return err
}

// Expire is Retain for whoever doesn't ask what it did.
func (p *Pledges) Expire(ctx context.Context) error {
	_, err := p.Retain(ctx)
	return err
}
