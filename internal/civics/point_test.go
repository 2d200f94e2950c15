package civics

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"redress/internal/fault"
)

func TestAPointFindsItsDistrict(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	got, err := a.ByPoint(context.Background(), Point{Lat: 39.7392, Lon: -104.9847})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Officials) != 3 || got.Officials[2].Name != "Diana DeGette" || got.Ambiguous || got.State != "CO" ||
		!slices.Contains(got.Missing, MissingStateUnasked) || got.AsOf.IsZero() || len(got.Close) != 0 {
		t.Errorf("%v %+v", names(got.Officials), got.Missing)
	}
	if !slices.ContainsFunc(got.Sources, func(s Source) bool { return strings.HasPrefix(s.Name, "Boundaries") }) {
		t.Errorf("sources %v", got.Sources)
	}
	for name, p := range map[string]struct {
		lat, lon float64
		seat     string
	}{
		"Cheyenne": {41.14, -104.82, "Wyoming, at large"}, "Washington": {38.9, -77.03, "District of Columbia"},
		"San Juan": {18.44, -66.0, "Puerto Rico"}, "Hagåtña": {13.475, 144.75, "Guam"}, "Adak": {51.88, -176.65, "Alaska, at large"},
		"Attu": {52.9, 172.9, "Alaska, at large"}, "off Miami Beach": {25.79, -80.118, "Florida, 24th district"},
	} {
		got, err := a.ByPoint(context.Background(), Point{Lat: p.lat, Lon: p.lon})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.ContainsFunc(got.Officials, func(o *Official) bool { return o.Chamber == House && o.SeatName == p.seat }) {
			t.Errorf("%s: %v", name, names(got.Officials))
		}
	}
	for name, p := range map[string][2]float64{
		"London": {51.5, -0.12}, "the Atlantic": {35, -50}, "nowhere": {0, 0}, "Tijuana": {32.525, -117.03}, "Windsor, Ontario": {42.305, -83.02},
		"the pole": {90, 0}, "the antimeridian": {-40, 180},
	} {
		if _, err := a.ByPoint(context.Background(), Point{Lat: p[0], Lon: p[1]}); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, p := range [][2]float64{{91, 0}, {0, 181}, {math.NaN(), 0}, {0, math.NaN()}, {math.Inf(1), 0}} {
		if _, err := a.ByPoint(context.Background(), Point{Lat: p[0], Lon: p[1]}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%v: %v", p, err)
		}
	}
	if text := fmt.Sprintf("%v %+v %#v", Point{Lat: 39.7392}, Point{Lat: 39.7392}, Point{Lat: 39.7392}); strings.Contains(text, "39") {
		t.Error("a point shows itself")
	}
}

// Every district that elects someone has a point inside that finds its member or
// its vacancy.
func TestEveryMembersDistrictIsFoundByAPoint(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	x := a.current()
	found := map[string]bool{}
	for n := range x.districts.shapes.Len() {
		lat, lon := x.districts.shapes.Inside(int32(n))
		got, err := a.ByPoint(context.Background(), Point{Lat: lat, Lon: lon})
		if err != nil {
			t.Errorf("%s: %v", x.districts.shapes.GEOID(int32(n)), err)
			continue
		}
		for _, o := range got.Officials {
			if o.Chamber == House {
				found[o.ID] = true
			}
		}
	}
	members, vacancies := 0, 0
	for id, o := range x.officials {
		switch {
		case o.Chamber != House || o.Serves.Left:
		case !found[id]:
			t.Errorf("%s, %s: no point finds them", id, o.SeatName)
		case o.Vacant:
			vacancies++
		default:
			members++
		}
	}
	if members != 437 || vacancies != 4 {
		t.Errorf("%d members and %d vacancies are found", members, vacancies)
	}
}

