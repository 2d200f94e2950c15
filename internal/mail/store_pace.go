package mail

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// mailPace is a row of table mail_pace.
type mailPace struct {
	Key      string `gorm:"primaryKey"`
	NextAt   time.Time
	PerHour  *int
	AgreedBy string
	AgreedOn *time.Time

	used bool // in this transaction
}

const claimPacedSQL = `
		WITH RECURSIVE spot AS (
			(SELECT paces, kind FROM mail WHERE state IN ('queued', 'deferred', 'sending') AND paces <> '{}' ORDER BY paces, kind LIMIT 1)
			UNION ALL
			SELECT next.paces, next.kind
			FROM spot LEFT JOIN mail_pace widest ON widest.key = spot.paces[1] AND widest.next_at > @now
			CROSS JOIN LATERAL (
				SELECT paces, kind FROM mail
				WHERE state IN ('queued', 'deferred', 'sending') AND paces <> '{}'
				  AND (paces, kind) > (
					CASE WHEN widest.key IS NULL THEN spot.paces ELSE ARRAY[spot.paces[1] || chr(1)] END,
					CASE WHEN widest.key IS NULL THEN spot.kind ELSE '' END)
				ORDER BY paces, kind LIMIT 1
			) next
		), head AS (
			SELECT DISTINCT ON (spot.paces[1]) oldest.id, oldest.not_before
			FROM spot CROSS JOIN LATERAL (
				SELECT id, not_before FROM mail
				WHERE state IN ('queued', 'deferred', 'sending') AND paces <> '{}' AND paces = spot.paces AND kind = spot.kind
				  AND not_before <= @now AND (lease_until IS NULL OR lease_until <= @now)
				ORDER BY not_before, id LIMIT 1
			) oldest
			WHERE spot.kind = ANY (CAST(@kinds AS text[]))
			  AND NOT EXISTS (SELECT 1 FROM mail_pace WHERE key = ANY (spot.paces) AND next_at > @now)
			ORDER BY spot.paces[1], oldest.not_before, oldest.id
		), due AS MATERIALIZED (
			SELECT id FROM mail
			WHERE id IN (SELECT id FROM head ORDER BY not_before, id LIMIT @limit)
			  AND state IN ('queued', 'deferred', 'sending') AND (lease_until IS NULL OR lease_until <= @now)
			FOR UPDATE SKIP LOCKED
		)
		UPDATE mail SET claimed_by = @worker, lease_until = @lease FROM due WHERE mail.id = due.id RETURNING mail.*`

// claimPaced gives due mails of these kinds to a worker whose keys are all free, at most one per widest key, since it takes
// that key's turn: the oldest. It steps from one set of keys to the next, and where the widest key is not free over all sets
// that begin with it, so that its cost follows the number of keys and not of the mails behind them.
func claimPaced(ctx context.Context, db *postgres.DB, worker uuid.UUID, kinds []string, now time.Time, limit int) ([]Mail, error) {
	var mails []Mail
	err := db.Read(ctx).Raw(claimPacedSQL,
		map[string]any{"now": now, "kinds": Keys(kinds), "limit": limit, "worker": worker, "lease": now.Add(claimLease)}).Scan(&mails).Error
	return mails, err
}

const nextTurnSQL = `
		SELECT p.next_at FROM mail_pace p
		WHERE p.next_at > @now AND p.next_at < @before AND EXISTS (
			SELECT 1 FROM mail
			WHERE state IN ('queued', 'deferred', 'sending') AND paces <> '{}'
			  AND paces >= ARRAY[p.key] AND paces < ARRAY[p.key || chr(1)] AND kind = ANY (CAST(@kinds AS text[])) AND not_before <= @now)
		ORDER BY p.next_at LIMIT 1`

// nextTurn is when the first of the keys is free again that due mails of these kinds wait for; false: none waits, or none is
// free before the given time.
func nextTurn(ctx context.Context, db *postgres.DB, kinds []string, now, before time.Time) (time.Time, bool, error) {
	var at []time.Time
	err := db.Read(ctx).Raw(nextTurnSQL,
		map[string]any{"now": now, "before": before, "kinds": Keys(kinds)}).Scan(&at).Error
	if err != nil || len(at) == 0 {
		return time.Time{}, false, err
	}
	return at[0], true, nil
}

// lockKeys locks these keys, which are sorted, and makes those that are new.
func lockKeys(ctx context.Context, tx *postgres.Tx, keys Keys) ([]mailPace, error) {
	db := tx.WithContext(ctx)
	err := db.Exec(`
		INSERT INTO mail_pace (key, next_at) SELECT key, '-infinity' FROM unnest(CAST(? AS text[])) AS k(key)
		WHERE NOT EXISTS (SELECT 1 FROM mail_pace p WHERE p.key = k.key)
		ON CONFLICT DO NOTHING`, keys).Error
	if err != nil {
		return nil, err
	}
	var rows []mailPace
	err = db.Raw(`
		SELECT key, greatest(next_at, 'epoch') AS next_at, per_hour, agreed_by, agreed_on
		FROM mail_pace WHERE key = ANY (CAST(? AS text[])) ORDER BY key FOR UPDATE`, keys).Scan(&rows).Error
	return rows, err
}

