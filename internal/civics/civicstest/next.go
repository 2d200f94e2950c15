package civicstest

import (
	"context"
	"testing"
	"time"

	"redress/internal/postgres"
)

// NextCongress is the moment at which the 120th Congress begins.
var NextCongress = time.Date(2027, time.January, 3, 5, 0, 0, 0, time.UTC)

// Newcomer is who sits for Colorado's 1st district in the 120th Congress of
// [ImportNextCongress], in the place of Diana DeGette.
const (
	Newcomer     = "bioguide:Z000981"
	NewcomerName = "Nova Newcomer"
)

// ImportNextCongress puts members, ZIP codes and map of a 120th Congress into the
// database, beside those of the 119th: the same but for [Newcomer].
func ImportNextCongress(t testing.TB, db *postgres.DB) {
	t.Helper()
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := db.Pool.Exec(context.Background(), sql, args...); err != nil {
			t.Fatalf("import the next Congress: %v", err)
		}
	}
	copyOf := func(table, dataset string) {
		exec(`INSERT INTO ` + table + ` SELECT (jsonb_populate_record(NULL::` + table + `, to_jsonb(r) || '{"dataset": "` + dataset + `-120"}')).*
			FROM ` + table + ` r WHERE dataset = '` + dataset + `-119'`)
	}
	for _, table := range []string{"division", "seat", "official", "tenure", "office", "channel", "committee", "committee_member"} {
		copyOf(table, "congress")
	}
	copyOf("division_zips", "zip-cd")
	exec(`INSERT INTO boundary SELECT 'boundaries-120', 120, shape FROM boundary WHERE dataset = 'boundaries-119'`)
	exec(`UPDATE division SET congress = 120, in_force_from = '2027-01-03', in_force_until = '2029-01-03' WHERE dataset = 'congress-120' AND congress = 119`)
	exec(`INSERT INTO official SELECT $1, $2, 'Nova', 'Newcomer', party, party_code, website, dataset, as_of
		FROM official WHERE id = 'bioguide:D000197' AND dataset = 'congress-120'`, Newcomer, NewcomerName)
	exec(`UPDATE tenure SET official_id = $1 WHERE official_id = 'bioguide:D000197' AND dataset = 'congress-120'`, Newcomer)
	exec(`DELETE FROM official WHERE id = 'bioguide:D000197' AND dataset = 'congress-120'`)
	exec(`INSERT INTO dataset (id, kind, congress, name, source, url, licence, as_of, imported_at, rows, origin)
		SELECT kind || '-120', kind, 120, replace(name, '119th', '120th'), source, url, licence, as_of, now(), rows, 'import'
		FROM dataset WHERE congress = 119`)
}
