package civics

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"redress/internal/fault"
	"redress/internal/postgres/postgrestest"
)

// turnTo120 is the moment at which the 120th Congress begins.
var turnTo120 = time.Date(2027, time.January, 3, 5, 0, 0, 0, time.UTC)

func TestCongressOnADay(t *testing.T) {
	t.Parallel()
	for moment, want := range map[string]int{
		"1789-06-01T00:00:00Z": 1, "2025-01-03T04:59:59Z": 118, "2025-01-03T05:00:00Z": 119, "2026-01-01T00:00:00Z": 119,
		"2026-12-31T23:59:59Z": 119, "2027-01-01T12:00:00Z": 119, "2027-01-03T04:59:59Z": 119, "2027-01-03T05:00:00Z": 120,
		"2028-02-29T00:00:00Z": 120, "2029-01-02T23:00:00-05:00": 120, "2029-01-03T00:00:00-05:00": 121,
	} {
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if got := CongressOn(at); got != want {
			t.Errorf("%s: the %s Congress", moment, ordinal(got))
		}
	}
	if got := CongressBegins(120).Format(time.DateOnly); got != "2027-01-03" {
		t.Error(got)
	}
}

// the120th is the tables with an edition of the next Congress beside this one's:
// Diana DeGette has left, someone new sits for Colorado's 1st district and for
// California's vacant 14th, and 80203 lies in the 6th.
func the120th(t *testing.T, tables Tables) Tables {
	t.Helper()
	next := tables.only("congress-119")
	next.add(tables.only("zip-cd-119"))
	next.add(tables.only("boundaries-119"))
	to := func(id *string) { *id = strings.Replace(*id, "-119", "-120", 1) }
	for i := range next.Datasets {
		next.Datasets[i] = describe(next.Datasets[i].Kind, 120, next.Datasets[i].AsOf, next.Datasets[i].Rows)
	}
	for i := range next.Divisions {
		d := &next.Divisions[i]
		to(&d.Dataset)
		if d.Congress != 0 {
			d.Congress, d.From, d.Until = 120, CongressBegins(120), CongressBegins(121)
		}
	}
	for i := range next.Seats {
		to(&next.Seats[i].Dataset)
	}
	for i := range next.People {
		p := &next.People[i]
		to(&p.Dataset)
		if p.ID == "bioguide:D000197" {
			p.ID, p.Name = "bioguide:Z000981", "Nova Newcomer"
		}
	}
	for i := range next.Tenures {
		to(&next.Tenures[i].Dataset)
		if next.Tenures[i].OfficialID == "bioguide:D000197" {
			next.Tenures[i].OfficialID = "bioguide:Z000981"
		}
	}
	next.People = append(next.People, Person{ID: "bioguide:Z000982", Name: "Ada Bay", FamilyName: "Bay", Dataset: "congress-120", AsOf: today})
	next.Tenures = append(next.Tenures, Tenure{SeatID: "us-ca-cd-14", OfficialID: "bioguide:Z000982", Dataset: "congress-120"})
	next.Offices = keep(next.Offices, func(o OfficeRow) bool { return o.OfficialID != "bioguide:D000197" })
	next.Contacts = keep(next.Contacts, func(c Contact) bool { return c.OfficialID != "bioguide:D000197" })
	next.Forms = keep(next.Forms, func(f ContactForm) bool { return f.OfficialID != "bioguide:D000197" })
	next.Members = keep(next.Members, func(m CommitteeMember) bool { return m.OfficialID != "bioguide:D000197" })
	for i := range next.Offices {
		to(&next.Offices[i].Dataset)
	}
	for i := range next.Contacts {
		to(&next.Contacts[i].Dataset)
	}
	for i := range next.Forms {
		to(&next.Forms[i].Dataset)
	}
	for i := range next.Committees {
		to(&next.Committees[i].Dataset)
	}
	for i := range next.Members {
		to(&next.Members[i].Dataset)
	}
	for i := range next.Zips {
		z := &next.Zips[i]
		to(&z.Dataset)
		z.Zips = slices.DeleteFunc(slices.Clone(z.Zips), func(zip int32) bool { return zip == 80203 })
		if z.DivisionID == "ocd-division/country:us/state:co/cd:6" {
			z.Zips = append(z.Zips, 80203)
			slices.Sort(z.Zips)
		}
	}
	for i := range next.Boundaries {
		to(&next.Boundaries[i].Dataset)
		next.Boundaries[i].Congress = 120
	}
	return next
}

