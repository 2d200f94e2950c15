package civics

import (
	"context"
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // goose's driver
	"github.com/pressly/goose/v3"

	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/migrations"
)

// The rows as the release before editions wrote them.
const beforeEditions = `
INSERT INTO dataset (id, name, source, url, licence, as_of, imported_at, rows, origin) VALUES
	('congress', 'Members of Congress', 's', 'u', 'CC0', '2026-06-15', now(), 1, 'snapshot:0'),
	('openstates', 'State legislators', 's', 'u', 'CC0', '2026-08-05', now(), 1, 'import'),
	('zip-cd', 'ZIP codes, 119th Congress', 's', 'u', 'PD', '2025-01-03', now(), 2, 'snapshot:0'),
	('zip-sld', 'ZIP codes, 2024 lines', 's', 'u', 'PD', '2024-11-05', now(), 1, 'snapshot:0'),
	('contact-forms', 'Forms', 's', 'u', 'CC0', '2026-08-13', now(), 1, 'snapshot:0');
INSERT INTO division VALUES
	('ocd-division/country:us/state:co', 'Colorado', 'CO', 'federal', 'senate', '', '', 0, '', NULL, NULL, 'congress'),
	('ocd-division/country:us/state:co/cd:1', 'Colorado, 1st district', 'CO', 'federal', 'house', '1', '1', 119, '', '2025-01-03', '2027-01-03', 'congress'),
	('ocd-division/country:us/state:co/sldu:31', 'Colorado Senate, district 31', 'CO', 'state', 'upper', '31', '31', 0, '2024', '2024-11-05', NULL, 'zip-sld');
INSERT INTO seat VALUES
	('us-co-cd-1', 'ocd-division/country:us/state:co/cd:1', 'federal', 'house', 'CO', '1', 'Representative', 'Colorado, 1st district', false, 'congress'),
	('us-co-sldu-31', 'ocd-division/country:us/state:co/sldu:31', 'state', 'upper', 'CO', '31', 'State Senator', 'Colorado Senate, district 31', false, 'openstates');
INSERT INTO official VALUES
	('bioguide:D000197', 'Diana DeGette', 'Diana', 'DeGette', 'Democratic', 'D', 'https://degette.house.gov', 'congress', '2026-06-15'),
	('openstates:00000000-0000-4000-8000-000000000001', 'Sam State', 'Sam', 'State', '', '', '', 'openstates', '2026-08-05');
INSERT INTO tenure VALUES ('us-co-cd-1', 'bioguide:D000197', '2025-01-03', NULL, '2027-01-03', 'congress'),
	('us-co-sldu-31', 'openstates:00000000-0000-4000-8000-000000000001', NULL, NULL, NULL, 'openstates');
INSERT INTO office VALUES ('bioguide:D000197', 0, 'capitol', '', '2111 Rayburn', 'Washington', 'DC', '20515', '202-225-4431', '', 0, 0, 'congress');
INSERT INTO channel VALUES ('bioguide:D000197', 0, 'phone', '202-225-4431', 'congress');
INSERT INTO contact_form VALUES ('bioguide:D000197', 'https://degette.house.gov/contact', '{}', false, NULL, 'congress'),
	('bioguide:D000197', 'https://degette.house.gov/contact', '{topic}', false, '2023-01-03', 'contact-forms');
INSERT INTO committee VALUES ('HSJU', 'Committee on the Judiciary', 'house', 'congress');
INSERT INTO committee_member VALUES ('HSJU', 'bioguide:D000197', '', 1, 'congress');
INSERT INTO zip_division VALUES ('80203', 'ocd-division/country:us/state:co/cd:1', 'zip-cd'), ('80204', 'ocd-division/country:us/state:co/cd:1', 'zip-cd'),
	('80203', 'ocd-division/country:us/state:co/sldu:31', 'zip-sld');
INSERT INTO correction (official_id, field, value, source) VALUES ('bioguide:D000197', 'party', 'Independent', 'test');`

// What the release before editions stored is read as it was, and the next
// snapshot and the next Congress go over it.
func TestMigrationToEditions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	url := postgrestest.EmptyURL(t)
	old, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, old, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(ctx, 50); err != nil {
		t.Fatal(err)
	}
	if _, err := old.ExecContext(ctx, beforeEditions); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := postgres.Open(ctx, postgres.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	a, err := Open(ctx, db, nil, clockAt(today))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.ByZIP("80203")
	if err != nil || len(answer.Officials) != 2 {
		t.Fatalf("%v %v", names(answer.Officials), err)
	}
	degette := answer.Officials[0]
	if degette.Party != "Independent" || len(degette.Offices) != 1 || degette.Phone() == "" || !degette.OnCommittee("HSJU") {
		t.Errorf("%+v", degette)
	}
	if form := degette.channel(ChannelWebform); len(form.Asks) != 1 {
		t.Errorf("%+v", form)
	}
	if near, err := a.ByZIP("80204"); err != nil || len(near.Officials) != 1 {
		t.Errorf("%v %v", names(near.Officials), err)
	}
	if err := LoadSnapshot(ctx, db, EmbeddedSnapshot()); err != nil {
		t.Fatal(err)
	}
	if err := a.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err := a.ByZIP("80203"); err != nil || len(of(got.Officials, Federal)) != 3 {
		t.Errorf("with the new snapshot: %v %v", names(got.Officials), err)
	}
	var left int
	if err := db.Pool.QueryRow(ctx, "SELECT count(*) FROM dataset WHERE id IN ('congress', 'zip-cd')").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d datasets without their Congress: %v", left, err)
	}
}
