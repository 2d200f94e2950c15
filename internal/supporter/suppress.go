package supporter

import (
	"context"

	"redress/internal/postgres"
)

// Suppress keeps unasked mail from a mailbox from now on. The first reason stays.
func (s *Supporters) Suppress(ctx context.Context, tx *postgres.Tx, mailboxKey []byte, reason string) error {
	return insertSuppression(ctx, tx, Suppression{
		MailboxKey: mailboxKey, KeyVersion: s.box.KeyVersion(), Reason: reason, Since: s.now().UTC(),
	})
}

// Suppressed says whether a mailbox is left alone. It is what mail.Options.Suppressed asks for.
func (s *Supporters) Suppressed(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) (bool, error) {
	return suppressed(ctx, tx, mailboxKey)
}

// Unsuppress lets mail through again, when the mailbox's owner asks for it.
func (s *Supporters) Unsuppress(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	return deleteSuppression(ctx, tx, mailboxKey)
}
