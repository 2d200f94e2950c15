package pledge

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
	"redress/internal/seal"
)

// Event is one signature that began or ceased to count. It waits, with its
// signer's sealed ZIP code, until it is gathered.
type Event struct {
	ID               int64 `gorm:"primaryKey;->"`
	Pledge           string
	SignatureID      uuid.UUID
	ConfirmedAt      time.Time
	StateCode        string
	Zip              seal.Text // as it stands in signature_person; nil: not known
	DistrictID       string
	DistrictCongress int
	N                int16 // 1 or -1
}

// TableName says whose events these are.
func (Event) TableName() string { return "signature_event" }

// DayTally is how many confirmed on one day and still count.
type DayTally struct {
	Pledge string    `gorm:"primaryKey"`
	Day    time.Time `gorm:"primaryKey;type:date"`
	N      int64
}

// TableName says whose tally it is.
func (DayTally) TableName() string { return "pledge_day_tally" }

// PlaceTally is how many count in one state.
type PlaceTally struct {
	Pledge    string `gorm:"primaryKey"`
	StateCode string `gorm:"primaryKey"`
	N         int64
}

// TableName says whose tally it is.
func (PlaceTally) TableName() string { return "pledge_state_tally" }

// ZipTally is how many count in one ZIP code, those apart who placed themselves
// in a district.
type ZipTally struct {
	Pledge           string `gorm:"primaryKey"`
	Zip              string `gorm:"primaryKey"`
	DistrictID       string `gorm:"primaryKey"`
	DistrictCongress int    `gorm:"primaryKey"`
	N                int64
}

// TableName says whose tally it is.
func (ZipTally) TableName() string { return "pledge_zip_tally" }

// gatherPortion is how many events one transaction gathers.
const gatherPortion = 5000

// Gather moves all that has happened into the tallies that results are made of,
// and deletes its traces. One node does it at a time; others have nothing to add.
func (p *Pledges) Gather(ctx context.Context) error { return p.gather(ctx, 0) }

// gatherMany gathers at the end of work that moved many at once, so that whoever
// reads the results next sees all of it. What isn't gathered is by the next duty.
func (p *Pledges) gatherMany(ctx context.Context) {
	if err := p.Gather(ctx); err != nil {
		p.opt.Log.Warn("results not gathered", "fault", postgres.Describe(err))
	}
}

// gather gathers so many portions at most; 0: all.
func (p *Pledges) gather(ctx context.Context, portions int) error {
	for n := 1; ; n++ {
		gathered := 0
		err := p.db.InTx(ctx, func(tx *postgres.Tx) error {
			events, err := takeEvents(tx, gatherPortion)
			if gathered = len(events); err != nil || gathered == 0 {
				return err
			}
			return addTallies(tx, p.sum(events))
		})
		if err != nil || gathered < gatherPortion || n == portions {
			return err
		}
	}
}

// tallies are what results are made of.
type tallies struct {
	days   []DayTally
	states map[string]int64 // only as read
	places []PlaceTally     // only as written
	zips   []ZipTally
}

// sum adds events up. A ZIP code that can't be opened is none, and the log says how
// many: its signer counts by day and state all the same.
func (p *Pledges) sum(events []Event) tallies {
	days, places, zips := map[DayTally]int64{}, map[PlaceTally]int64{}, map[ZipTally]int64{}
	known, shut := map[uuid.UUID]string{}, 0
	for _, e := range events {
		n := int64(e.N)
		y, m, d := e.ConfirmedAt.In(p.opt.Zone).Date()
		days[DayTally{Pledge: e.Pledge, Day: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}] += n
		places[PlaceTally{Pledge: e.Pledge, StateCode: e.StateCode}] += n
		zip, opened := known[e.SignatureID]
		if !opened && e.Zip != nil {
			var err error
			if zip, err = p.box.Open(e.Zip, personPlace("zip", e.SignatureID)); err != nil {
				shut++
			}
			known[e.SignatureID] = zip
		}
		zips[ZipTally{Pledge: e.Pledge, Zip: zip, DistrictID: e.DistrictID, DistrictCongress: e.DistrictCongress}] += n
	}
	if shut > 0 {
		p.opt.Log.Error("ZIP codes of signatures could not be opened: they count in no district", "signatures", shut)
	}
	var t tallies
	for k, n := range days {
		k.N = n
		t.days = append(t.days, k)
	}
	for k, n := range places {
		k.N = n
		t.places = append(t.places, k)
	}
	for k, n := range zips {
		k.N = n
		t.zips = append(t.zips, k)
	}
	slices.SortFunc(t.zips, func(a, b ZipTally) int { return strings.Compare(a.Pledge+a.Zip, b.Pledge+b.Zip) }) // near each other on disk
	return t
}
