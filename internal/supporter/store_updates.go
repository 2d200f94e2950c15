package supporter

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"redress/internal/postgres"
)

// covers is true of a row c of consent that stands and whose words cover updates on @issue. Consents of before their issue was kept
// have neither issue nor wide: what they were given for tells, while it is there. The pledge's words have always named the center and no
// issue; an imported signature's are another petition's, and count for its issue alone.
const covers = `c.kind = 'updates' AND c.withdrawn IS NULL AND (c.wide OR c.issue = @issue OR c.issue = '' AND (
	c.source_kind = 'message' AND EXISTS (SELECT 1 FROM message m WHERE m.id = c.source_id AND m.issue_slug = @issue)
	OR c.source_kind = 'signature' AND EXISTS (SELECT 1 FROM signature s WHERE s.id = c.source_id AND (s.origin = 'form' OR s.pledge = @issue))))`

func audience(db *gorm.DB, n News) *gorm.DB {
	return db.Table("supporter_person p").Where(`p.created_at <= @until AND EXISTS (
		SELECT 1 FROM consent c WHERE c.mailbox_key = p.mailbox_key AND c.given <= @until AND `+covers+`)`,
		map[string]any{"until": n.Until, "issue": n.Issue})
}

func countRecipients(ctx context.Context, db *postgres.DB, n News) (int, error) {
	var count int64
	err := audience(db.Read(ctx), n).Count(&count).Error
	return int(count), err
}

func recipientsAfter(ctx context.Context, tx *postgres.Tx, n News, after uuid.UUID, limit int) (people []Person, err error) {
	err = audience(tx.WithContext(ctx), n).Where("p.id > ?", after).Select("p.*").Order("p.id").Limit(limit).Find(&people).Error
	return people, err
}

func personByID(db *gorm.DB, id uuid.UUID) (p Person, found bool, err error) {
	done := db.Where("id = ?", id).Limit(1).Find(&p)
	return p, done.RowsAffected == 1, done.Error
}

// covering is the consent of a mailbox that an update on an issue goes by, with the issue that it was given on.
func covering(ctx context.Context, db *postgres.DB, mailboxKey []byte, issue string) (c Consent, found bool, err error) {
	done := db.Read(ctx).Raw(`
		SELECT c.id, c.mailbox_key, c.key_version, c.kind, c.words, c.given, c.withdrawn, c.source_kind, c.source_id, c.wide,
			coalesce(nullif(c.issue, ''), (SELECT s.pledge FROM signature s WHERE c.source_kind = 'signature' AND s.id = c.source_id),
				(SELECT m.issue_slug FROM message m WHERE c.source_kind = 'message' AND m.id = c.source_id), '') AS issue
		FROM consent c WHERE c.mailbox_key = @mailbox AND `+covers+`
		ORDER BY issue = @issue DESC, c.given DESC, c.id DESC LIMIT 1`, map[string]any{"mailbox": mailboxKey, "issue": issue}).Scan(&c)
	return c, done.RowsAffected == 1, done.Error
}

func standing(ctx context.Context, db *postgres.DB, mailboxKey []byte, kind string) (all []Consent, err error) {
	err = db.Read(ctx).Where("mailbox_key = ? AND kind = ? AND withdrawn IS NULL", mailboxKey, kind).Order("given, id").Find(&all).Error
	return all, err
}

// mailboxKeyOf is whose a person's id is or was; nil: nobody's.
func mailboxKeyOf(ctx context.Context, db *postgres.DB, person uuid.UUID) ([]byte, error) {
	var keys [][]byte
	err := db.Read(ctx).Raw(`
		SELECT mailbox_key FROM supporter_person WHERE id = @id UNION ALL SELECT mailbox_key FROM supporter_former WHERE former = @id LIMIT 1`,
		map[string]any{"id": person}).Scan(&keys).Error
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	return keys[0], nil
}
