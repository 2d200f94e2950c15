package letter

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"redress/internal/postgres"
)

// flagMany flags a message that was just confirmed, and those that it makes too
// many with: one street address, or one network within minutes, under many
// mailboxes.
func flagMany(ctx context.Context, tx *postgres.Tx, m Message, now time.Time) error {
	for _, rule := range []struct {
		flag, column string
		key          []byte
		many         int
		within       time.Duration
	}{
		{FlagAddress, "address_key", m.AddressKey, manyAtAddress, addressWithin},
		{FlagBurst, "network_key", m.NetworkKey, manyInBurst, burstWithin},
	} {
		if len(rule.key) == 0 {
			continue
		}
		err := tx.WithContext(ctx).Exec(`
			WITH together AS (
				SELECT id, mailbox_key FROM message
				WHERE `+rule.column+` = @key AND created_at > @since AND status = 'confirmed'
			), unflagged AS (
				SELECT id FROM message
				WHERE id IN (SELECT id FROM together) AND NOT jsonb_exists(flags, @flag)
				  AND (SELECT count(DISTINCT mailbox_key) FROM together) >= @many
				ORDER BY id FOR UPDATE -- in one order: those of a burst confirm at the same time
			)
			UPDATE message SET flags = flags || to_jsonb(CAST(@flag AS text)) FROM unflagged WHERE message.id = unflagged.id`,
			map[string]any{"key": rule.key, "since": m.CreatedAt.Add(-rule.within), "flag": rule.flag, "many": rule.many}).Error
		if err != nil {
			return fmt.Errorf("flag messages: %w", err)
		}
	}
	return nil
}

func flagged(ctx context.Context, db *gorm.DB) ([]Flagged, error) {
	var list []Flagged
	err := db.WithContext(ctx).Raw(`
		SELECT m.id, m.issue_slug, m.state, m.confirmed_at AS confirmed, m.flags, count(d.id) AS letters,
			count(d.id) FILTER (WHERE d.state IN ('queued', 'deferred')) AS waiting
		FROM message m LEFT JOIN delivery d ON d.message_id = m.id
		WHERE m.flags <> '[]' GROUP BY m.id ORDER BY m.confirmed_at DESC, m.id`).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read flagged messages: %w", err)
	}
	return list, nil
}
