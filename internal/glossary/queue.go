package glossary

import (
	"context"
	"fmt"

	"redress/internal/postgres"
)

// Queue returns the terms that wait for a day of their own, in their order.
// Those that are no terms any more are left out, as they are when a day comes.
func (g *Glossary) Queue(ctx context.Context) ([]Term, error) { return g.queued(ctx) }

// Enqueue lets terms wait for the days to come, behind those that wait already,
// all or none. One that waits already keeps its place.
func (g *Glossary) Enqueue(ctx context.Context, slugs ...string) error {
	return g.db.InTx(ctx, func(tx *postgres.Tx) error {
		for _, slug := range slugs {
			known, err := enqueue(tx, slug)
			if err != nil {
				return err
			}
			if !known {
				return fmt.Errorf("there is no term %q", slug)
			}
		}
		return nil
	})
}

// Unqueue takes terms out of the queue, all or none.
func (g *Glossary) Unqueue(ctx context.Context, slugs ...string) error {
	return g.db.InTx(ctx, func(tx *postgres.Tx) error {
		for _, slug := range slugs {
			removed, err := unqueue(tx, slug)
			if err != nil {
				return err
			}
			if !removed {
				return fmt.Errorf("%q doesn't wait in the queue", slug)
			}
		}
		return nil
	})
}
