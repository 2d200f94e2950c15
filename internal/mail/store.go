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
// answer would cause a second mail; for a group it is renewed before it can run out (see settleAfter).
const (
	claimLease = 45 * time.Second
	sendLease  = sendTimeout + 30*time.Second
)

// insert writes rows as Post.row made them, any number with one statement of the same text.
func insert(ctx context.Context, tx *postgres.Tx, rows []Mail) error {
	var ids, subjects []uuid.UUID
	var batches []*uuid.UUID
	var kinds, states, messageIDs, paces, receivers []string
	var mailboxes [][]byte
	var unasked []bool
	var notBefore, created []time.Time
	for _, m := range rows {
		ids, subjects = append(ids, m.ID), append(subjects, m.SubjectID)
		kinds, states, messageIDs = append(kinds, m.Kind), append(states, m.State), append(messageIDs, m.MessageID)
		mailboxes, unasked = append(mailboxes, m.MailboxKey), append(unasked, m.Unasked)
		notBefore, created = append(notBefore, m.NotBefore), append(created, m.CreatedAt)
		batches, receivers = append(batches, m.Batch), append(receivers, m.Receiver)
		list, err := m.Paces.Value()
		if err != nil {
			return err
		}
		paces = append(paces, list.(string))
	}
	_, err := tx.Pgx().Exec(ctx, `
		INSERT INTO mail (id, kind, subject_id, state, message_id, mailbox_key, unasked, not_before, attempts, last_code, last_enhanced,
			created_at, paces, batch, receiver)
		SELECT id, kind, subject_id, state, message_id, mailbox_key, unasked, not_before, 0, 0, '', created_at, CAST(paces AS text[]), batch, receiver
		FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[]), CAST($3 AS uuid[]), CAST($4 AS text[]), CAST($5 AS text[]), CAST($6 AS bytea[]),
			CAST($7 AS boolean[]), CAST($8 AS timestamptz[]), CAST($9 AS timestamptz[]), CAST($10 AS text[]),
			CAST($11 AS uuid[]), CAST($12 AS text[]))
		AS m (id, kind, subject_id, state, message_id, mailbox_key, unasked, not_before, created_at, paces, batch, receiver)`,
		ids, kinds, subjects, states, messageIDs, mailboxes, unasked, notBefore, created, paces, batches, receivers)
	return err
}

// claimFree gives up to limit due mails of these kinds that keep no pace to a worker. Rows whose lease ran out are due whatever
// their state: their worker died.
func claimFree(ctx context.Context, db *postgres.DB, worker uuid.UUID, kinds []string, now time.Time, limit int) ([]Mail, error) {
	return claim(ctx, db, claimFreeSQL, worker, kinds, now, limit)
}

// claimCaptured is claimFree for mails whose pace doesn't matter, since they go into a folder.
func claimCaptured(ctx context.Context, db *postgres.DB, worker uuid.UUID, kinds []string, now time.Time, limit int) ([]Mail, error) {
	return claim(ctx, db, claimCapturedSQL, worker, kinds, now, limit)
}

// The claims look kind by kind, so that what waits behind a closed way out costs nothing.
const (
	claimFreeSQL     = claimBegins + "paces = '{}' AND receiver = ''" + claimEnds
	claimCapturedSQL = claimBegins + "paces <> '{}'" + claimEnds

	claimBegins = `
		WITH due AS MATERIALIZED (
			SELECT oldest.id, oldest.not_before FROM unnest(CAST(@kinds AS text[])) AS k(kind) CROSS JOIN LATERAL (
				SELECT id, not_before FROM mail
				WHERE state IN ('queued', 'deferred', 'sending') AND `
	claimEnds = ` AND kind = k.kind AND not_before <= @now AND (lease_until IS NULL OR lease_until <= @now)
				ORDER BY not_before, id LIMIT @limit FOR UPDATE SKIP LOCKED
			) oldest
		)
		UPDATE mail SET claimed_by = @worker, lease_until = @lease
		WHERE id IN (SELECT id FROM due ORDER BY not_before, id LIMIT @limit) RETURNING *`
)

func claim(ctx context.Context, db *postgres.DB, statement string, worker uuid.UUID, kinds []string, now time.Time, limit int) ([]Mail, error) {
	var mails []Mail
	err := db.Read(ctx).Raw(statement,
		map[string]any{"kinds": Keys(kinds), "now": now, "limit": limit, "worker": worker, "lease": now.Add(claimLease)}).Scan(&mails).Error
	return mails, err
}

// byAge is the order in which mails go.
func byAge(a, b Mail) int {
	if c := a.NotBefore.Compare(b.NotBefore); c != 0 {
		return c
	}
	return slices.Compare(a.ID[:], b.ID[:])
}

// release gives claimed rows back untried.
func release(ctx context.Context, db *postgres.DB, worker uuid.UUID, mails []Mail) error {
	if len(mails) == 0 {
		return nil
	}
	return db.Read(ctx).Exec(`
		UPDATE mail SET claimed_by = NULL, lease_until = NULL WHERE id = ANY (CAST(? AS uuid[])) AND claimed_by = ?`,
		idsOf(mails), worker).Error
}