// saveTurns keeps when the keys are free again that were used.
func saveTurns(ctx context.Context, tx *postgres.Tx, ps pacing) error {
	type turn struct {
		Key    string    `json:"key"`
		NextAt time.Time `json:"next_at"`
	}
	var turns []turn
	for _, p := range ps {
		if p.used {
			turns = append(turns, turn{p.Key, p.NextAt})
		}
	}
	if len(turns) == 0 {
		return nil
	}
	rows, err := table(turns)
	if err != nil {
		return err
	}
	return tx.WithContext(ctx).Exec(`
		UPDATE mail_pace p SET next_at = t.next_at
		FROM jsonb_to_recordset(CAST(? AS jsonb)) AS t(key text, next_at timestamptz) WHERE p.key = t.key`, rows).Error
}

func setPace(ctx context.Context, db *postgres.DB, row mailPace, latest time.Time) error {
	return db.InTx(ctx, func(tx *postgres.Tx) error {
		return tx.WithContext(ctx).Exec(`
			INSERT INTO mail_pace (key, next_at, per_hour, agreed_by, agreed_on) VALUES (@key, '-infinity', @per_hour, @by, CAST(@on AS date))
			ON CONFLICT (key) DO UPDATE SET per_hour = excluded.per_hour, agreed_by = excluded.agreed_by, agreed_on = excluded.agreed_on,
				next_at = least(mail_pace.next_at, @latest)`,
			map[string]any{"key": row.Key, "per_hour": *row.PerHour, "by": row.AgreedBy, "on": row.AgreedOn.Format(time.DateOnly), "latest": latest}).Error
	})
}

func paces(ctx context.Context, db *postgres.DB) ([]Pace, error) {
	var list []Pace
	err := db.Read(ctx).Raw(`
		SELECT key, coalesce(p.per_hour, ?) AS per_hour, coalesce(p.agreed_by, '') AS agreed_by, p.agreed_on,
			CASE WHEN isfinite(p.next_at) THEN p.next_at END AS next_at, coalesce(w.waiting, 0) AS waiting
		FROM mail_pace p FULL JOIN (
			SELECT key, count(*) AS waiting FROM mail CROSS JOIN LATERAL unnest(paces) AS k(key)
			WHERE state IN ('queued', 'deferred', 'sending') AND paces <> '{}' GROUP BY key
		) w USING (key)
		WHERE p.per_hour IS NOT NULL OR w.waiting > 0 ORDER BY key`, PerHour).Scan(&list).Error
	return list, err
}

// queueOf is where a mail stands with one of its keys. A mail without keys has one without a Key.
type queueOf struct {
	ID        uuid.UUID
	Kind      string
	NotBefore time.Time
	Key       *string
	NextAt    *time.Time
	PerHour   int // 0: the default
	Before    int
}

const queuesSQL = `
		WITH RECURSIVE asked AS MATERIALIZED (
			SELECT id, kind, not_before, paces FROM mail WHERE id = ANY (CAST(@ids AS uuid[])) AND state IN ('queued', 'deferred')
		), spot AS (
			(SELECT paces FROM mail WHERE state IN ('queued', 'deferred', 'sending') AND paces <> '{}' ORDER BY paces LIMIT 1)
			UNION ALL
			SELECT next.paces FROM spot CROSS JOIN LATERAL (
				SELECT paces FROM mail
				WHERE state IN ('queued', 'deferred', 'sending') AND paces <> '{}' AND paces > spot.paces ORDER BY paces LIMIT 1
			) next
		)
		SELECT asked.id, asked.kind, asked.not_before, k.key, CASE WHEN isfinite(p.next_at) THEN p.next_at END AS next_at,
			coalesce(p.per_hour, 0) AS per_hour,
			(SELECT coalesce(sum(ahead.n), 0) FROM spot CROSS JOIN LATERAL (
				SELECT count(*) AS n FROM mail
				WHERE state IN ('queued', 'deferred', 'sending') AND paces <> '{}' AND paces = spot.paces
				  AND (not_before, id) < (asked.not_before, asked.id)
			 ) ahead WHERE spot.paces @> ARRAY[k.key]) AS before
		FROM asked LEFT JOIN LATERAL unnest(asked.paces) AS k(key) ON true LEFT JOIN mail_pace p ON p.key = k.key`

// queuesOf counts, for each key of these waiting mails, who goes before them. It counts by sets of keys, each a range of an
// index.
func queuesOf(ctx context.Context, db *postgres.DB, ids []uuid.UUID) ([]queueOf, error) {
	var rows []queueOf
	err := db.Read(ctx).Raw(queuesSQL,
		map[string]any{"ids": idList(ids)}).Scan(&rows).Error
	return rows, err
}

// eraseIdlePaces forgets keys that nothing was agreed about and no mail has used for long.
func eraseIdlePaces(ctx context.Context, db *postgres.DB, before time.Time) error {
	return db.Read(ctx).Exec(`DELETE FROM mail_pace WHERE per_hour IS NULL AND next_at < ?`, before).Error
}

// waitingOf gives the mails of subjects that wait, each with its subject.
func waitingOf(ctx context.Context, db *postgres.DB, subjects []uuid.UUID) (map[uuid.UUID]uuid.UUID, error) {
	var rows []Mail
	err := db.Read(ctx).Select("id", "subject_id").Where("subject_id IN ? AND state IN ?", subjects, []string{Queued, Deferred}).Find(&rows).Error
	all := make(map[uuid.UUID]uuid.UUID, len(rows))
	for _, m := range rows {
		all[m.ID] = m.SubjectID
	}
	return all, err
}