// Points answer as the ZIP table does where that is sure.
func TestPointsAndZipCodesAgree(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	x := a.current()
	checked, agree := 0, 0
	for _, o := range x.officials {
		for _, office := range o.Offices {
			if o.Level != Federal || len(office.Zip) < 5 || office.Lat == 0 {
				continue
			}
			byZip, err := a.ByZIP(office.Zip[:5])
			if err != nil {
				continue
			}
			byPoint, err := a.ByPoint(context.Background(), Point{Lat: office.Lat, Lon: office.Lon})
			if err != nil {
				continue
			}
			checked++
			if slices.ContainsFunc(append(slices.Clone(byZip.Divisions), candidatesIn(byZip, House)...), func(d *Division) bool {
				return slices.ContainsFunc(byPoint.Divisions, func(e *Division) bool { return e.ID == d.ID && e.Chamber == House })
			}) {
				agree++
			}
		}
	}
	t.Logf("%d of %d offices lie in a district of their ZIP code", agree, checked)
	if checked < 1000 || agree < checked*97/100 {
		t.Errorf("%d of %d", agree, checked)
	}
}

func candidatesIn(answer Answer, chamber Chamber) []*Division {
	for _, c := range answer.Candidates {
		if c.Chamber == chamber {
			return c.Divisions
		}
	}
	return nil
}

// A device that is inexact near a line is offered both districts.
func TestInexactPointsNearALine(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	x := a.current()
	random := rand.New(rand.NewPCG(1, 2))
	tried := 0
	for tried < 50 {
		lat, lon := 33.9+random.Float64()*0.4, -118.4+random.Float64()*0.5 // Los Angeles, many lines
		near := x.districts.around(lat, lon, 600)
		if len(near) == 0 || len(x.districts.around(lat, lon, closeBy)) > 0 {
			continue
		}
		tried++
		exact, err := a.ByPoint(context.Background(), Point{Lat: lat, Lon: lon, Accuracy: 20})
		if err != nil {
			continue // off the coast
		}
		if exact.Ambiguous || len(exact.Close) != 0 {
			t.Errorf("an exact point is not sure")
		}
		rough, err := a.ByPoint(context.Background(), Point{Lat: lat, Lon: lon, Accuracy: 600})
		if err != nil {
			t.Fatal(err)
		}
		if options := candidatesIn(rough, House); !rough.Ambiguous || len(options) != len(near)+1 {
			t.Errorf("%d districts are offered, %d lie within reach", len(options), len(near)+1)
		}
	}
}

func TestStateLegislatorsOfAPoint(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	place := Place{State: "CO", Congress: 119, District: "1", Upper: "31", Lower: "6"}
	denver := Point{Lat: 39.7392, Lon: -104.9847}
	with := func(change func(*Point)) Point {
		p := denver
		change(&p)
		return p
	}
	geocoded := shippedAtlas(t, WithGeocoder(stub{places: []Place{place}}))
	if got, err := geocoded.ByPoint(ctx, denver); err != nil || len(of(got.Officials, State)) != 0 || !slices.Contains(got.Missing, MissingStateUnasked) {
		t.Errorf("the geocoder is asked without leave: %v %v", names(got.Officials), err)
	}
	agreed := with(func(p *Point) { p.AskCensus = true })
	if got, err := geocoded.ByPoint(ctx, agreed); err != nil || len(of(got.Officials, State)) != 2 || got.Ambiguous || slices.Contains(got.Missing, MissingStateUnasked) {
		t.Errorf("with leave: %v %v %v", names(got.Officials), got.Missing, err)
	}
	byZip := with(func(p *Point) { p.Zip = "80203" })
	if got, err := shippedAtlas(t).ByPoint(ctx, byZip); err != nil || len(candidatesIn(got, Lower)) != 3 || got.Zip != "80203" || slices.Contains(got.Missing, MissingStateUnasked) {
		t.Errorf("by ZIP code: %v %v %v", got.Candidates, got.Missing, err)
	}
	elsewhere := with(func(p *Point) { p.Zip = "10001" })
	if got, err := shippedAtlas(t).ByPoint(ctx, elsewhere); err != nil || !slices.Contains(got.Missing, MissingZipElsewhere) || len(got.Candidates) != 0 {
		t.Errorf("a ZIP code of another state: %v %v", got.Missing, err)
	}
	away := shippedAtlas(t, WithGeocoder(stub{places: []Place{place}, err: fault.Unavailable("civics.geocoder.down", nil)}))
	if got, err := away.ByPoint(ctx, agreed); err != nil || len(of(got.Officials, Federal)) != 3 || !slices.Contains(got.Missing, MissingStateDown) {
		t.Errorf("the geocoder is away: %v %v %v", names(got.Officials), got.Missing, err)
	}
	wrong := shippedAtlas(t, WithGeocoder(stub{places: []Place{{State: "WY", Upper: "8", Lower: "11"}}}))
	if got, err := wrong.ByPoint(ctx, agreed); err != nil || len(of(got.Officials, State)) != 0 || !slices.Contains(got.Missing, MissingStateSeats) {
		t.Errorf("the geocoder names another state: %v %v %v", names(got.Officials), got.Missing, err)
	}
	both := with(func(p *Point) { p.AskCensus, p.Zip = true, "80203" })
	if got, err := away.ByPoint(ctx, both); err != nil || len(candidatesIn(got, Upper)) != 2 || !slices.Contains(got.Missing, MissingStateDown) {
		t.Errorf("the ZIP code helps when the geocoder is away: %v %v", got.Missing, err)
	}
}

