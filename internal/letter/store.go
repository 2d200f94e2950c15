package letter

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/postgres"
)

// BySlug is the letter of an issue in the context's language, or in the default
// one; fault.NotFound when the issue has none.
func (l *Letters) BySlug(ctx context.Context, issueSlug string) (Letter, error) {
	var letter Letter
	err := l.db.Read(ctx).
		Where("issue_slug = ? AND lang IN ?", issueSlug, []string{i18n.Lang(ctx), i18n.Default}).
		Order(gorm.Expr("lang = ? DESC", i18n.Lang(ctx))).
		Take(&letter).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Letter{}, fault.NotFound("letter.unknown")
	}
	if err != nil {
		return Letter{}, fmt.Errorf("read letter: %w", err)
	}
	err = l.db.Read(ctx).Where("issue_slug = ? AND lang = ?", letter.IssueSlug, letter.Lang).Order("position").Find(&letter.Asks).Error
	if err != nil {
		return Letter{}, fmt.Errorf("read asks: %w", err)
	}
	return letter, nil
}

func replaceLetter(ctx context.Context, tx *postgres.Tx, letter Letter) error {
	at := tx.WithContext(ctx)
	if err := at.Where("issue_slug = ? AND lang = ?", letter.IssueSlug, letter.Lang).Delete(&Letter{}).Error; err != nil {
		return fmt.Errorf("replace letter: %w", err)
	}
	if err := at.Create(&letter).Error; err != nil {
		return fmt.Errorf("save letter: %w", err)
	}
	if err := at.Create(&letter.Asks).Error; err != nil {
		return fmt.Errorf("save asks: %w", err)
	}
	return nil
}

// billsOf are the legislatures of an issue's bills, by key.
func billsOf(ctx context.Context, tx *postgres.Tx, issueSlug, lang string) (map[string]string, error) {
	var rows []struct{ Key, Legislature string }
	err := tx.WithContext(ctx).Raw("SELECT key, legislature FROM bill WHERE issue_slug = ? AND lang = ?", issueSlug, lang).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read bills: %w", err)
	}
	bills := make(map[string]string, len(rows))
	for _, r := range rows {
		bills[r.Key] = r.Legislature
	}
	return bills, nil
}

// mailboxLocks is the class of the advisory locks on mailboxes.
const mailboxLocks = 0x6c747273

// lockMailbox makes the transaction the only one that takes or confirms letters
// of the mailbox.
func lockMailbox(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	mailbox := int32(binary.BigEndian.Uint32(mailboxKey))
	if err := tx.WithContext(ctx).Exec("SELECT pg_advisory_xact_lock(?, ?)", mailboxLocks, mailbox).Error; err != nil {
		return fmt.Errorf("lock mailbox: %w", err)
	}
	return nil
}

// findEarlier finds the same letter of the last day and notes that its mailbox is
// written to, in one statement that is the same for everyone.
//
//   - waiting: the first that its mailbox hasn't confirmed.
//   - sent: the last that it has.
//   - remind, tell: they, unless the mailbox has heard of them lately.
func findEarlier(ctx context.Context, tx *postgres.Tx, m Message) (earlier, error) {
	if err := lockMailbox(ctx, tx, m.MailboxKey); err != nil {
		return earlier{}, err
	}
	var b earlier
	err := tx.WithContext(ctx).Raw(`
		WITH same AS (
			SELECT * FROM message WHERE mailbox_key = @mailbox_key AND issue_slug = @issue AND digest = @digest
		), waiting AS (
			SELECT id, mailed_at FROM same WHERE confirmed_at IS NULL AND created_at > @day_ago ORDER BY created_at, id LIMIT 1
		), sent AS (
			SELECT id FROM same WHERE confirmed_at > @day_ago ORDER BY confirmed_at DESC LIMIT 1
		), remind AS (
			UPDATE message SET mailed_at = @now
			WHERE id = (SELECT id FROM waiting) AND mailed_at <= @remind_before AND NOT EXISTS (SELECT 1 FROM sent)
			RETURNING id
		), tell AS (
			UPDATE message SET told_at = @now
			WHERE id = (SELECT id FROM sent) AND (told_at IS NULL OR told_at <= @day_ago)
			RETURNING id
		)
		SELECT (SELECT id FROM waiting) AS waiting, (SELECT id FROM remind) AS remind, (SELECT id FROM sent) AS sent,
			(SELECT id FROM tell) AS tell,
			CASE WHEN EXISTS (SELECT 1 FROM remind) THEN @now ELSE (SELECT mailed_at FROM waiting) END AS mailed_at`,
		map[string]any{
			"mailbox_key": m.MailboxKey, "issue": m.IssueSlug, "digest": m.Digest, "now": m.CreatedAt,
			"day_ago": m.CreatedAt.Add(-sameWithin), "remind_before": m.CreatedAt.Add(-remindAfter),
		}).Take(&b).Error
	if err != nil {
		return earlier{}, fmt.Errorf("find same message: %w", err)
	}
	return b, nil
}

