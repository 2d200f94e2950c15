package mail

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

const claimBulkSQL = `
		WITH ready AS MATERIALIZED (
			SELECT receiver, next_at,
				coalesce((CAST(@rates AS jsonb) ->> receiver)::float8, CAST(@rate AS float8))
					/ greatest(1, slowness * power(0.5, least(60, extract(epoch FROM CAST(@now AS timestamptz) - greatest(slowed_at, 'epoch')) / CAST(@recover AS float8)))) AS per_second
			FROM mail_receiver r
			WHERE (next_at <= @now OR NOT CAST(@paced AS boolean)) AND EXISTS (
				SELECT 1 FROM mail m
				WHERE m.state IN ('queued', 'deferred', 'sending') AND m.receiver <> '' AND m.receiver = r.receiver
				  AND m.not_before <= @now AND (m.lease_until IS NULL OR m.lease_until <= @now))
			ORDER BY receiver FOR UPDATE OF r
		), due AS MATERIALIZED (
			SELECT oldest.id, ready.receiver
			FROM (SELECT * FROM ready ORDER BY next_at, receiver) ready CROSS JOIN LATERAL (
				SELECT id FROM mail
				WHERE state IN ('queued', 'deferred', 'sending') AND receiver <> '' AND receiver = ready.receiver
				  AND not_before <= @now AND (lease_until IS NULL OR lease_until <= @now) AND kind = ANY (CAST(@kinds AS text[]))
				ORDER BY not_before, id LIMIT CASE WHEN CAST(@paced AS boolean) THEN greatest(1, ceil(ready.per_second * CAST(@step AS float8))::int) ELSE CAST(@limit AS int) END
				FOR UPDATE SKIP LOCKED
			) oldest
			LIMIT @limit
		), turns AS (
			UPDATE mail_receiver r SET next_at = CAST(@now AS timestamptz) + make_interval(secs => t.n / ready.per_second)
			FROM (SELECT receiver, count(*) AS n FROM due GROUP BY receiver) t JOIN ready USING (receiver)
			WHERE r.receiver = t.receiver AND CAST(@paced AS boolean)
		)
		UPDATE mail SET claimed_by = @worker, lease_until = @lease FROM due WHERE mail.id = due.id RETURNING mail.*`

// claimBulk gives due bulk mails to a worker, of each class of receivers no more than its pace lets through, those classes
// first whose turn has waited longest. The class's row is locked for the statement, so that all nodes keep one pace. paced is
// false for what goes into a folder.
func claimBulk(ctx context.Context, db *postgres.DB, worker uuid.UUID, kinds []string, paced bool, now time.Time, limit int) ([]Mail, error) {
	rates, err := json.Marshal(perSecond)
	if err != nil {
		return nil, err
	}
	var mails []Mail
	err = db.Read(ctx).Raw(claimBulkSQL, map[string]any{
		"now": now, "kinds": Keys(kinds), "limit": limit, "worker": worker, "lease": now.Add(claimLease), "paced": paced,
		"rates": string(rates), "rate": perSecondElsewhere, "step": stepTime.Seconds(), "recover": recoverTime.Seconds(),
	}).Scan(&mails).Error
	return mails, err
}

// nextStep is when the first class of receivers is free again that due bulk mails wait for; false: none waits, or none is free
// before the given time.
func nextStep(ctx context.Context, db *postgres.DB, kinds []string, now, before time.Time) (time.Time, bool, error) {
	var at []time.Time
	err := db.Read(ctx).Raw(`
		SELECT r.next_at FROM mail_receiver r
		WHERE r.next_at > @now AND r.next_at < @before AND EXISTS (
			SELECT 1 FROM mail m
			WHERE m.state IN ('queued', 'deferred', 'sending') AND m.receiver <> '' AND m.receiver = r.receiver
			  AND m.not_before <= @now AND m.kind = ANY (CAST(@kinds AS text[])))
		ORDER BY r.next_at LIMIT 1`,
		map[string]any{"now": now, "before": before, "kinds": Keys(kinds)}).Scan(&at).Error
	if err != nil || len(at) == 0 {
		return time.Time{}, false, err
	}
	return at[0], true, nil
}

// keepReceivers makes the rows of classes that are new.
func keepReceivers(ctx context.Context, tx *postgres.Tx, receivers Keys) error {
	return tx.WithContext(ctx).Exec(`
		INSERT INTO mail_receiver (receiver, next_at) SELECT receiver, '-infinity' FROM unnest(CAST(? AS text[])) AS k(receiver)
		WHERE NOT EXISTS (SELECT 1 FROM mail_receiver r WHERE r.receiver = k.receiver)
		ON CONFLICT DO NOTHING`, receivers).Error
}