// clock is a time that a test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time    { return time.Unix(0, c.at.Load()) }
func (c *clock) set(now time.Time) { c.at.Store(now.UnixNano()) }

func houseOf(t *testing.T, a *Atlas, zip string) *Official {
	t.Helper()
	answer, err := a.ByZIP(zip)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range answer.Officials {
		if o.Chamber == House {
			return o
		}
	}
	t.Fatalf("%s has nobody in the House: %v", zip, answer.Missing)
	return nil
}

// Importing the next Congress changes nothing until its day, and then everything
// at once, without another look at the database.
func TestTheCongressChanges(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := postgrestest.New(t)
	if err := LoadSnapshot(ctx, db, EmbeddedSnapshot()); err != nil {
		t.Fatal(err)
	}
	var at clock
	at.set(turnTo120.Add(-48 * time.Hour))
	a, err := Open(ctx, db, nil, WithClock(at.now))
	if err != nil {
		t.Fatal(err)
	}
	before, err := a.ByZIP("80203")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (staged{Tables: the120th(t, shippedTables(t))}).store(ctx, db, ImportOptions{Force: true}, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Reload(ctx); err != nil {
		t.Fatal(err)
	}

	at.set(turnTo120.Add(-time.Nanosecond))
	now, err := a.ByZIP("80203")
	if err != nil || !slices.Equal(names(now.Officials), names(before.Officials)) || !slices.Equal(now.Missing, before.Missing) ||
		len(now.Sources) != len(before.Sources) || !now.AsOf.Equal(before.AsOf) {
		t.Errorf("the answer changed ahead of its day: %v %v", names(now.Officials), err)
	}
	if o := houseOf(t, a, "80203"); o.ID != "bioguide:D000197" || o.Serves != (Serves{Until: CongressBegins(120)}) {
		t.Errorf("%s serves %+v", o.ID, o.Serves)
	}
	if o := houseOf(t, a, "94566"); !o.Vacant {
		t.Errorf("California's 14th: %s", o.ID)
	}
	if _, known := a.Official("bioguide:Z000981"); known {
		t.Error("who is elected has a page before the day")
	}
	bennet, _ := a.Official("bioguide:B001267")
	if !bennet.Serves.Until.IsZero() {
		t.Errorf("a senator who stays: %+v", bennet.Serves)
	}
	if next := a.NextChange(at.now()); !next.Equal(turnTo120) {
		t.Errorf("pages last until %v", next)
	}
	if d, _ := a.Division("ocd-division/country:us/state:co/cd:1"); d.Congress != 119 {
		t.Errorf("%+v", d)
	}

	db.Pool.Close() // what follows needs no database
	at.set(turnTo120)
	if o := houseOf(t, a, "80203"); o.SeatName != "Colorado, 6th district" {
		t.Errorf("80203 on the day: %s of %s", o.ID, o.SeatName)
	}
	if o := houseOf(t, a, "94566"); o.ID != "bioguide:Z000982" {
		t.Errorf("California's 14th on the day: %s", o.ID)
	}
	former, known := a.Official("bioguide:D000197")
	if !known || !former.Serves.Left || !former.Serves.Until.Equal(CongressBegins(120)) || former.SeatName != "Colorado, 1st district" {
		t.Errorf("who has left: %+v %v", former, known)
	}
	if d, _ := a.Division("ocd-division/country:us/state:co/cd:1"); d.Congress != 120 || a.Congress() != 120 {
		t.Errorf("%+v", d)
	}
	if a.NextChange(at.now()).Before(turnTo120) {
		t.Error("the next change is behind")
	}
	if point, err := a.ByPoint(ctx, Point{Lat: 39.7392, Lon: -104.9847}); err != nil || point.Officials[2].ID != "bioguide:Z000981" {
		t.Errorf("a point on the day: %v %v", names(point.Officials), err)
	}
}

// What isn't here when the Congress changes is said, never guessed from the lines
// of the one before.
func TestTheCongressChangesWithHalfTheData(t *testing.T) {
	t.Parallel()
	after := turnTo120.Add(time.Hour)
	all := the120th(t, shippedTables(t))
	for what, c := range map[string]struct {
		parts   []string
		newHere bool // the members are
	}{
		"nothing": {nil, false}, "members": {[]string{"congress-120"}, true}, "the map": {[]string{"boundaries-120"}, false},
		"ZIP codes": {[]string{"zip-cd-120"}, false},
	} {
		tables := shippedTables(t)
		for _, part := range c.parts {
			tables.add(all.only(part))
		}
		a := FromTables(tables, clockAt(after))
		denver, err := a.ByZIP("80203")
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(denver.Officials, func(o *Official) bool { return o.Chamber == House }) || !slices.Contains(denver.Missing, MissingEnded) {
			t.Errorf("%s: %v, %v", what, names(denver.Officials), denver.Missing)
		}
		senators := 2
		if !c.newHere {
			senators = 1 // the other's term has ended
		}
		if len(of(denver.Officials, Federal)) != senators || slices.Contains(denver.Missing, MissingTerm) == c.newHere {
			t.Errorf("%s: senators in the middle of their term stay: %v", what, names(denver.Officials))
		}
		// A state with one district keeps its line; its member is known with the list.
		wyoming, err := a.ByZIP("82001")
		if err != nil {
			t.Fatal(err)
		}
		if known := slices.ContainsFunc(wyoming.Officials, func(o *Official) bool { return o.Chamber == House }); known != c.newHere {
			t.Errorf("%s: Wyoming: %v %v", what, names(wyoming.Officials), wyoming.Missing)
		}
		_, err = a.ByPoint(context.Background(), Point{Lat: 39.7392, Lon: -104.9847})
		if what == "the map" {
			continue // points lie in districts whose members aren't known
		}
		if fault.KindOf(err) != fault.KindUnavailable {
			t.Errorf("%s: a point without a map: %v", what, err)
		}
	}
}

// An address is asked for in the Congress in force.
func TestAddressesFollowTheCongress(t *testing.T) {
	t.Parallel()
	tables := shippedTables(t)
	tables.add(the120th(t, tables))
	var at clock
	asked := &asking{}
	a := FromTables(tables, WithClock(at.now), WithGeocoder(asked))
	for _, c := range []struct {
		now      time.Time
		congress int
		member   string
	}{{turnTo120.Add(-time.Second), 119, "bioguide:D000197"}, {turnTo120, 120, "bioguide:Z000981"}} {
		at.set(c.now)
		got, err := a.ByAddress(context.Background(), "1437 Bannock St, Denver, CO 80203")
		if err != nil || asked.congress != c.congress || got.Officials[2].ID != c.member {
			t.Errorf("%v: asked for the %d, %v %v", c.now, asked.congress, names(got.Officials), err)
		}
	}
}

// asking is a geocoder that remembers which Congress it was asked for.
type asking struct{ congress int }

func (g *asking) Address(_ context.Context, congress int, _ string) ([]Place, error) {
	g.congress = congress
	return []Place{{State: "CO", Zip: "80203", Congress: congress, District: "1", Upper: "31", Lower: "6"}}, nil
}

func (g *asking) Point(context.Context, int, float64, float64) (Place, error) {
	return Place{}, fault.NotFound("civics.point.no_match")
}

// A correction begins and ends at its day, too.
func TestCorrectionsEndOnTheirDay(t *testing.T) {
	t.Parallel()
	tables := shippedTables(t)
	until := time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)
	tables.Corrections = []Correction{
		{OfficialID: "bioguide:D000197", Field: "offer", Value: "no", Source: "her office asks for letters by post", Until: until},
	}
	var at clock
	at.set(today)
	a := FromTables(tables, WithClock(at.now))
	if o := houseOf(t, a, "80203"); o.NotOffered != "her office asks for letters by post" {
		t.Errorf("%q", o.NotOffered)
	}
	if next := a.NextChange(at.now()); !next.Equal(begins(until)) {
		t.Errorf("next change %v", next)
	}
	at.set(begins(until))
	if o := houseOf(t, a, "80203"); o.NotOffered != "" {
		t.Error("the correction outlives its day")
	}
}
