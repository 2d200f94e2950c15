package letter

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"redress/internal/postgres"
)

func toRead(ctx context.Context, db *gorm.DB) ([]ToRead, error) {
	var list []ToRead
	err := db.WithContext(ctx).Raw(`
		SELECT m.id, m.issue_slug, m.state, m.confirmed_at AS confirmed, m.findings, m.flags, count(*) AS letters,
			min(d.moved_at) AS since
		FROM message m JOIN delivery d ON d.message_id = m.id
		WHERE d.state = 'held' AND d.held_for = 'review'
		GROUP BY m.id ORDER BY m.confirmed_at, m.id`).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read messages to read: %w", err)
	}
	return list, nil
}

// heldForReview reads the deliveries of a message that wait to be read, and keeps
// others from moving them.
func heldForReview(ctx context.Context, tx *postgres.Tx, message uuid.UUID) ([]Delivery, error) {
	var list []Delivery
	err := tx.WithContext(ctx).Raw(`
		SELECT * FROM delivery WHERE message_id = ? AND state = 'held' AND held_for = 'review' ORDER BY position FOR UPDATE`,
		message).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read held deliveries: %w", err)
	}
	return list, nil
}

func insertReview(ctx context.Context, tx *postgres.Tx, review *MessageReview) error {
	if err := tx.WithContext(ctx).Create(review).Error; err != nil {
		return fmt.Errorf("save review: %w", err)
	}
	return nil
}

// lastReview is the newest decision about a message that told its writer
// something; nil when there is none.
func lastReview(ctx context.Context, db *gorm.DB, message uuid.UUID) (*MessageReview, error) {
	var list []MessageReview
	err := db.WithContext(ctx).Where("message_id = ? AND decision <> ?", message, DecisionSend).Order("id DESC").Limit(1).Find(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read review: %w", err)
	}
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // nothing was decided
	}
	return &list[0], nil
}

func reviewsSince(ctx context.Context, db *gorm.DB, since time.Time) ([]MessageReview, error) {
	var list []MessageReview
	if err := db.WithContext(ctx).Where("decided_at >= ?", since).Order("id DESC").Find(&list).Error; err != nil {
		return nil, fmt.Errorf("read reviews: %w", err)
	}
	return list, nil
}

// deleteReviews deletes decisions that have been kept as long as proofs are.
func deleteReviews(ctx context.Context, tx *postgres.Tx, before time.Time) error {
	if err := tx.WithContext(ctx).Exec("DELETE FROM message_review WHERE decided_at < ?", before).Error; err != nil {
		return fmt.Errorf("erase reviews: %w", err)
	}
	return nil
}
