package pledge

import (
	"context"
	"fmt"
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

// openExport opens a cursor over a pledge's confirmed signatures, by id. Both tables
// are read side by side in that order, which is about the one they were written in:
// nothing is sorted or hashed, and what the server's statistics say, which may be of
// before a million came, doesn't matter.
func openExport(ctx context.Context, tx pgx.Tx, slug string) error {
	_, err := tx.Exec(ctx, `SET LOCAL enable_sort = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_nestloop = off`)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `DECLARE export NO SCROLL CURSOR FOR SELECT `+exportColumns+` AND s.pledge = $1 ORDER BY s.id`, slug)
	return err
}

// exportRows are the next page of what openExport opened; the last one isn't full.
func exportRows(ctx context.Context, tx pgx.Tx) ([]exportedRow, error) {
	rows, err := tx.Query(ctx, fmt.Sprintf(`FETCH %d FROM export`, exportPage))
	return exportedRows(rows, err, exportPage)
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
