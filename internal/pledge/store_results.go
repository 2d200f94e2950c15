package pledge

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/content/prose"
	"redress/internal/fault"
	"redress/internal/postgres"
)

// gatherLock is held by the one transaction that gathers.
const gatherLock = 0x726573756c7473 // "results"

// takeEvents deletes and returns the oldest events, none while another node does.
// One that came without its ZIP code (the signature was written before its
// person) gets it here.
func takeEvents(tx *postgres.Tx, limit int) ([]Event, error) {
	var free bool
	if err := tx.Raw(`SELECT pg_try_advisory_xact_lock(?)`, gatherLock).Scan(&free).Error; err != nil || !free {
		return nil, err
	}
	var events []Event
	err := tx.Raw(`
		WITH taken AS (
			DELETE FROM signature_event WHERE id IN (SELECT id FROM signature_event ORDER BY id LIMIT ?) RETURNING *
		)
		SELECT t.id, t.pledge, t.signature_id, t.confirmed_at, t.state_code, coalesce(t.zip, p.zip) AS zip,
			t.district_id, t.district_congress, t.n
		FROM taken t LEFT JOIN signature_person p ON t.zip IS NULL AND p.signature_id = t.signature_id ORDER BY t.id`, limit).
		Scan(&events).Error
	return events, err
}

// addTallies adds to what is there. Numbers of ZIP codes that have come to
// nothing leave no row.
func addTallies(tx *postgres.Tx, t tallies) error {
	add := func(table string, keys ...string) clause.OnConflict {
		c := clause.OnConflict{DoUpdates: clause.Assignments(map[string]any{"n": gorm.Expr(table + ".n + excluded.n")})}
		for _, key := range keys {
			c.Columns = append(c.Columns, clause.Column{Name: key})
		}
		return c
	}
	if err := tx.Clauses(add("pledge_day_tally", "pledge", "day")).Create(&t.days).Error; err != nil {
		return err
	}
	if err := tx.Clauses(add("pledge_state_tally", "pledge", "state_code")).Create(&t.places).Error; err != nil {
		return err
	}
	if err := tx.Clauses(add("pledge_zip_tally", "pledge", "zip", "district_id", "district_congress")).Create(&t.zips).Error; err != nil {
		return err
	}
	cleared := map[string]bool{}
	for _, z := range t.zips {
		if z.N > 0 || cleared[z.Pledge] {
			continue
		}
		cleared[z.Pledge] = true
		if err := tx.Exec(`DELETE FROM pledge_zip_tally WHERE pledge = ? AND n = 0`, z.Pledge).Error; err != nil {
			return err
		}
	}
	return nil
}

// readTallies reads what results are made of: a row per day, per state and per
// ZIP code, however many have signed.
func readTallies(db *gorm.DB, slug string) (tallies, error) {
	t := tallies{states: map[string]int64{}}
	if err := db.Where("pledge = ? AND n <> 0", slug).Order("day").Find(&t.days).Error; err != nil {
		return tallies{}, err
	}
	var places []PlaceTally
	if err := db.Where("pledge = ?", slug).Find(&places).Error; err != nil {
		return tallies{}, err
	}
	for _, s := range places {
		t.states[s.StateCode] = s.N
	}
	err := db.Where("pledge = ?", slug).Find(&t.zips).Error
	return t, err
}

// tallySignature adds a confirmed signature to the results, or takes it out, as
// it stands now.
func tallySignature(tx *postgres.Tx, id uuid.UUID, n int) error {
	return tx.Exec(`
		INSERT INTO signature_event (pledge, signature_id, confirmed_at, state_code, zip, district_id, district_congress, n)
		SELECT s.pledge, s.id, s.confirmed_at, s.state_code, p.zip, coalesce(d.district_id, ''), coalesce(d.congress, 0), ?
		FROM signature s LEFT JOIN signature_person p ON p.signature_id = s.id LEFT JOIN signature_district d ON d.signature_id = s.id
		WHERE s.id = ? AND s.state = 'confirmed'`, n, id).Error
}

// Placement is the district that a signer's address lies in.
type Placement struct {
	SignatureID uuid.UUID `gorm:"primaryKey"`
	DistrictID  string    // ocd-division/country:us/state:co/cd:1
	Congress    int       // whose districts it is one of
}

// TableName says what is placed.
func (Placement) TableName() string { return "signature_district" }

// savePlacement writes the district over the one that was kept.
func savePlacement(tx *postgres.Tx, placement Placement) error {
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "signature_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"district_id", "congress"}),
	}).Create(&placement).Error
}

// placementOf is where a signer placed themselves; the zero placement: nowhere.
func placementOf(db *gorm.DB, id uuid.UUID) (Placement, error) {
	var found []Placement
	err := db.Where("signature_id = ?", id).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return Placement{}, err
	}
	return found[0], nil
}

// sealedZip reads a signature's ZIP code, sealed.
func sealedZip(db *gorm.DB, id uuid.UUID) (Person, error) {
	var person []Person
	err := db.Select("signature_id", "zip").Where("signature_id = ?", id).Limit(1).Find(&person).Error
	if err == nil && len(person) == 0 {
		err = fault.NotFound("pledge.no_signature")
	}
	if err != nil {
		return Person{}, err
	}
	return person[0], nil
}

func saveReport(tx *postgres.Tx, report Report) error {
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "issue_slug"}, {Name: "lang"}},
		UpdateAll: true,
	}).Create(&report).Error
}

// readReport is the report of a pledge in a language, empty when none was told.
func readReport(db *gorm.DB, slug, lang string) (Report, error) {
	var found []Report
	err := db.Where("issue_slug = ? AND lang = ?", slug, lang).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return Report{}, err
	}
	r := found[0]
	r.DeliveredOn, r.OutcomeOn = civil(r.DeliveredOn), civil(r.OutcomeOn)
	if r.Outcome != "" {
		r.OutcomeHTML = prose.Render(r.Outcome, nil).HTML()
	}
	return r, nil
}

// civil is a day without the time zone that the driver gave it.
func civil(day *time.Time) *time.Time {
	if day == nil {
		return nil
	}
	y, m, d := day.Date()
	plain := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return &plain
}

func resultDrifts(db *gorm.DB) ([]ResultDrift, error) {
	var rows []ResultDrift
	err := db.Raw(`
		WITH events AS (SELECT pledge, sum(n) AS n FROM signature_event GROUP BY pledge),
		counted AS (SELECT pledge, sum(confirmed) AS n FROM pledge_counter GROUP BY pledge),
		days AS (SELECT pledge, sum(n) AS n FROM pledge_day_tally GROUP BY pledge),
		states AS (SELECT pledge, sum(n) AS n FROM pledge_state_tally GROUP BY pledge),
		zips AS (SELECT pledge, sum(n) AS n FROM pledge_zip_tally GROUP BY pledge),
		every AS (
			SELECT pledge, coalesce(counted.n, 0)::bigint AS counted, (coalesce(days.n, 0) + coalesce(events.n, 0))::bigint AS days,
				(coalesce(states.n, 0) + coalesce(events.n, 0))::bigint AS states, (coalesce(zips.n, 0) + coalesce(events.n, 0))::bigint AS zips
			FROM counted FULL JOIN days USING (pledge) FULL JOIN states USING (pledge) FULL JOIN zips USING (pledge) FULL JOIN events USING (pledge)
		)
		SELECT * FROM every WHERE counted <> days OR counted <> states OR counted <> zips ORDER BY pledge`).Scan(&rows).Error
	return rows, err
}
