package supporter

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// exportedRow is a person with their newest consent.
type exportedRow struct {
	person     Person
	words      string
	given      time.Time
	sourceKind string
	sourceID   uuid.UUID
}

// exportRows reads the page of people after one, and where it ended: at last
// itself when there is nobody more. Who has no consent, or is suppressed, is in
// the page's length but not in its rows.
func exportRows(ctx context.Context, tx pgx.Tx, kind string, last uuid.UUID, limit int) (page []exportedRow, end uuid.UUID, err error) {
	rows, err := tx.Query(ctx, `
		SELECT p.id, p.email, coalesce(c.words, ''), coalesce(c.given, p.created_at), coalesce(c.source_kind, ''), c.source_id
		FROM (SELECT * FROM supporter_person WHERE id > $2 ORDER BY id LIMIT $3) p
		LEFT JOIN LATERAL (
			SELECT words, given, source_kind, source_id FROM consent
			WHERE mailbox_key = p.mailbox_key AND kind = $1 AND withdrawn IS NULL
				AND NOT EXISTS (SELECT 1 FROM suppression WHERE suppression.mailbox_key = p.mailbox_key)
			ORDER BY given DESC, id DESC LIMIT 1
		) c ON true
		ORDER BY p.id`, kind, [16]byte(last), limit)
	if err != nil {
		return nil, last, err
	}
	defer rows.Close()
	end = last
	for rows.Next() {
		var r exportedRow
		var id [16]byte
		var source *[16]byte
		if err := rows.Scan(&id, (*[]byte)(&r.person.Email), &r.words, &r.given, &r.sourceKind, &source); err != nil {
			return nil, last, err
		}
		end = id
		if source != nil {
			r.person.ID, r.sourceID = id, *source
			page = append(page, r)
		}
	}
	return page, end, rows.Err()
}

func liveConsents(ctx context.Context, tx pgx.Tx, kind, sourceKind string, sources []uuid.UUID) (map[uuid.UUID]Consent, error) {
	rows, err := tx.Query(ctx, `
		SELECT source_id, words, given FROM consent
		WHERE source_kind = $1 AND source_id = ANY($2) AND kind = $3 AND withdrawn IS NULL
			AND NOT EXISTS (SELECT 1 FROM suppression WHERE suppression.mailbox_key = consent.mailbox_key)`,
		sourceKind, plainIDs(sources), kind)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	live := map[uuid.UUID]Consent{}
	for rows.Next() {
		var id [16]byte
		var c Consent
		if err := rows.Scan(&id, &c.Words, &c.Given); err != nil {
			return nil, err
		}
		live[id] = c
	}
	return live, rows.Err()
}

// bringConsents writes those consents that nothing stands against, and the
// addresses behind them.
func bringConsents(ctx context.Context, tx pgx.Tx, consents []Consent, people []Person) (int64, error) {
	n := len(consents)
	ids, mailboxes, kinds, words := make([][16]byte, n), make([][]byte, n), make([]string, n), make([]string, n)
	given, sourceKinds, sourceIDs := make([]time.Time, n), make([]string, n), make([][16]byte, n)
	personIDs, emails := make([][16]byte, n), make([][]byte, n)
	issues, wide := make([]string, n), make([]bool, n)
	for i, c := range consents {
		ids[i], mailboxes[i], kinds[i], words[i] = c.ID, c.MailboxKey, c.Kind, c.Words
		given[i], sourceKinds[i], sourceIDs[i] = c.Given, c.SourceKind, c.SourceID
		personIDs[i], emails[i] = people[i].ID, people[i].Email
		issues[i], wide[i] = c.Issue, c.Wide
	}
	var taken int64
	err := tx.QueryRow(ctx, `
		WITH brought AS (
			SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::uuid[], $8::uuid[], $9::bytea[], $11::text[], $12::boolean[])
				AS b (id, mailbox_key, kind, words, given, source_kind, source_id, person_id, email, issue, wide)
		), wanted AS (
			SELECT * FROM brought b
			WHERE NOT EXISTS (SELECT 1 FROM suppression s WHERE s.mailbox_key = b.mailbox_key)
				AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.mailbox_key = b.mailbox_key AND c.kind = b.kind AND c.withdrawn >= b.given)
		), kept AS (
			INSERT INTO consent (id, mailbox_key, key_version, kind, words, given, source_kind, source_id, issue, wide)
			SELECT id, mailbox_key, $10, kind, words, given, source_kind, source_id, issue, wide FROM wanted
			ON CONFLICT ON CONSTRAINT consent_once DO NOTHING
			RETURNING 1
		), people AS (
			INSERT INTO supporter_person (id, mailbox_key, key_version, email, created_at)
			SELECT DISTINCT ON (mailbox_key) person_id, mailbox_key, $10, email, $13 FROM wanted ORDER BY mailbox_key, given
			ON CONFLICT ON CONSTRAINT supporter_person_mailbox DO NOTHING
		)
		SELECT count(*) FROM kept`,
		ids, mailboxes, kinds, words, given, sourceKinds, sourceIDs, personIDs, emails, consents[0].KeyVersion, issues, wide, people[0].CreatedAt).Scan(&taken)
	return taken, err
}

// plainIDs are ids as the driver sends them without a detour over text.
func plainIDs(ids []uuid.UUID) [][16]byte {
	plain := make([][16]byte, len(ids))
	for i, id := range ids {
		plain[i] = id
	}
	return plain
}