// sentAlready is another message with the same words that was confirmed less
// than a day before this one was written, or since.
func sentAlready(ctx context.Context, db *gorm.DB, m Message) (Message, bool, error) {
	var rows []Message
	err := db.WithContext(ctx).
		Where("mailbox_key = ? AND issue_slug = ? AND digest = ? AND id <> ?", m.MailboxKey, m.IssueSlug, m.Digest, m.ID).
		Where("confirmed_at > ?", m.CreatedAt.Add(-sameWithin)).
		Order("confirmed_at").Limit(1).Find(&rows).Error
	if err != nil {
		return Message{}, false, fmt.Errorf("find same message: %w", err)
	}
	if len(rows) == 0 {
		return Message{}, false, nil
	}
	return rows[0], true, nil
}

func insertMessage(ctx context.Context, tx *postgres.Tx, w written) error {
	at := tx.WithContext(ctx)
	for _, row := range []any{&w.message, &w.person, &w.texts, &w.deliveries} {
		if err := at.Create(row).Error; err != nil {
			return fmt.Errorf("save message: %s", postgres.Describe(err))
		}
	}
	return nil
}

func messageByID(ctx context.Context, db *gorm.DB, id uuid.UUID) (Message, error) {
	var m Message
	err := db.WithContext(ctx).Take(&m, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Message{}, fault.NotFound("token.unknown")
	}
	if err != nil {
		return Message{}, fmt.Errorf("read message: %w", err)
	}
	return m, nil
}

func deliveriesOf(ctx context.Context, db *gorm.DB, message uuid.UUID) ([]Delivery, error) {
	var ds []Delivery
	if err := db.WithContext(ctx).Where("message_id = ?", message).Order("position").Find(&ds).Error; err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	return ds, nil
}

func textsOf(ctx context.Context, db *gorm.DB, message uuid.UUID) (map[uuid.UUID]MessageText, error) {
	var rows []MessageText
	if err := db.WithContext(ctx).Where("message_id = ?", message).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	texts := make(map[uuid.UUID]MessageText, len(rows))
	for _, row := range rows {
		texts[row.ID] = row
	}
	return texts, nil
}

// The counters of letter_counter.
const (
	countWritten   = "written"
	countConfirmed = "confirmed"
	countSent      = "sent"
	countDone      = "done_by_you"
)

// count adds to one of the counters, which outlive what they count.
func count(ctx context.Context, tx *postgres.Tx, m Message, counter string, day time.Time, n int) error {
	err := tx.WithContext(ctx).Exec(`
		INSERT INTO letter_counter (issue_slug, day, state, `+counter+`) VALUES (?, ?, ?, ?)
		ON CONFLICT (issue_slug, day, state) DO UPDATE SET `+counter+` = letter_counter.`+counter+` + excluded.`+counter,
		m.IssueSlug, day.UTC().Format(time.DateOnly), m.State, n).Error
	if err != nil {
		return fmt.Errorf("count letters: %w", err)
	}
	return nil
}
