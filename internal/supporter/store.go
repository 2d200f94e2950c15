package supporter

import (
	"context"
	"time"

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
		DELETE FROM supporter_person WHERE mailbox_key = ?
			AND NOT EXISTS (SELECT 1 FROM consent WHERE consent.mailbox_key = supporter_person.mailbox_key AND withdrawn IS NULL)`,
		mailboxKey).Error
}

func personOf(ctx context.Context, db *postgres.DB, mailboxKey []byte) (p Person, found bool, err error) {
	done := db.Read(ctx).Where("mailbox_key = ?", mailboxKey).Limit(1).Find(&p)
	return p, done.RowsAffected == 1, done.Error
}

func insertSuppression(ctx context.Context, tx *postgres.Tx, s Suppression) error {
	return tx.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&s).Error
}

func deleteSuppression(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	return tx.WithContext(ctx).Exec(`DELETE FROM suppression WHERE mailbox_key = ?`, mailboxKey).Error
}

func suppressed(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) (yes bool, err error) {
	err = tx.WithContext(ctx).Raw(`SELECT EXISTS (SELECT 1 FROM suppression WHERE mailbox_key = ?)`, mailboxKey).Scan(&yes).Error
	return yes, err
}
