package newsletter

import (
	"context"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/postgres"
	"redress/internal/seal"
)

// reader is who gets an edition.
type reader struct {
	ID         uuid.UUID
	MailboxKey []byte
	Email      seal.Text
}

var rhythmOf = map[string]string{KindEdition: Daily, KindWeek: Weekly}

func audience(db *gorm.DB, m Mailing) *gorm.DB {
	return db.Table("subscriber").Where("state = 'active' AND rhythm = ? AND confirmed_at <= ?", rhythmOf[m.Kind], m.Cutoff)
}

func countReaders(ctx context.Context, db *postgres.DB, m Mailing) (int, error) {
	var n int64
	err := audience(db.Read(ctx), m).Count(&n).Error
	return int(n), err
}

// nextReaders are those after the mailing's cursor, in the order of their ids.
func nextReaders(ctx context.Context, tx *postgres.Tx, m Mailing, limit int) ([]reader, error) {
	var rows []reader
	err := audience(tx.WithContext(ctx), m).Joins("JOIN subscriber_person USING (id)").Where("subscriber.id > ?", m.Cursor).
		Select("subscriber.id, mailbox_key, email").Order("subscriber.id").Limit(limit).Find(&rows).Error
	return rows, err
}

func insertMailing(ctx context.Context, db *postgres.DB, m Mailing) (bool, error) {
	done := db.Read(ctx).Clauses(clause.OnConflict{OnConstraint: "mailing_once", DoNothing: true}).Create(&m)
	return done.RowsAffected == 1, done.Error
}

func mailingByID(ctx context.Context, db *postgres.DB, id uuid.UUID) (list []Mailing, err error) {
	return list, db.Read(ctx).Where("id = ?", id).Find(&list).Error
}

func mailingByKey(ctx context.Context, db *postgres.DB, kind, key string) (list []Mailing, err error) {
	return list, db.Read(ctx).Where("kind = ? AND key = ?", kind, key).Find(&list).Error
}

func latestMailings(ctx context.Context, db *postgres.DB, limit int) (list []Mailing, err error) {
	return list, db.Read(ctx).Order("started_at DESC, id DESC").Limit(limit).Find(&list).Error
}

func openMailings(ctx context.Context, db *postgres.DB) (list []Mailing, err error) {
	return list, db.Read(ctx).Where("state IN ('walking', 'sending')").Order("started_at, id").Find(&list).Error
}

func oldMailings(ctx context.Context, db *postgres.DB, before time.Time) (list []Mailing, err error) {
	return list, db.Read(ctx).Where("finished_at < ? AND erased_at IS NULL", before).Order("finished_at").Limit(100).Find(&list).Error
}

// lockWalking holds the row of a mailing that walks, so that one walker at a time moves its cursor.
func lockWalking(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (m Mailing, found bool, err error) {
	done := tx.WithContext(ctx).Raw(`SELECT * FROM mailing WHERE id = ? AND state = 'walking' FOR UPDATE`, id).Scan(&m)
	return m, done.RowsAffected == 1, done.Error
}

func saveWalk(ctx context.Context, tx *postgres.Tx, m Mailing) error {
	return tx.WithContext(ctx).Exec(`UPDATE mailing SET cursor = ?, walked = ?, state = ?, walked_at = ? WHERE id = ?`,
		m.Cursor, m.Walked, m.State, m.WalkedAt, m.ID).Error
}

// saveCounts keeps what was counted; ended tells that this ended the mailing. A mailing that was stopped meanwhile stays so.
func saveCounts(ctx context.Context, db *postgres.DB, m Mailing) (ended bool, err error) {
	if err := db.Read(ctx).Exec(`
		UPDATE mailing SET waiting = ?, sent = ?, captured = ?, failed = ?, bounced = ?, dropped = ?, per_second = ?, counted_at = ?
		WHERE id = ? AND erased_at IS NULL AND counted_at <= ?`,
		m.Waiting, m.Sent, m.Captured, m.Failed, m.Bounced, m.Dropped, m.PerSecond, m.CountedAt, m.ID, m.CountedAt).Error; err != nil || m.State != Done {
		return false, err
	}
	done := db.Read(ctx).Exec(`UPDATE mailing SET state = 'done', finished_at = ? WHERE id = ? AND state = 'sending'`, m.FinishedAt, m.ID)
	return done.RowsAffected == 1, done.Error
}

func turnMailing(ctx context.Context, db *postgres.DB, id uuid.UUID, to string, from []string, now time.Time) (bool, error) {
	done := db.Read(ctx).Exec(`
		UPDATE mailing SET state = @to, per_second = 0, finished_at = CASE WHEN @to = 'skipped' THEN CAST(@now AS timestamptz) END WHERE id = @id AND state IN @from`,
		map[string]any{"to": to, "id": id, "from": from, "now": now})
	return done.RowsAffected == 1, done.Error
}

func deleteSkipped(ctx context.Context, db *postgres.DB, kind, key string) (bool, error) {
	done := db.Read(ctx).Exec(`DELETE FROM mailing WHERE kind = ? AND key = ? AND state = 'skipped' AND walked = 0`, kind, key)
	return done.RowsAffected == 1, done.Error
}

func markErased(ctx context.Context, db *postgres.DB, id uuid.UUID, at time.Time) error {
	return db.Read(ctx).Exec(`UPDATE mailing SET erased_at = ? WHERE id = ?`, at, id).Error
}

// lastDay is the day of the latest mailing of a kind before a day; zero: there was none.
func lastDay(ctx context.Context, db *postgres.DB, kind string, before time.Time) (time.Time, error) {
	var days []time.Time
	err := db.Read(ctx).Raw(`SELECT day FROM mailing WHERE kind = ? AND day < CAST(? AS date) ORDER BY day DESC LIMIT 1`,
		kind, before.Format(time.DateOnly)).Scan(&days).Error
	if err != nil || len(days) == 0 {
		return time.Time{}, err
	}
	return dateOf(days[0]), nil
}
