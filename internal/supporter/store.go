package supporter

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"redress/internal/postgres"
)

func insertConsents(ctx context.Context, tx *postgres.Tx, all []Consent) error {
	once := clause.OnConflict{OnConstraint: "consent_once", DoNothing: true}
	return tx.WithContext(ctx).Clauses(once).Create(&all).Error
}

func insertPeople(ctx context.Context, tx *postgres.Tx, all []Person) error {
	once := clause.OnConflict{OnConstraint: "supporter_person_mailbox", DoNothing: true}
	return tx.WithContext(ctx).Clauses(once).Create(&all).Error
}

func consented(ctx context.Context, db *postgres.DB, mailboxKey []byte, kind string) (yes bool, err error) {
	err = db.Read(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM consent WHERE mailbox_key = ? AND kind = ? AND withdrawn IS NULL)`,
		mailboxKey, kind).Scan(&yes).Error
	return yes, err
}

func withdraw(ctx context.Context, tx *postgres.Tx, mailboxKey []byte, kind string, at time.Time) error {
	db := tx.WithContext(ctx)
	if err := db.Exec(`UPDATE consent SET withdrawn = ? WHERE mailbox_key = ? AND kind = ? AND withdrawn IS NULL`,
		at, mailboxKey, kind).Error; err != nil {
		return err
	}
	return db.Exec(`
		WITH gone AS (
			DELETE FROM supporter_person WHERE mailbox_key = ?
				AND NOT EXISTS (SELECT 1 FROM consent WHERE consent.mailbox_key = supporter_person.mailbox_key AND withdrawn IS NULL)
			RETURNING id, mailbox_key
		) INSERT INTO supporter_former (former, mailbox_key) SELECT id, mailbox_key FROM gone`,
		mailboxKey).Error
}

func personOf(ctx context.Context, db *postgres.DB, mailboxKey []byte) (p Person, found bool, err error) {
	done := db.Read(ctx).Where("mailbox_key = ?", mailboxKey).Limit(1).Find(&p)
	return p, done.RowsAffected == 1, done.Error
}

func insertSuppression(ctx context.Context, tx *postgres.Tx, s Suppression) error {
	return tx.WithContext(ctx).Exec(`
		INSERT INTO suppression (mailbox_key, key_version, reason, since) SELECT ?, ?, ?, ?
		ON CONFLICT (mailbox_key) DO UPDATE SET reason = excluded.reason, since = excluded.since
		WHERE excluded.reason = 'complained' AND suppression.reason <> 'complained'`,
		s.MailboxKey, s.KeyVersion, s.Reason, s.Since).Error // no VALUES: GORM spreads bytes after a parenthesis as a list
}

// passOnce lets a mail through to a mailbox that is left alone, if none has been since the given time.
func passOnce(ctx context.Context, tx *postgres.Tx, mailboxKey []byte, mailID uuid.UUID, passes []string, now, before time.Time) (bool, error) {
	done := tx.WithContext(ctx).Exec(`
		UPDATE suppression SET passed_mail = @mail, passed_at = CASE WHEN passed_mail = @mail THEN passed_at ELSE @now END
		WHERE mailbox_key = @mailbox AND reason IN @passes AND (passed_at IS NULL OR passed_at <= @before OR passed_mail = @mail)`,
		map[string]any{"mail": mailID, "now": now, "mailbox": mailboxKey, "before": before, "passes": passes})
	return done.RowsAffected == 1, done.Error
}

func deleteBounced(ctx context.Context, tx *postgres.Tx, mailboxKeys [][]byte) error {
	_, err := tx.Pgx().Exec(ctx, `DELETE FROM suppression WHERE mailbox_key = ANY ($1) AND reason = 'bounced'`, mailboxKeys)
	return err
}

func liftSuppression(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	return tx.WithContext(ctx).Exec(`DELETE FROM suppression WHERE mailbox_key = ? AND reason <> 'complained'`, mailboxKey).Error
}

func deleteSuppression(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	return tx.WithContext(ctx).Exec(`DELETE FROM suppression WHERE mailbox_key = ?`, mailboxKey).Error
}

func suppressed(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) (yes bool, err error) {
	err = tx.WithContext(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM suppression WHERE mailbox_key = ?)`, mailboxKey).Scan(&yes).Error
	return yes, err
}

func deleteConsents(ctx context.Context, tx *postgres.Tx, mailboxKey []byte, kind string) error {
	return tx.WithContext(ctx).Exec(`DELETE FROM consent WHERE mailbox_key = ? AND kind = ?`, mailboxKey, kind).Error
}