// slow lets a class of receivers rest and halves its pace. Many mails hear the same answer, so it counts once in a rest.
func slow(ctx context.Context, db *postgres.DB, receiver string, now time.Time) error {
	return db.Read(ctx).Exec(`
		UPDATE mail_receiver SET slowed_at = @now, slowness = least(@most, 2 * eased.slowness),
			next_at = greatest(next_at, CAST(@now AS timestamptz) + make_interval(secs => least(CAST(@longest AS float8), CAST(@rest AS float8) * eased.slowness)))
		FROM (
			SELECT greatest(1, slowness * power(0.5, least(60, extract(epoch FROM CAST(@now AS timestamptz) - greatest(slowed_at, 'epoch')) / CAST(@recover AS float8)))) AS slowness
			FROM mail_receiver WHERE receiver = @receiver
		) eased
		WHERE receiver = @receiver AND slowed_at <= CAST(@now AS timestamptz) - make_interval(secs => CAST(@rest AS float8))`,
		map[string]any{
			"receiver": receiver, "now": now, "rest": restTime.Seconds(), "longest": longestRest.Seconds(), "most": mostSlowness,
			"recover": recoverTime.Seconds(),
		}).Error
}

// Receiving is how a class of receivers stands.
type Receiving struct {
	Receiver string
	Waiting  int
	NextAt   time.Time // when it takes its next mails
	SlowedAt time.Time // when it last asked for patience; zero: never
}

// batchStates counts a batch's mails by state.
func batchStates(ctx context.Context, db *postgres.DB, batch uuid.UUID) (map[string]int, error) {
	var rows []struct {
		State string
		N     int
	}
	err := db.Read(ctx).Raw(`SELECT state, count(*) AS n FROM mail WHERE batch = ? GROUP BY state`, batch).Scan(&rows).Error
	states := make(map[string]int, len(rows))
	for _, r := range rows {
		states[r.State] = r.N
	}
	return states, err
}

// batchDue counts a batch's mails that wait and are due, up to a limit.
func batchDue(ctx context.Context, db *postgres.DB, batch uuid.UUID, now time.Time, limit int) (n int, err error) {
	err = db.Read(ctx).Raw(`
		SELECT count(*) FROM (
			SELECT 1 FROM mail WHERE batch = ? AND state IN ('queued', 'deferred', 'sending') AND not_before <= ? LIMIT ?) due`,
		batch, now, limit).Scan(&n).Error
	return n, err
}

// batchReceivers lists the classes that a batch's waiting mails go to.
func batchReceivers(ctx context.Context, db *postgres.DB, batch uuid.UUID) ([]Receiving, error) {
	var list []Receiving
	err := db.Read(ctx).Raw(`
		SELECT receiver, waiting, greatest(r.next_at, 'epoch') AS next_at, CASE WHEN isfinite(r.slowed_at) THEN r.slowed_at END AS slowed_at
		FROM (SELECT receiver, count(*) AS waiting FROM mail WHERE batch = ? AND state IN ('queued', 'deferred', 'sending') GROUP BY receiver) w
		JOIN mail_receiver r USING (receiver) ORDER BY waiting DESC, receiver`, batch).Scan(&list).Error
	return list, err
}

// portions runs a statement that changes a limited number of rows until it changes none.
func portions(ctx context.Context, db *postgres.DB, statement string, values map[string]any) (changed int, _ error) {
	values["portion"] = 5000
	for {
		done := db.Read(ctx).Exec(statement, values)
		changed += int(done.RowsAffected)
		if done.Error != nil || done.RowsAffected == 0 {
			return changed, done.Error
		}
	}
}

// waitBatch sets when the waiting mails of a batch are tried next; those that are being handed over are left alone.
func waitBatch(ctx context.Context, db *postgres.DB, batch uuid.UUID, from, to time.Time) error {
	_, err := portions(ctx, db, `
		UPDATE mail SET not_before = @to, claimed_by = NULL, lease_until = NULL WHERE id IN (
			SELECT id FROM mail WHERE batch = @batch AND state IN ('queued', 'deferred') AND (not_before = @from OR (@from < 'epoch' AND not_before <> @to))
			LIMIT @portion FOR UPDATE)`,
		map[string]any{"batch": batch, "from": from, "to": to})
	return err
}

func requeueBatch(ctx context.Context, db *postgres.DB, batch uuid.UUID, now time.Time) (int, error) {
	return portions(ctx, db, `
		UPDATE mail SET state = 'queued', not_before = @now, attempts = 0, tried_at = NULL, sending_at = NULL WHERE id IN (
			SELECT id FROM mail WHERE batch = @batch AND state = 'failed' LIMIT @portion FOR UPDATE)`,
		map[string]any{"batch": batch, "now": now})
}

func dropBatch(ctx context.Context, db *postgres.DB, batch uuid.UUID) (int, error) {
	return portions(ctx, db, `
		UPDATE mail SET state = 'dropped', claimed_by = NULL, lease_until = NULL WHERE id IN (
			SELECT id FROM mail WHERE batch = @batch AND state IN ('queued', 'deferred') LIMIT @portion FOR UPDATE)`,
		map[string]any{"batch": batch})
}

func eraseBatch(ctx context.Context, db *postgres.DB, batch uuid.UUID) error {
	_, err := portions(ctx, db, `
		DELETE FROM mail WHERE id IN (
			SELECT id FROM mail WHERE batch = @batch AND state IN ('sent', 'captured', 'failed', 'dropped', 'bounced') LIMIT @portion)`,
		map[string]any{"batch": batch})
	return err
}

// receiversOf are the classes of mails, each once, sorted.
func receiversOf(mails []Mail) Keys {
	var list Keys
	for _, m := range mails {
		if m.Receiver != "" {
			list = append(list, m.Receiver)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
