package letter

import (
	"context"
	"time"

	"redress/internal/postgres"
)

// How long things are kept.
const (
	keepUnconfirmed = 14 * 24 * time.Hour
	keepDelivered   = 28 * 24 * time.Hour // after the last move of any delivery, while none is held
	keepAtMost      = 60 * 24 * time.Hour // after it was written
	keepProof       = 365 * 24 * time.Hour
)

// Retained counts what Retain erased.
type Retained struct{ Messages, Proofs int64 }

// Retain erases messages and proofs that have served. Their counts stay.
func (l *Letters) Retain(ctx context.Context) (Retained, error) {
	var r Retained
	now := l.now().UTC()
	err := l.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		if r.Messages, err = deleteServed(ctx, tx, now); err != nil {
			return err
		}
		r.Proofs, err = deleteProofs(ctx, tx, now.Add(-keepProof))
		return err
	})
	return r, err
}

// Erase deletes every message that a mailbox wrote and says how many. A mail
// about one of them that waits is then dropped. Counts and proofs stay: neither
// says who it was.
func (l *Letters) Erase(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) (int64, error) {
	return deleteMailbox(ctx, tx, mailboxKey)
}
