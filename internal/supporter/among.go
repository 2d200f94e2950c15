package supporter

import (
	"context"

	"redress/internal/postgres"
)

// SuppressedAmong gives those of these mailboxes that are left alone. It is what mail.Options.SuppressedAmong asks for.
func (s *Supporters) SuppressedAmong(ctx context.Context, tx *postgres.Tx, mailboxKeys [][]byte) ([][]byte, error) {
	return suppressedAmong(ctx, tx, mailboxKeys)
}
