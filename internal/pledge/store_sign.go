package pledge

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
)

// lockMailboxes makes the transaction the only one that signs or confirms with
// these keys. Every transaction takes its keys in the same order, so that two
// can't wait for each other.
//
// What follows must find rows by their keys whatever the planner takes the table
// for: with a plan that was made when it was empty, each batch would come to read
// all of it. So scans are off, plans are kept only from a size on that tells the
// indexes apart, and an UPDATE or DELETE names its rows by = ANY of an array.
func lockMailboxes(ctx context.Context, tx *postgres.Tx, keys []int64) error {
	keys = slices.Clone(keys)
	slices.Sort(keys)
	_, err := tx.Pgx().Exec(ctx, `
		SELECT count(pg_advisory_xact_lock(key)), set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode',
			CASE WHEN pg_relation_size('signature') > 16 << 20 THEN 'force_generic_plan' ELSE 'force_custom_plan' END, true)
		FROM unnest(CAST($1 AS bigint[])) AS key`, slices.Compact(keys))
	return err
}

// signatureInsert writes signatures that wait for their mailboxes and says, for
// each, what was there. It is one statement, the same for everyone who signs. No
// two of the mailboxes are equal, and all are locked.
//
//   - known: each signer's row; may another confirm from the mailbox; how many
//     wait for it.
//   - gone (its rows are the pending ones, said so that the index of all that are
//     pending doesn't tempt the planner): of those that wait for the mailbox, the oldest make way, so that
//     typing an address again and again keeps nobody from signing with it.
//   - signed: the new row; a withdrawn one is written anew under the new id. It
//     takes no place on the mailbox: confirming does.
//   - asked, full: the row to write to the mailbox about, unless it has heard
//     the same within a day.
const signatureInsert = `
WITH entered AS MATERIALIZED (
	SELECT * FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[]), CAST($3 AS text[]), CAST($4 AS bytea[]), CAST($5 AS bytea[]),
		CAST($6 AS smallint[]), CAST($7 AS text[]), CAST($8 AS boolean[]), CAST($9 AS text[]), CAST($10 AS timestamptz[]),
		CAST($11 AS bytea[]), CAST($12 AS bytea[]), CAST($13 AS bytea[]), CAST($14 AS bytea[]), CAST($15 AS text[]))
	AS e (id, pledge, lang, signer_key, mailbox_key, key_version, state_code, show_name, updates_words, created_at,
		given_name, family_name, email, zip, source)
), known AS MATERIALIZED (
	SELECT e.*, mine.id AS mine, mine.state, mine.told_at,
		coalesce(mine.state, 'withdrawn') = 'withdrawn' AS new, box.free, box.waiting, box.first, box.full_told_at
	FROM entered e
	LEFT JOIN LATERAL (
		SELECT s.id, s.state, s.told_at FROM signature s WHERE s.pledge = e.pledge AND s.signer_key = e.signer_key LIMIT 1
	) mine ON true
	CROSS JOIN LATERAL (
		SELECT count(*) FILTER (WHERE s.mailbox_slot IS NOT NULL) < $16 AS free, count(*) FILTER (WHERE s.state = 'pending') AS waiting,
			(array_agg(s.id) FILTER (WHERE s.mailbox_slot = 1))[1] AS first, max(s.full_told_at) FILTER (WHERE s.mailbox_slot = 1) AS full_told_at
		FROM signature s WHERE s.pledge = e.pledge AND s.mailbox_key = e.mailbox_key
	) box
), gone AS (
	DELETE FROM signature WHERE state <> ALL ('{confirmed,held,withdrawn}') AND id = ANY (ARRAY(
		SELECT oldest.id FROM known k CROSS JOIN LATERAL (
			SELECT s.id FROM signature s WHERE s.pledge = k.pledge AND s.mailbox_key = k.mailbox_key
				AND s.state <> ALL ('{confirmed,held,withdrawn}')
			ORDER BY s.created_at DESC, s.id DESC OFFSET $17 - 1
		) oldest WHERE k.new AND k.free AND k.waiting >= $17))
), signed AS (
	INSERT INTO signature (id, pledge, lang, state, signer_key, mailbox_key, key_version, state_code,
		show_name, updates_words, epoch, created_at, source)
	SELECT id, pledge, lang, 'pending', signer_key, mailbox_key, key_version, state_code, show_name, updates_words, 0, created_at, source
	FROM known WHERE new AND free
	ON CONFLICT ON CONSTRAINT signature_signer DO UPDATE SET
		id = excluded.id, lang = excluded.lang, state = 'pending', key_version = excluded.key_version,
		mailbox_key = excluded.mailbox_key, state_code = excluded.state_code,
		show_name = excluded.show_name, updates_words = excluded.updates_words, epoch = signature.epoch + 1,
		created_at = excluded.created_at, confirmed_at = NULL, told_at = NULL, full_told_at = NULL,
		origin = excluded.origin, source = excluded.source
	WHERE signature.state = 'withdrawn'
), person AS (
	INSERT INTO signature_person (signature_id, given_name, family_name, email, zip)
	SELECT id, given_name, family_name, email, zip FROM known WHERE new AND free
), asked AS (
	UPDATE signature s SET told_at = k.created_at FROM known k
	WHERE s.id = k.mine AND s.state IN ('confirmed', 'held') AND s.id = ANY (ARRAY(
		SELECT mine FROM known WHERE state IN ('confirmed', 'held') AND (told_at IS NULL OR told_at <= created_at - interval '24 hours')))
	RETURNING s.id
), "full" AS (
	UPDATE signature s SET full_told_at = k.created_at FROM known k
	WHERE s.id = k.first AND s.mailbox_slot = 1 AND s.id = ANY (ARRAY(
		SELECT first FROM known WHERE NOT free AND (new OR state = 'pending')
			AND (full_told_at IS NULL OR full_told_at <= created_at - interval '24 hours')))
	RETURNING s.id
)
SELECT k.id, CASE WHEN new AND free THEN k.id END, CASE WHEN k.state = 'pending' THEN mine END,
	(SELECT a.id FROM asked a WHERE a.id = k.mine), NOT free AND (new OR k.state = 'pending'), (SELECT f.id FROM "full" f WHERE f.id = k.first)
FROM known k`