// An address whose districts the geocoder gave for another Congress is placed on
// the map in memory by its coordinates.
func TestCoordinatesPlaceAnAddressOfTheWrongCongress(t *testing.T) {
	t.Parallel()
	wrong := Place{City: "New York", State: "NY", Zip: "10001", Congress: 120, District: "17", Lat: 40.7506, Lon: -73.9972}
	got, err := shippedAtlas(t, WithGeocoder(stub{places: []Place{wrong}})).ByAddress(context.Background(), "350 W 31st St, New York, NY 10001")
	if err != nil || len(of(got.Officials, Federal)) != 3 || slices.Contains(got.Missing, MissingCongress) {
		t.Fatalf("%v %v %v", names(got.Officials), got.Missing, err)
	}
	if house := got.Officials[2]; house.SeatName != "New York, 12th district" && house.SeatName != "New York, 10th district" {
		t.Errorf("%s", house.SeatName)
	}
	wrong.State, wrong.City, wrong.Zip = "NJ", "Hoboken", "07030" // the coordinates lie in another state
	got, err = shippedAtlas(t, WithGeocoder(stub{places: []Place{wrong}})).ByAddress(context.Background(), "1 Main St, Hoboken, NJ 07030")
	if err != nil || slices.ContainsFunc(got.Officials, func(o *Official) bool { return o.State != "NJ" }) || !slices.Contains(got.Missing, MissingCongress) {
		t.Errorf("%v %v %v", names(got.Officials), got.Missing, err)
	}
}

