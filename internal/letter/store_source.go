package letter

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
)

// sourceDays adds what has rows to what was counted when rows were deleted.
func sourceDays(ctx context.Context, db *postgres.DB, slug string, from, until time.Time) ([]SourceDay, error) {
	if until.IsZero() {
		until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	var rows []SourceDay
	err := db.Read(ctx).Raw(`
		SELECT issue_slug, code, day, sum(n)::bigint AS n FROM (
			SELECT issue_slug, source AS code, (confirmed_at AT TIME ZONE 'UTC')::date AS day, count(*) AS n
			FROM message WHERE source <> '' AND confirmed_at IS NOT NULL AND (@slug = '' OR issue_slug = @slug)
			GROUP BY 1, 2, 3
			UNION ALL
			SELECT issue_slug, code, day, n FROM source_tally WHERE kind = 'message' AND (@slug = '' OR issue_slug = @slug)
		) counted WHERE day BETWEEN @from AND @until
		GROUP BY 1, 2, 3 ORDER BY 1, 3, 2`,
		map[string]any{"slug": slug, "from": from, "until": until}).Scan(&rows).Error
	return rows, err
}

type profileRow struct {
	lang, source string
	person       MessagePerson
}

func profileRows(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) ([]profileRow, error) {
	plain := make([][16]byte, len(ids))
	for i, id := range ids {
		plain[i] = id
	}
	rows, err := tx.Query(ctx, `
		SELECT m.id, m.lang, m.source, p.given_name, p.family_name, p.zip
		FROM message m JOIN message_person p ON p.message_id = m.id WHERE m.id = ANY($1)`, plain)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []profileRow
	for rows.Next() {
		var r profileRow
		var id [16]byte
		err := rows.Scan(&id, &r.lang, &r.source, (*[]byte)(&r.person.GivenName), (*[]byte)(&r.person.FamilyName), (*[]byte)(&r.person.Zip))
		if err != nil {
			return nil, err
		}
		r.person.MessageID = id
		found = append(found, r)
	}
	return found, rows.Err()
}