// markSending moves rows that are still the worker's to `sending` and renews their lease; it gives them as they then stand.
// What it leaves out is another's by now.
func markSending(ctx context.Context, tx *postgres.Tx, worker uuid.UUID, mails []Mail, now time.Time) ([]Mail, error) {
	var rows []Mail
	if len(mails) == 0 {
		return nil, nil
	}
	err := tx.WithContext(ctx).Raw(`
		UPDATE mail SET state = 'sending', sending_at = @now, tried_at = coalesce(tried_at, @now), attempts = attempts + 1,
			lease_until = @lease
		WHERE id = ANY (CAST(@ids AS uuid[])) AND claimed_by = @worker AND state IN ('queued', 'deferred', 'sending') RETURNING *`,
		map[string]any{"now": now, "lease": now.Add(sendLease), "ids": idsOf(mails), "worker": worker}).Scan(&rows).Error
	slices.SortFunc(rows, byAge)
	return rows, err
}

// renew makes the lease of marked rows begin anew, and gives the ids of those that are still the worker's.
func renew(ctx context.Context, db *postgres.DB, worker uuid.UUID, mails []Mail, now time.Time) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	err := db.Read(ctx).Raw(`
		UPDATE mail SET lease_until = ? WHERE id = ANY (CAST(? AS uuid[])) AND claimed_by = ? AND state = 'sending' RETURNING id`,
		now.Add(sendLease), idsOf(mails), worker).Scan(&ids).Error
	return ids, err
}

// settled is what settle writes of a row.
type settled struct {
	ID           uuid.UUID  `json:"id"`
	State        string     `json:"state"`
	LastCode     int        `json:"last_code"`
	LastEnhanced string     `json:"last_enhanced"`
	NotBefore    time.Time  `json:"not_before"`
	Attempts     int        `json:"attempts"`
	TriedAt      *time.Time `json:"tried_at"`
	SendingAt    *time.Time `json:"sending_at"`
	SentAt       *time.Time `json:"sent_at"`
	Acknowledged bool       `json:"acknowledged"`
}

// settle writes outcomes and gives the moves that took place; a row that is another worker's by now doesn't move. An
// acknowledged mail is settled in any case, because whoever claimed it meanwhile would send it again.
func settle(ctx context.Context, tx *postgres.Tx, worker uuid.UUID, moves []movement) ([]movement, error) {
	if len(moves) == 0 {
		return nil, nil
	}
	values := make([]settled, len(moves))
	for i, v := range moves {
		m := v.after()
		values[i] = settled{
			ID: m.ID, State: m.State, LastCode: m.LastCode, LastEnhanced: m.LastEnhanced, NotBefore: m.NotBefore, Attempts: m.Attempts,
			TriedAt: m.TriedAt, SendingAt: m.SendingAt, SentAt: m.SentAt, Acknowledged: v.outcome.acknowledged(),
		}
	}
	rows, err := table(values)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	err = tx.WithContext(ctx).Raw(`
		UPDATE mail SET state = v.state, last_code = v.last_code, last_enhanced = v.last_enhanced, not_before = v.not_before,
			attempts = v.attempts, tried_at = v.tried_at, sending_at = v.sending_at, sent_at = v.sent_at,
			claimed_by = NULL, lease_until = NULL
		FROM jsonb_to_recordset(CAST(? AS jsonb)) AS v(id uuid, state text, last_code int, last_enhanced text, not_before timestamptz,
			attempts int, tried_at timestamptz, sending_at timestamptz, sent_at timestamptz, acknowledged boolean)
		WHERE mail.id = v.id AND mail.state IN ('queued', 'deferred', 'sending') AND (mail.claimed_by = ? OR v.acknowledged)
		RETURNING mail.id`, rows, worker).Scan(&ids).Error
	if err != nil {
		return nil, err
	}
	var moved []movement
	for _, v := range moves {
		if slices.Contains(ids, v.mail.ID) {
			moved = append(moved, movement{v.after(), v.outcome})
		}
	}
	return moved, nil
}

// allowance is how many unasked mails a mailbox gets in a day, over all kinds.
const (
	allowance     = 3
	allowanceTime = 24 * time.Hour
)

// allowed says whether a mailbox may get this unasked mail now, beside those that the same transaction gives it. It holds a
// lock on the mailbox until the transaction ends, so that two workers can't both give the last one.
func allowed(ctx context.Context, tx *postgres.Tx, m Mail, beside int, now time.Time) (bool, error) {
	db := tx.WithContext(ctx)
	lock := fmt.Sprintf("mail allowance %x", m.MailboxKey) // GORM would spread bytes in parentheses as a list
	if err := db.Exec(`SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`, lock).Error; err != nil {
		return false, err
	}
	var taken int
	err := db.Raw(`
		SELECT count(*) FROM mail
		WHERE mailbox_key = ? AND unasked AND sending_at > ? AND id <> ? AND state NOT IN ('failed', 'dropped')`,
		m.MailboxKey, now.Add(-allowanceTime), m.ID).Scan(&taken).Error
	return taken+beside < allowance, err
}

// lockMoves lets groups of a kind move one after the other: its Moved may lock rows that many of its mails share, a counter,
// in the order in which the mails come.
func lockMoves(ctx context.Context, tx *postgres.Tx, what string) error {
	return tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`, "mail moves "+what).Error
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