// insertSignatures writes those who sign, no two of them from one mailbox, and
// says what each found. The caller has locked the mailboxes.
func insertSignatures(ctx context.Context, tx *postgres.Tx, all []signer) ([]found, error) {
	c := columnsOf(all)
	rows, err := tx.Pgx().Query(ctx, signatureInsert, c.id, c.pledge, c.lang, c.signerKey, c.mailboxKey, c.keyVersion, c.stateCode,
		c.showName, c.updatesWords, c.createdAt, c.givenName, c.familyName, c.email, c.zip, c.source, MailboxSlots, MailboxWaiting)
	if err != nil {
		return nil, err
	}
	by := make(map[uuid.UUID]found, len(all))
	var id uuid.UUID
	var f found
	_, err = pgx.ForEachRow(rows, []any{&id, &f.Signed, &f.Waits, &f.Asked, &f.NoRoom, &f.Full}, func() error {
		by[id] = f
		return nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]found, len(all))
	for i, s := range all {
		list[i] = by[s.signature.ID]
	}
	return list, nil
}

// signatureColumns are rows as PostgreSQL takes many at once.
type signatureColumns struct {
	id                                []uuid.UUID
	pledge, lang                      []string
	signerKey, mailboxKey             [][]byte
	keyVersion                        []int16
	stateCode, updatesWords, source   []string
	showName                          []bool
	createdAt                         []time.Time
	givenName, familyName, email, zip [][]byte
}

func columnsOf(all []signer) signatureColumns {
	var c signatureColumns
	for _, s := range all {
		c.id = append(c.id, s.signature.ID)
		c.pledge = append(c.pledge, s.signature.Pledge)
		c.lang = append(c.lang, s.signature.Lang)
		c.signerKey = append(c.signerKey, s.signature.SignerKey)
		c.mailboxKey = append(c.mailboxKey, s.signature.MailboxKey)
		c.keyVersion = append(c.keyVersion, s.signature.KeyVersion)
		c.stateCode = append(c.stateCode, s.signature.StateCode)
		c.showName = append(c.showName, s.signature.ShowName)
		c.source = append(c.source, s.signature.Source)
		c.updatesWords = append(c.updatesWords, s.signature.UpdatesWords)
		c.createdAt = append(c.createdAt, s.signature.CreatedAt)
		c.givenName = append(c.givenName, s.person.GivenName)
		c.familyName = append(c.familyName, s.person.FamilyName)
		c.email = append(c.email, s.person.Email)
		c.zip = append(c.zip, s.person.Zip)
	}
	return c
}

