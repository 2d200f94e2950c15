package pledge

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"redress/internal/seal"
)

// exportedRow is a confirmed signature with its person, still sealed.
type exportedRow struct {
	id                                uuid.UUID
	lang, stateCode, origin, source   string
	showName, agreed                  bool
	confirmedAt                       time.Time
	givenName, familyName, email, zip seal.Text
}

const exportColumns = `s.id, s.lang, s.state_code, s.origin, s.source, s.show_name, s.updates_words <> '', s.confirmed_at,
	p.given_name, p.family_name, p.email, p.zip
	FROM signature s JOIN signature_person p ON p.signature_id = s.id WHERE s.state = 'confirmed'`

// exportRows are the page of a pledge's confirmed signatures after one, by id.
func exportRows(ctx context.Context, tx pgx.Tx, slug string, last uuid.UUID, limit int) ([]exportedRow, error) {
	rows, err := tx.Query(ctx, `SELECT `+exportColumns+` AND s.pledge = $1 AND s.id > $2 ORDER BY s.id LIMIT $3`, slug, [16]byte(last), limit)
	return exportedRows(rows, err, limit)
}

// rowsOf are some confirmed signatures.
func rowsOf(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) ([]exportedRow, error) {
	plain := make([][16]byte, len(ids))
	for i, id := range ids {
		plain[i] = id
	}
	rows, err := tx.Query(ctx, `SELECT `+exportColumns+` AND s.id = ANY($1)`, plain)
	return exportedRows(rows, err, len(ids))
}

func exportedRows(rows pgx.Rows, err error, size int) ([]exportedRow, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	page := make([]exportedRow, 0, size)
	for rows.Next() {
		page = append(page, exportedRow{})
		r := &page[len(page)-1]
		err := rows.Scan((*[16]byte)(&r.id), &r.lang, &r.stateCode, &r.origin, &r.source, &r.showName, &r.agreed, &r.confirmedAt,
			(*[]byte)(&r.givenName), (*[]byte)(&r.familyName), (*[]byte)(&r.email), (*[]byte)(&r.zip))
		if err != nil {
			return nil, err
		}
	}
	return page, rows.Err()
}
