package letter

import (
	"context"
	"fmt"

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
