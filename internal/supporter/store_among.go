package supporter

import (
	"context"

	"redress/internal/postgres"
)

func suppressedAmong(ctx context.Context, tx *postgres.Tx, mailboxKeys [][]byte) (silent [][]byte, err error) {
	if len(mailboxKeys) == 0 {
		return nil, nil
	}
	err = tx.WithContext(ctx).Model(&Suppression{}).Where("mailbox_key IN ?", mailboxKeys).Pluck("mailbox_key", &silent).Error
	return silent, err
}
