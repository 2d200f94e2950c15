package letter

import (
	"context"
	"fmt"
	"time"

	"redress/internal/postgres"
)

// How long things are kept.
const (
	keepUnconfirmed = 14 * 24 * time.Hour
	keepDelivered   = 28 * 24 * time.Hour // after the last move of any delivery
	keepAtMost      = 60 * 24 * time.Hour // after it was written
	keepProof       = 365 * 24 * time.Hour
)

// Retained counts what Retain erased.
type Retained struct{ Messages, Proofs int64 }

// Retain erases messages and proofs that have served. Their counts stay.
func (l *Letters) Retain(ctx context.Context) (Retained, error) {
	var r Retained
	now := l.now().UTC()
	err := l.db.InTx(ctx, func(tx *postgres.Tx) error {
		gone := tx.WithContext(ctx).Exec(`
			DELETE FROM message m
			WHERE (m.confirmed_at IS NULL AND m.created_at < @unconfirmed)
			   OR m.created_at < @at_most
			   OR (m.confirmed_at IS NOT NULL
			       AND GREATEST(m.confirmed_at, (SELECT max(d.moved_at) FROM delivery d WHERE d.message_id = m.id)) < @delivered)`,
			map[string]any{"unconfirmed": now.Add(-keepUnconfirmed), "at_most": now.Add(-keepAtMost), "delivered": now.Add(-keepDelivered)})
		if gone.Error != nil {
			return fmt.Errorf("erase messages: %w", gone.Error)
		}
		r.Messages = gone.RowsAffected
		gone = tx.WithContext(ctx).Exec("DELETE FROM message_proof WHERE confirmed_at < ?", now.Add(-keepProof))
		if gone.Error != nil {
			return fmt.Errorf("erase proofs: %w", gone.Error)
		}
		r.Proofs = gone.RowsAffected
		return nil
	})
	return r, err
}

// Erase deletes every message that a mailbox wrote and says how many. A mail
// about one of them that waits is then dropped. Counts and proofs stay: neither
// says who it was.
func (l *Letters) Erase(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) (int64, error) {
	gone := tx.WithContext(ctx).Where("mailbox_key = ?", mailboxKey).Delete(&Message{})
	if gone.Error != nil {
		return 0, fmt.Errorf("erase messages: %w", gone.Error)
	}
	return gone.RowsAffected, nil
}
