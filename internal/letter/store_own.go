package letter

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

func ownMessages(ctx context.Context, db *gorm.DB, mailboxKey []byte) ([]Message, error) {
	var list []Message
	err := db.WithContext(ctx).Where("mailbox_key = ?", mailboxKey).Order("created_at DESC, id DESC").Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read a mailbox's messages: %w", err)
	}
	return list, nil
}

func ownProofs(ctx context.Context, db *gorm.DB, mailboxKey []byte) ([]Proof, error) {
	var list []Proof
	err := db.WithContext(ctx).Raw(`
		SELECT issue_slug, letters, confirmed_at FROM message_proof WHERE mailbox_key = ? ORDER BY confirmed_at DESC`, mailboxKey).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read a mailbox's proofs: %w", err)
	}
	return list, nil
}

// historyOf are the steps of a message and what was decided about it.
func historyOf(ctx context.Context, db *gorm.DB, message uuid.UUID) (moves []OwnMove, reviews []OwnReview, err error) {
	err = db.WithContext(ctx).Raw(`
		SELECT from_state AS "from", to_state AS "to", at FROM message_move WHERE message_id = ? ORDER BY id`, message).Scan(&moves).Error
	if err == nil {
		err = db.WithContext(ctx).Raw(`
			SELECT decision, reason, letters, decided_at AS at FROM message_review WHERE message_id = ? ORDER BY id`, message).Scan(&reviews).Error
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read a message's history: %w", err)
	}
	return moves, reviews, nil
}

// deliveryMovesOf are the steps of a message's letters, by letter.
func deliveryMovesOf(ctx context.Context, db *gorm.DB, message uuid.UUID) (map[uuid.UUID][]OwnMove, error) {
	var rows []struct {
		DeliveryID uuid.UUID
		OwnMove
	}
	err := db.WithContext(ctx).Raw(`
		SELECT delivery_id, from_state AS "from", to_state AS "to", delivery_move.held_for AS "for", delivery_move.code, at
		FROM delivery_move JOIN delivery ON delivery.id = delivery_id WHERE message_id = ? ORDER BY delivery_move.id`, message).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the history of a message's letters: %w", err)
	}
	by := make(map[uuid.UUID][]OwnMove, len(rows))
	for _, r := range rows {
		by[r.DeliveryID] = append(by[r.DeliveryID], r.OwnMove)
	}
	return by, nil
}
