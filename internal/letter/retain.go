package letter

import (
	"context"
	"time"

	"redress/internal/postgres"
	"redress/internal/seal"
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

// Retain erases messages and proofs that have served, and gathers what letters led
// to into its tallies. Counts stay.
func (l *Letters) Retain(ctx context.Context) (Retained, error) {
	var r Retained
	now := l.now().UTC()
	err := l.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		if err := settleFormer(ctx, tx); err != nil {
			return err
		}
		if r.Messages, err = endServed(ctx, tx, now); err != nil {
			return err
		}
		if err := deleteEnded(ctx, tx, now.Add(-seal.ReceiptFor)); err != nil {
			return err
		}
		if err := gatherEvents(ctx, tx); err != nil {
			return err
		}
		if err := deleteReviews(ctx, tx, now.Add(-keepProof)); err != nil {
			return err
		}
		r.Proofs, err = deleteProofs(ctx, tx, now.Add(-keepProof))
		return err
	})
	return r, err
}

// Erase deletes what every message of a mailbox held and says how many there
// were. A mail about one of them that waits is then dropped. Counts and proofs
// stay: neither says who it was.
func (l *Letters) Erase(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) (int64, error) {
	return endMailbox(ctx, tx, mailboxKey, l.now().UTC())
}