// signatureCount moves pending signatures to confirmed, gives each a place on
// its mailbox, and moves their pledges' counts with them, in one statement. It
// leaves out who finds no place, isn't pending any more, or whose tokens were
// revoked. No two of the mailboxes are equal, and all are locked. Signatures are
// locked before counters, as by everyone.
const signatureCount = `
WITH asked AS MATERIALIZED (
	SELECT * FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[]), CAST($3 AS bytea[]), CAST($4 AS integer[]), CAST($5 AS timestamptz[]))
		AS a (id, pledge, mailbox_key, epoch, now)
), room AS MATERIALIZED (
	SELECT a.*, (
		SELECT min(place)::smallint FROM generate_series(1, $7::int) AS place WHERE NOT EXISTS (
			SELECT 1 FROM signature s WHERE s.pledge = a.pledge AND s.mailbox_key = a.mailbox_key AND s.mailbox_slot = place)
	) AS place FROM asked a
), confirmed AS (
	UPDATE signature s SET state = 'confirmed', confirmed_at = r.now, counter_slot = $6, mailbox_slot = r.place
	FROM room r WHERE s.id = ANY ($1) AND s.id = r.id AND s.state <> ALL ('{confirmed,held,withdrawn}') AND s.epoch = r.epoch AND r.place IS NOT NULL
	RETURNING s.id, s.pledge
), counted AS (
	INSERT INTO pledge_counter (pledge, slot, confirmed)
	SELECT pledge, $6, count(*) FROM confirmed GROUP BY pledge ORDER BY pledge
	ON CONFLICT (pledge, slot) DO UPDATE SET confirmed = pledge_counter.confirmed + excluded.confirmed
)
SELECT id FROM confirmed`

// countSignatures confirms signatures, no two of them from one mailbox, and gives
// the ids of those that were counted by this. The caller has locked the
// mailboxes.
func countSignatures(ctx context.Context, tx *postgres.Tx, all []confirming, slot int16) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	var pledges []string
	var mailboxes [][]byte
	var epochs []int32
	var times []time.Time
	for _, c := range all {
		ids = append(ids, c.signature.ID)
		pledges = append(pledges, c.signature.Pledge)
		mailboxes = append(mailboxes, c.signature.MailboxKey)
		epochs = append(epochs, c.signature.Epoch)
		times = append(times, c.now)
	}
	rows, err := tx.Pgx().Query(ctx, signatureCount, ids, pledges, mailboxes, epochs, times, slot, MailboxSlots)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// holdSlot gives a node a slot of the counters until a time: the one it has, else
// the lowest that is free. None is free: ok is false.
func holdSlot(ctx context.Context, db *postgres.DB, node uuid.UUID, now, until time.Time) (slot int16, ok bool, err error) {
	var slots []int16
	err = db.Read(ctx).Raw(`
		INSERT INTO pledge_counter_node AS held (slot, node, held_until)
		SELECT slot, @node, @until FROM generate_series(0, @slots - 1) AS slot LEFT JOIN pledge_counter_node USING (slot)
		WHERE node IS NULL OR node = @node OR held_until <= @now
		ORDER BY node IS NOT DISTINCT FROM @node DESC, slot LIMIT 1
		ON CONFLICT (slot) DO UPDATE SET node = excluded.node, held_until = excluded.held_until
		WHERE held.node = @node OR held.held_until <= @now
		RETURNING slot`, map[string]any{"node": node, "now": now, "until": until, "slots": counterSlots}).Scan(&slots).Error
	if err != nil || len(slots) == 0 {
		return 0, false, err
	}
	return slots[0], true, nil
}

// freeSlot gives a slot back.
func freeSlot(ctx context.Context, db *postgres.DB, node uuid.UUID) error {
	return db.Read(ctx).Exec(`DELETE FROM pledge_counter_node WHERE node = ?`, node).Error
}
