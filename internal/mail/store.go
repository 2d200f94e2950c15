package mail

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// A claim is short: what a killed worker had claimed and not begun is soon another's, and a living worker that is overtaken
// merely skips the mail. A lease on a mail being handed over must outlast its sending (sendTimeout), or a living server's slow
// answer would cause a second mail.
const (
	claimLease = 45 * time.Second
	sendLease  = sendTimeout + 30*time.Second
)

func insert(ctx context.Context, tx *postgres.Tx, rows []Mail) error {
	return tx.WithContext(ctx).Create(&rows).Error
}

// claim gives up to limit due mails of these kinds to a worker. Rows whose lease ran out are due whatever their state: their
// worker died.
func claim(ctx context.Context, db *postgres.DB, worker uuid.UUID, kinds []string, now time.Time, limit int) ([]Mail, error) {
	var mails []Mail
	err := db.Read(ctx).Raw(`
		WITH due AS MATERIALIZED (
			SELECT id FROM mail
			WHERE state IN ('queued', 'deferred', 'sending') AND not_before <= ? AND kind IN ?
			  AND (lease_until IS NULL OR lease_until <= ?)
			ORDER BY not_before, id LIMIT ? FOR UPDATE SKIP LOCKED
		)
		UPDATE mail SET claimed_by = ?, lease_until = ? FROM due WHERE mail.id = due.id RETURNING mail.*`,
		now, kinds, now, limit, worker, now.Add(claimLease)).Scan(&mails).Error
	slices.SortFunc(mails, func(a, b Mail) int {
		if c := a.NotBefore.Compare(b.NotBefore); c != 0 {
			return c
		}
		return slices.Compare(a.ID[:], b.ID[:])
	})
	return mails, err
}

// release gives claimed rows back untried.
func release(ctx context.Context, db *postgres.DB, worker uuid.UUID, mails []Mail) error {
	ids := make([]uuid.UUID, 0, len(mails))
	for _, m := range mails {
		ids = append(ids, m.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	return db.Read(ctx).Exec(`UPDATE mail SET claimed_by = NULL, lease_until = NULL WHERE id IN ? AND claimed_by = ?`,
		ids, worker).Error
}

// markSending moves a row that is still the worker's to `sending` and renews its lease; false: it is another's by now.
func markSending(ctx context.Context, tx *postgres.Tx, m *Mail, now time.Time) (bool, error) {
	var rows []Mail
	err := tx.WithContext(ctx).Raw(`
		UPDATE mail SET state = 'sending', sending_at = ?, tried_at = coalesce(tried_at, ?), attempts = attempts + 1, lease_until = ?
		WHERE id = ? AND claimed_by = ? AND state IN ('queued', 'deferred', 'sending') RETURNING *`,
		now, now, now.Add(sendLease), m.ID, m.ClaimedBy).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return false, err
	}
	*m = rows[0]
	return true, nil
}

// settle writes an outcome; false: the row is another worker's by now. An acknowledged mail is settled in any case, because
// whoever claimed it meanwhile would send it again.
func settle(ctx context.Context, tx *postgres.Tx, m *Mail, o Outcome) (bool, error) {
	acknowledged := o.State == Sent || o.State == Captured
	row := *m
	row.State, row.LastCode, row.LastEnhanced, row.ClaimedBy, row.LeaseUntil = o.State, o.Code, o.Enhanced, nil, nil
	if acknowledged {
		row.SentAt = &o.At
	}
	if o.State == Deferred {
		row.NotBefore = o.Retry
	}
	done := tx.WithContext(ctx).Exec(`
		UPDATE mail SET state = ?, last_code = ?, last_enhanced = ?, sent_at = ?, not_before = ?, attempts = ?, tried_at = ?,
			claimed_by = NULL, lease_until = NULL
		WHERE id = ? AND state IN ('queued', 'deferred', 'sending') AND (claimed_by = ? OR ?)`,
		row.State, row.LastCode, row.LastEnhanced, row.SentAt, row.NotBefore, row.Attempts, row.TriedAt,
		m.ID, m.ClaimedBy, acknowledged)
	if done.Error != nil || done.RowsAffected == 0 {
		return false, done.Error
	}
	*m = row
	return true, nil
}

// allowance is how many unasked mails a mailbox gets in a day, over all kinds.
const allowance = 3

// allowed says whether a mailbox may get this unasked mail now. It holds a lock on the mailbox until the transaction ends, so
// that two workers can't both give the last one.
func allowed(ctx context.Context, tx *postgres.Tx, m Mail, now time.Time) (bool, error) {
	db := tx.WithContext(ctx)
	lock := fmt.Sprintf("mail allowance %x", m.MailboxKey) // GORM would spread bytes in parentheses as a list
	if err := db.Exec(`SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`, lock).Error; err != nil {
		return false, err
	}
	var taken int
	err := db.Raw(`
		SELECT count(*) FROM mail
		WHERE mailbox_key = ? AND unasked AND sending_at > ? AND id <> ? AND state NOT IN ('failed', 'dropped')`,
		m.MailboxKey, now.Add(-24*time.Hour), m.ID).Scan(&taken).Error
	return taken < allowance, err
}

// eraseFinished deletes rows that were finished and made before a time, in portions.
func eraseFinished(ctx context.Context, db *postgres.DB, before time.Time) error {
	for {
		done := db.Read(ctx).Exec(`
			DELETE FROM mail WHERE id IN (
				SELECT id FROM mail WHERE state IN ('sent', 'captured', 'failed', 'dropped', 'bounced') AND created_at < ? LIMIT 5000)`, before)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
	}
}
