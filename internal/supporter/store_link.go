package supporter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

func insertRequest(ctx context.Context, tx *postgres.Tx, r Request) error {
	return tx.WithContext(ctx).Create(&r).Error
}

func requestByID(ctx context.Context, db *postgres.DB, id uuid.UUID) (r Request, found bool, err error) {
	done := db.Read(ctx).Where("id = ?", id).Limit(1).Find(&r)
	return r, done.RowsAffected == 1, done.Error
}

func deleteRequests(ctx context.Context, db *postgres.DB, before time.Time) (int64, error) {
	gone := db.Read(ctx).Exec(`DELETE FROM manage_request WHERE created_at < ?`, before)
	return gone.RowsAffected, gone.Error
}

func keptOf(ctx context.Context, db *postgres.DB, mailboxKey []byte) (Kept, error) {
	var k Kept
	read := db.Read(ctx)
	err := read.Raw(`
		SELECT * FROM consent WHERE mailbox_key = @key AND withdrawn IS NULL
		UNION ALL SELECT * FROM consent WHERE mailbox_key = @key AND withdrawn IS NOT NULL
		ORDER BY given, id`, map[string]any{"key": mailboxKey}).Scan(&k.Consents).Error
	if err != nil {
		return Kept{}, err
	}
	var silence []Suppression
	if err := read.Where("mailbox_key = ?", mailboxKey).Find(&silence).Error; err != nil {
		return Kept{}, err
	}
	if len(silence) > 0 {
		k.Suppression = &silence[0]
	}
	return k, read.Where("mailbox_key = ?", mailboxKey).Order("created_at, id").Find(&k.Requests).Error
}

func eraseMailbox(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	db := tx.WithContext(ctx)
	for _, statement := range []string{
		`DELETE FROM supporter_person WHERE mailbox_key = ?`,
		`DELETE FROM supporter_former WHERE mailbox_key = ?`,
		`DELETE FROM consent WHERE mailbox_key = ?`,
		`DELETE FROM manage_request WHERE mailbox_key = ?`,
	} {
		if err := db.Exec(statement, mailboxKey).Error; err != nil {
			return err
		}
	}
	return nil
}
