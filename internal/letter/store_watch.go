package letter

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

func stamps(ctx context.Context, db *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]Stamp, error) {
	var rows []struct {
		ID uuid.UUID
		Stamp
	}
	err := db.WithContext(ctx).Raw(`
		SELECT m.id, GREATEST(m.created_at, m.confirmed_at, max(d.moved_at)) AS moved,
			m.status <> 'awaiting_confirmation' AND count(d.id) FILTER (WHERE d.state IN ('queued', 'sending', 'deferred', 'held')) = 0 AS settled
		FROM message m LEFT JOIN delivery d ON d.message_id = m.id
		WHERE m.id IN ? GROUP BY m.id`, ids).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read stamps: %w", err)
	}
	all := make(map[uuid.UUID]Stamp, len(rows))
	for _, r := range rows {
		all[r.ID] = r.Stamp
	}
	return all, nil
}
