package letter

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"redress/internal/mail"
	"redress/internal/postgres"
)

// move is a step that a delivery is asked to take.
type move struct {
	delivery uuid.UUID
	to       State
	code     int
	enhanced string
	at       time.Time
}

// step takes the move if it is legal from where the delivery stands, and writes
// its history row in the same statement. moved is false when it was not: a
// second "I sent it", or an answer that came late, changes nothing.
func step(ctx context.Context, tx *postgres.Tx, m move) (moved bool, err error) {
	done := tx.WithContext(ctx).Exec(`
		WITH standing AS (
			SELECT id, state FROM delivery WHERE id = @id FOR UPDATE
		), moved AS (
			UPDATE delivery SET state = @to, code = @code, enhanced = @enhanced, moved_at = @at
			FROM standing
			WHERE delivery.id = standing.id AND delivery.state IN @legal
			RETURNING delivery.id, standing.state AS came_from
		)
		INSERT INTO delivery_move (delivery_id, from_state, to_state, code, enhanced, at)
		SELECT id, came_from, @to, @code, @enhanced, @at FROM moved`,
		map[string]any{
			"id": m.delivery, "to": string(m.to), "code": m.code, "enhanced": m.enhanced, "at": m.at, "legal": names(legalFrom[m.to]),
		})
	if done.Error != nil {
		return false, fmt.Errorf("move delivery: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

func names(states []State) []string {
	out := make([]string, len(states))
	for i, s := range states {
		out[i] = string(s)
	}
	return out
}

// stateOfMail says where a delivery stands when its mail has moved.
var stateOfMail = map[string]State{
	mail.Queued:   Queued,
	mail.Sending:  Sending,
	mail.Sent:     Sent,
	mail.Captured: Captured,
	mail.Deferred: Deferred,
	mail.Failed:   Failed,
	mail.Dropped:  Failed,
}

// Moved follows the mail of a delivery; it is the Moved of MailDelivery's kind
// and runs in the transaction that moved the mail.
func (l *Letters) Moved(ctx context.Context, tx *postgres.Tx, m mail.Mail, o mail.Outcome) error {
	to, known := stateOfMail[o.State]
	if !known {
		return fmt.Errorf("mail moved to %q, which no delivery knows", o.State)
	}
	moved, err := step(ctx, tx, move{delivery: m.SubjectID, to: to, code: o.Code, enhanced: o.Enhanced, at: o.At})
	if err != nil || !moved || to != Sent {
		return err
	}
	var of Message
	err = tx.WithContext(ctx).Raw("SELECT m.* FROM message m JOIN delivery d ON d.message_id = m.id WHERE d.id = ?", m.SubjectID).Scan(&of).Error
	if err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	return count(ctx, tx, of, countSent, o.At, 1)
}
