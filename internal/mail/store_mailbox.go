package mail

import (
	"context"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// OfMailbox are the mails to a mailbox that are still known: those that somebody set off by typing its address, and those
// about the subjects named. The oldest come first.
func OfMailbox(ctx context.Context, db *postgres.DB, mailboxKey []byte, subjects []uuid.UUID) ([]Mail, error) {
	var rows []Mail
	err := db.Read(ctx).Raw(`
		SELECT * FROM mail WHERE mailbox_key = @key AND unasked AND sending_at IS NOT NULL
		UNION SELECT * FROM mail WHERE subject_id = ANY (CAST(@subjects AS uuid[]))
		ORDER BY created_at, id`, map[string]any{"key": mailboxKey, "subjects": idList(subjects)}).Scan(&rows).Error
	return rows, err
}