func TestChoosingAmongCandidates(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	ny, err := a.ByZIP("10001")
	if err != nil {
		t.Fatal(err)
	}
	twelfth := "ocd-division/country:us/state:ny/cd:12"
	got := a.Choose(ny, []string{twelfth, "ocd-division/country:us/state:ca/cd:1", "nonsense"})
	if member := of(got.Officials, Federal); len(member) != 3 || member[2].DivisionID != twelfth || len(candidatesIn(got, House)) != 0 || got.Confidence != ConfidenceZip {
		t.Errorf("%v", names(got.Officials))
	}
	if again, _ := a.ByZIP("10001"); len(of(again.Officials, Federal)) != 2 || len(candidatesIn(again, House)) != 2 {
		t.Error("a choice changed the answer that is kept for everybody")
	}
	if none := a.Choose(ny, []string{"ocd-division/country:us/state:ca/cd:1"}); len(none.Officials) != len(ny.Officials) || !none.Ambiguous {
		t.Error("what wasn't offered is taken")
	}
	all := a.Choose(ny, idsOf(ny, 0))
	if all.Ambiguous || len(all.Candidates) != 0 {
		t.Errorf("every question is answered, and yet: %v", all.Candidates)
	}
	// On a state line a choice rules the other state out.
	for zip, divisions := range zipsOf(shippedTables(t)) {
		states := map[string]bool{}
		for _, id := range divisions {
			d, _ := a.Division(id)
			states[d.State] = true
		}
		if len(states) < 2 {
			continue
		}
		border, _ := a.ByZIP(zip)
		house := candidatesIn(border, House)
		chosen := a.Choose(border, []string{house[len(house)-1].ID})
		state := house[len(house)-1].State
		if chosen.State != state || slices.ContainsFunc(chosen.Officials, func(o *Official) bool { return o.State != state }) {
			t.Errorf("%s: %v", zip, names(chosen.Officials))
		}
		for _, c := range chosen.Candidates {
			if slices.ContainsFunc(c.Divisions, func(d *Division) bool { return d.State != state }) {
				t.Errorf("%s: districts of another state are still offered", zip)
			}
		}
	}
}

// idsOf picks the nth division of every question.
func idsOf(answer Answer, n int) []string {
	var ids []string
	for _, c := range answer.Candidates {
		ids = append(ids, c.Divisions[min(n, len(c.Divisions)-1)].ID)
	}
	return ids
}

// Concurrent lookups share answers; none of them may change what others read.
func TestLookupsShareNothingThatChanges(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	want, _ := a.ByZIP("10001")
	officials := slices.Clone(want.Officials)
	done := make(chan struct{})
	for range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			for range 200 {
				got, err := a.ByZIP("10001")
				if err != nil || !slices.Equal(got.Officials, officials) {
					t.Errorf("%v %v", names(got.Officials), err)
					return
				}
				a.Choose(got, idsOf(got, 1))
				_, _ = a.ByPoint(context.Background(), Point{Lat: 40.75, Lon: -73.99, Accuracy: 800})
			}
		}()
	}
	for range 8 {
		<-done
	}
}

// No lookup that is answered from memory allocates.
func TestLookupsAllocateNothing(t *testing.T) {
	a := shippedAtlas(t)
	if n := testing.AllocsPerRun(200, func() { _, _ = a.ByZIP("80203") }); n != 0 {
		t.Errorf("a ZIP code: %v allocations", n)
	}
	p := Point{Lat: 39.7392, Lon: -104.9847}
	if n := testing.AllocsPerRun(200, func() { _, _ = a.ByPoint(context.Background(), p) }); n != 0 {
		t.Errorf("a point: %v allocations", n)
	}
}

// A ZIP code with one state district is no proof for an address: the geocoder
// didn't say, so nobody there is sure, and no letter goes out from here.
func TestAnAddressWithoutStateDistrictsIsNeverSure(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	for zip := range zipsOf(shippedTables(t)) {
		byZip, err := a.ByZIP(zip)
		if err != nil || byZip.Ambiguous || byZip.State != "CO" {
			continue
		}
		silent := Place{City: "Somewhere", State: "CO", Zip: zip, Congress: 119, District: of(byZip.Officials, Federal)[2].District}
		got, err := shippedAtlas(t, WithGeocoder(stub{places: []Place{silent}})).ByAddress(context.Background(), "1 Main St, Somewhere, CO "+zip)
		if err != nil || len(of(got.Officials, State)) != 0 || len(candidatesIn(got, Upper)) != 1 || !slices.Contains(got.Missing, MissingStateZipOnly) {
			t.Errorf("%s: %v %v %v", zip, names(got.Officials), got.Missing, err)
		}
		return
	}
	t.Error("no ZIP code of Colorado is in one district of each kind")
}
