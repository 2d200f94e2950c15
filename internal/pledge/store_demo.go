package pledge

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// keepDemo writes a batch and its count in one transaction.
func (p *Pledges) keepDemo(ctx context.Context, batch []candidate) error {
	return pgx.BeginFunc(ctx, p.db.Pool, func(tx pgx.Tx) error {
		if err := copySignatures(ctx, tx, batch); err != nil {
			return err
		}
		return countMore(ctx, tx, batch[0].signature.Pledge, int64(len(batch)))
	})
}
