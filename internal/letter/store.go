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

// sameMessage is the message with these words that the mailbox wrote since,
// after waiting for others of that mailbox to commit.
func sameMessage(ctx context.Context, tx *postgres.Tx, m Message, since time.Time) (Message, bool, error) {
	at := tx.WithContext(ctx)
	mailbox := int32(binary.BigEndian.Uint32(m.MailboxKey)) //nolint:gosec // only has to be the same for the same mailbox
	if err := at.Exec("SELECT pg_advisory_xact_lock(?, ?)", mailboxLocks, mailbox).Error; err != nil {
		return Message{}, false, fmt.Errorf("lock mailbox: %w", err)
	}
	var same Message
	err := at.Where("mailbox_key = ? AND issue_slug = ? AND digest = ? AND created_at > ?", m.MailboxKey, m.IssueSlug, m.Digest, since).
		Order("created_at DESC").Take(&same).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Message{}, false, nil
	}
	if err != nil {
		return Message{}, false, fmt.Errorf("find same message: %w", err)
	}
	return same, true, nil
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
