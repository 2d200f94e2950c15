package civics

import (
	"context"
	"slices"
	"testing"
	"time"

	"redress/internal/fault"
)

// Without the new Congress's list nobody is answered whose term ended with the old
// one: a third of the senators, and the delegates, whose boundaries never end.
func TestEndedTermsAreNotAnswered(t *testing.T) {
	t.Parallel()
	a := FromTables(shippedTables(t), clockAt(turnTo120))
	for zip, want := range map[string][]string{
		"80203": {"bioguide:B001267"}, // Hickenlooper's term has ended
		"29601": {"bioguide:S001184"}, // the correction of the other seat has, too, and who sat before isn't back
		"20001": nil,                  // Norton
		"00926": nil,                  // the list gives the resident commissioner two years of his four
	} {
		got, err := a.ByZIP(zip)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, o := range of(got.Officials, Federal) {
			ids = append(ids, o.ID)
		}
		if !slices.Equal(ids, want) || !slices.Contains(got.Missing, MissingTerm) {
			t.Errorf("%s: %v, %v", zip, ids, got.Missing)
		}
	}
	if o, known := a.Official("bioguide:N000147"); !known || o.Serves != (Serves{Until: CongressBegins(120)}) {
		t.Errorf("Norton's page: %+v", o)
	}
	point, err := a.ByZIP("82001") // at large
	if err != nil || len(of(point.Officials, Federal)) != 1 || !slices.Contains(point.Missing, MissingEnded) {
		t.Errorf("Wyoming: %v %v %v", names(point.Officials), point.Missing, err)
	}
}

// A list of the next Congress that has hardly anybody yet says of nobody that they
// leave.
func TestAPartialNextListSaysNothingOfWhoLeaves(t *testing.T) {
	t.Parallel()
	tables := shippedTables(t)
	next := the120th(t, tables).only("congress-120")
	next.People = next.People[:50]
	tables.add(next)
	for id, o := range FromTables(tables, clockAt(today)).index.Load().officials {
		if !o.Serves.Until.IsZero() {
			t.Fatalf("%s serves %+v", id, o.Serves)
		}
	}
}

// Who takes a seat on a day holds it from that day on.
func TestATenureBeginsOnItsDay(t *testing.T) {
	t.Parallel()
	tables := shippedTables(t)
	from := time.Date(2026, time.December, 7, 0, 0, 0, 0, time.UTC)
	for i := range tables.Tenures {
		if tables.Tenures[i].OfficialID == "bioguide:D000197" {
			tables.Tenures[i].From = from
		}
	}
	var at clock
	at.set(today)
	a := FromTables(tables, WithClock(at.now))
	if o := houseOf(t, a, "80203"); !o.Vacant || !a.NextChange(today).Equal(begins(from)) {
		t.Errorf("before: %s, until %v", o.ID, a.NextChange(today))
	}
	at.set(begins(from))
	if o := houseOf(t, a, "80203"); o.ID != "bioguide:D000197" {
		t.Errorf("on the day: %s", o.ID)
	}
}

// What is said of a successor holds for the successor; what was said of who sat
// before doesn't.
func TestCorrectionsOfASuccessor(t *testing.T) {
	t.Parallel()
	const before, after = "bioguide:D000197", "bioguide:Z000981"
	corrected := func(list ...Correction) *Official {
		tables := shippedTables(t)
		for i := range list {
			list[i].Source = "test"
		}
		tables.Corrections = append(list, Correction{OfficialID: before, Field: "successor", Value: after + " Nova Newcomer", Source: "test"})
		slices.SortFunc(tables.Corrections, func(a, b Correction) int { // as the database gives them
			if a.OfficialID+a.Field < b.OfficialID+b.Field {
				return -1
			}
			return 1
		})
		return houseOf(t, FromTables(tables, clockAt(today)), "80203")
	}
	if o := corrected(Correction{OfficialID: before, Field: "webform", Value: "https://degette.house.gov/new"}); o.ID != after || len(o.Channels) != 0 {
		t.Errorf("%s has the form of who sat before: %v", o.ID, o.Channels)
	}
	if o := corrected(Correction{OfficialID: before, Field: "left"}); o.ID != after {
		t.Errorf("%s sits", o.ID)
	}
	o := corrected(Correction{OfficialID: after, Field: "phone", Value: "202-555-0100"}, Correction{OfficialID: after, Field: "offer", Value: "no"})
	if o.Phone() != "202-555-0100" || o.Offered() {
		t.Errorf("%v %q", o.Channels, o.NotOffered)
	}
	if o := corrected(Correction{OfficialID: after, Field: "left"}); !o.Vacant {
		t.Errorf("%s sits", o.ID)
	}
}

// On a line between New Hampshire and Maine, who chooses Maine is offered nothing
// of New Hampshire any more.
func TestChoosingAStateRulesItsNeighborsOverlaysOut(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	border, err := a.ByZIP("03579")
	if err != nil {
		t.Fatal(err)
	}
	got := a.Choose(border, []string{"ocd-division/country:us/state:me"})
	for _, c := range got.Candidates {
		if c.Divisions[0].State != "ME" {
			t.Errorf("still offered: %s", c.Divisions[0].Name)
		}
	}
	if got.State != "ME" {
		t.Errorf("state %q", got.State)
	}
}

func TestInexactPointsAreNotTakenForExact(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	a := shippedAtlas(t, WithGeocoder(stub{places: []Place{{State: "CO", Congress: 119, District: "1", Upper: "31", Lower: "6"}}}))
	denver := Point{Lat: 39.7392, Lon: -104.9847, Accuracy: 1000, AskCensus: true}
	if got, err := a.ByPoint(ctx, denver); err != nil || len(of(got.Officials, State)) != 0 || !slices.Contains(got.Missing, MissingStateInexact) {
		t.Errorf("state legislators to within a kilometer: %v %v %v", names(got.Officials), got.Missing, err)
	}
	denver.Accuracy = 50_000 // by its Internet address
	if got, err := a.ByPoint(ctx, denver); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("a device that knows only its region: %v %v", names(got.Officials), err)
	}
	grandJunction := Point{Lat: 39.7392, Lon: -104.9847, Zip: "81501"}
	if got, err := a.ByPoint(ctx, grandJunction); err != nil || len(of(got.Officials, State)) != 0 || !slices.Contains(got.Missing, MissingZipElsewhere) {
		t.Errorf("a ZIP code of another district: %v %v %v", names(got.Officials), got.Missing, err)
	}
}
