package civics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"redress/internal/fault"
)

var today = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

func clockAt(now time.Time) Option { return WithClock(func() time.Time { return now }) }

var shippedFacts = sync.OnceValues(func() (*Atlas, error) {
	tables, err := ReadSnapshot(EmbeddedSnapshot())
	return FromTables(tables, clockAt(today)), err
})

// shippedAtlas answers from the embedded snapshot, whose index all tests share.
func shippedAtlas(t testing.TB, options ...Option) *Atlas {
	t.Helper()
	shared, err := shippedFacts()
	if err != nil {
		t.Fatal(err)
	}
	return shared.With(append([]Option{clockAt(today)}, options...)...)
}

// zipsOf lists the divisions of each ZIP code in the tables.
func zipsOf(tables Tables) map[string][]string {
	touched := map[string][]string{}
	for _, z := range tables.Zips {
		for _, zip := range z.Zips {
			key := fmt.Sprintf("%05d", zip)
			touched[key] = append(touched[key], z.DivisionID)
		}
	}
	return touched
}

func names(officials []*Official) []string {
	list := make([]string, len(officials))
	for i, o := range officials {
		list[i] = o.Title + " " + o.Name
		if o.Vacant {
			list[i] = o.ID
		}
	}
	return list
}

func of(officials []*Official, level Level) []*Official {
	return keep(officials, func(o *Official) bool { return o.Level == level })
}

func TestCongressIsComplete(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	senators, members, vacant := 0, 0, []string{}
	perState := map[string]int{}
	for _, o := range a.index.Load().officials {
		switch {
		case o.Serves.Left:
		case o.Level == Federal && o.Vacant:
			vacant = append(vacant, o.ID)
		case o.Chamber == Senate:
			senators++
			perState[o.State]++
		case o.Chamber == House:
			members++
		}
	}
	slices.Sort(vacant)
	want := []string{"vacant:us-ca-cd-14", "vacant:us-fl-cd-20", "vacant:us-ga-cd-13", "vacant:us-tx-cd-23"}
	if senators != 100 || members != 437 || !slices.Equal(vacant, want) {
		t.Errorf("%d senators, %d members, vacant %v", senators, members, vacant)
	}
	if len(perState) != 50 {
		t.Errorf("%d states have senators", len(perState))
	}
	for state, n := range perState {
		if n != 2 {
			t.Errorf("%s has %d senators", state, n)
		}
	}
	seats := 0
	for _, p := range places {
		if p.voting() {
			seats += p.seats
		}
	}
	if seats != 435 {
		t.Errorf("the apportionment has %d seats", seats)
	}
}

func TestZipInOneDistrict(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	got, err := a.ByZIP("80203")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Senator Michael F. Bennet", "Senator John W. Hickenlooper", "Representative Diana DeGette"}
	if !slices.Equal(names(of(got.Officials, Federal)), want) {
		t.Errorf("federal: %v", names(got.Officials))
	}
	if got.State != "CO" || got.Confidence != ConfidenceZip || got.AsOf.Format(time.DateOnly) != "2026-06-15" || len(got.Sources) == 0 {
		t.Errorf("answer: %+v", got)
	}
	// Two senate and three house districts: candidates, nobody picked.
	if !got.Ambiguous || len(of(got.Officials, State)) != 0 || len(got.Candidates) != 2 {
		t.Fatalf("ambiguous %v, candidates %d", got.Ambiguous, len(got.Candidates))
	}
	if n, m := len(got.Candidates[0].Divisions), len(got.Candidates[1].Divisions); n != 2 || m != 3 {
		t.Errorf("%d upper and %d lower candidates", n, m)
	}
	degette, ok := a.Official("bioguide:D000197")
	if !ok || degette.SeatName != "Colorado, 1st district" || degette.DivisionID != "ocd-division/country:us/state:co/cd:1" || degette.PartyCode != "D" {
		t.Errorf("DeGette: %+v", degette)
	}
	for _, c := range degette.Channels {
		if c.Kind == ChannelWebform && (len(c.Asks) == 0 || c.AsOf.IsZero()) {
			t.Errorf("form: %+v", c)
		}
	}
	if degette.Phone() == "" || degette.Website == "" || len(degette.Offices) < 2 {
		t.Errorf("DeGette can't be reached: %+v", degette)
	}
}

func TestZipAcrossDistricts(t *testing.T) {
	t.Parallel()
	got, err := shippedAtlas(t).ByZIP("10001") // NY-10 and NY-12
	if err != nil {
		t.Fatal(err)
	}
	if !got.Ambiguous || got.State != "NY" || len(of(got.Officials, Federal)) != 2 {
		t.Fatalf("%v %v", got.Ambiguous, names(got.Officials))
	}
	house := got.Candidates[0]
	if house.Chamber != House || len(house.Divisions) != 2 || len(house.Officials) != 2 {
		t.Errorf("house candidates: %+v", house)
	}
	if assembly := of(got.Officials, State); len(assembly) != 1 || assembly[0].Title != "Assembly Member" || assembly[0].District != "75" {
		t.Errorf("the one assembly district is sure: %v", names(assembly))
	}
}

func TestZipAcrossStates(t *testing.T) {
	t.Parallel()
	tables := shippedTables(t)
	a := shippedAtlas(t)
	states := map[string]map[string]bool{}
	for zip, divisions := range zipsOf(tables) {
		states[zip] = map[string]bool{}
		for _, id := range divisions {
			d, ok := a.Division(id)
			if !ok {
				t.Fatalf("%s has no division", id)
			}
			states[zip][d.State] = true
		}
	}
	across := 0
	for zip, set := range states {
		if len(set) < 2 {
			continue
		}
		across++
		got, err := a.ByZIP(zip)
		if err != nil {
			t.Fatal(err)
		}
		if got.State != "" || !got.Ambiguous || len(got.Officials) != 0 {
			t.Errorf("%s: state %q, sure of %v", zip, got.State, names(got.Officials))
		}
		voting := 0
		for state := range set {
			if placeByCode[state].voting() {
				voting++
			}
		}
		if senate := got.Candidates[0]; senate.Chamber != Senate || len(senate.Officials) != 2*voting {
			t.Errorf("%s: senators of both states: %v", zip, names(senate.Officials))
		}
	}
	if across < 100 {
		t.Errorf("%d ZIP codes cross a state line", across)
	}
}

func TestPlacesWithoutSenators(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	for zip, want := range map[string]struct{ title, missing string }{
		"20001": {"Delegate Eleanor Holmes Norton", MissingSenators},
		"00901": {"Resident Commissioner Pablo José Hernández", MissingStatewide},
		"96910": {"Delegate", MissingLegislature}, "00802": {"Delegate", MissingLegislature}, "96799": {"Delegate", MissingLegislature},
	} {
		got, err := a.ByZIP(zip)
		if err != nil {
			t.Errorf("%s: %v", zip, err)
			continue
		}
		federal := of(got.Officials, Federal)
		if len(federal) != 1 || !strings.HasPrefix(names(federal)[0], want.title) || !federal[0].Nonvoting {
			t.Errorf("%s: %v", zip, names(federal))
		}
		if !slices.Contains(got.Missing, MissingSenators) || !slices.Contains(got.Missing, want.missing) {
			t.Errorf("%s: missing %v", zip, got.Missing)
		}
	}
	dc, _ := a.ByZIP("20001")
	if council := of(dc.Officials, State); len(council) != 4 || council[0].Title != "Councilmember" && council[0].Title != "Council Chairman" {
		t.Errorf("the council at large: %v", names(council))
	}
	pr, _ := a.ByZIP("00901")
	if n := len(of(pr.Officials, State)); n != 25 {
		t.Errorf("%d legislators at large", n)
	}
}

func TestZipThatTheCensusDoesNotKnow(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	got, err := a.ByZIP("80201") // post-office boxes in Denver
	if err != nil {
		t.Fatal(err)
	}
	if got.Confidence != ConfidenceState || got.State != "CO" || len(got.Officials) != 2 || !got.Ambiguous ||
		!slices.Contains(got.Missing, MissingZip) {
		t.Errorf("%+v", got)
	}
	if got, err := a.ByZIP("82003"); err != nil || len(of(got.Officials, Federal)) != 0 && got.State == "" {
		t.Errorf("a prefix of several states is no guess: %v %v", names(got.Officials), err)
	}
	at, err := a.ByZIP("57101") // Sioux Falls: South Dakota elects one member
	if err != nil || at.Confidence != ConfidenceState || len(of(at.Officials, Federal)) != 3 || at.Ambiguous {
		t.Errorf("one member at large: %v %v", names(at.Officials), err)
	}
	for _, unknown := range []string{"00000", "00100", "99999"} {
		if got, err := a.ByZIP(unknown); err == nil && got.Confidence != ConfidenceState {
			t.Errorf("%s: %+v", unknown, got)
		}
	}
	if _, err := a.ByZIP("00000"); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("00000: %v", err)
	}
}

func TestZipAsTyped(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"80203": "80203", " 80203 ": "80203", "80203-1234": "80203", "80203 1234": "80203", "802031234": "80203",
		"80203–1234": "80203", "CO 80203": "80203", "co 80203-1234": "80203", "01001": "01001",
	} {
		if got, err := NormalizeZip(typed); err != nil || got != want {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
	for typed, key := range map[string]string{
		"": "civics.zip.empty", "   ": "civics.zip.empty", "Denver": "civics.zip.letters", "8020": "civics.zip.short",
		"802031": "civics.zip.long", "80203-12": "civics.zip.invalid", "8O203": "civics.zip.invalid",
		"80203; DROP TABLE": "civics.zip.invalid", "８０２０３": "civics.zip.letters", strings.Repeat("9", 400): "civics.zip.invalid",
	} {
		_, err := NormalizeZip(typed)
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.KindInvalid || f.Key != key || len(f.Fields) != 1 || f.Fields[0].Name != "zip" {
			t.Errorf("%q: %v, want %s", typed, err, key)
		}
	}
}

func TestVacantSeats(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	got, err := a.ByZIP("94566")
	if err != nil {
		t.Fatal(err)
	}
	seat := of(got.Officials, Federal)[2]
	if !seat.Vacant || seat.ID != "vacant:us-ca-cd-14" || seat.SeatName != "California, 14th district" || seat.Title != "Representative" || len(seat.Channels) != 0 {
		t.Errorf("%+v", seat)
	}
	// A district that the Census draws and whose legislature lists nobody for it.
	if o, ok := a.Official("vacant:us-ar-sldl-44"); !ok || !o.Vacant || o.SeatName != "Arkansas House, district 44" {
		t.Errorf("Arkansas 44: %+v %v", o, ok)
	}
	// A term whose end is past does not empty the seat.
	for _, state := range []string{"OH", "FL"} {
		senators := a.Officials(wholeID(placeByCode[state]))
		if len(senators) != 2 || senators[0].Vacant || senators[1].Vacant {
			t.Errorf("%s: %v", state, names(senators))
		}
	}
}

func TestStateDistrictsByName(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	for _, c := range []struct {
		division string
		members  int
		seat     string
	}{
		{"ocd-division/country:us/state:id/sldl:10", 2, "Idaho House, district 10, seat A"},
		{"ocd-division/country:us/state:ma/sldl:3rd_hampden", 1, "Massachusetts House, 3rd Hampden district"},
		{"ocd-division/country:us/state:ma/sldu:hampden_hampshire_and_worcester", 1, "Massachusetts Senate, Hampden, Hampshire and Worcester district"},
		{"ocd-division/country:us/state:vt/sldu:chittenden_southeast", 3, "Vermont Senate, Chittenden Southeast district"},
		{"ocd-division/country:us/state:vt/sldl:addison-1", 2, "Vermont House, Addison-1 district"},
		{"ocd-division/country:us/state:ne/sldu:1", 1, "Nebraska Legislature, district 1"},
		{"ocd-division/country:us/state:ak/sldu:G", 0, ""},
		{"ocd-division/country:us/state:ak/sldu:g", 1, "Alaska Senate, district G"},
		{"ocd-division/country:us/state:mn/sldl:34a", 1, "Minnesota House, district 34A"},
		{"ocd-division/country:us/state:nj/sldl:3", 2, "New Jersey General Assembly, district 3"},
		{"ocd-division/country:us/state:wv/sldu:1", 2, "West Virginia Senate, district 1"},
		{"ocd-division/country:us/district:dc/ward:1", 1, "Council of the District of Columbia, Ward 1"},
	} {
		got := a.Officials(c.division)
		if len(got) != c.members || (c.members > 0 && got[0].SeatName != c.seat) {
			t.Errorf("%s: %v %q", c.division, names(got), func() string {
				if len(got) > 0 {
					return got[0].SeatName
				}
				return ""
			}())
		}
	}
	for _, tribe := range []string{"houlton_band_of_maliseet_indians", "passamaquoddy_tribe"} {
		if n := len(a.Officials("ocd-division/country:us/state:me/sldl:" + tribe)); n != 1 {
			t.Errorf("%s: %d", tribe, n)
		}
	}
	me, err := a.ByZIP("04619") // Calais, near the Passamaquoddy
	if err != nil || !slices.Contains(me.Missing, MissingTribal) {
		t.Errorf("%v %v", me.Missing, err)
	}
	nh, err := a.ByZIP("03246")
	if err != nil || !slices.Contains(nh.Missing, MissingFloterial) {
		t.Errorf("%v %v", nh.Missing, err)
	}
}

// Every district that the Census draws has members or a vacancy, in every state
// with a legislature; every member's seat that the Census draws is found by it.
func TestEveryStateDistrictIsSeated(t *testing.T) {
	t.Parallel()
	tables := shippedTables(t)
	a := shippedAtlas(t)
	vacant := 0
	for _, d := range tables.Divisions {
		if d.Level != State || d.CensusCode == "" {
			continue
		}
		list := a.Officials(d.ID)
		if len(list) == 0 {
			t.Errorf("%s has nobody", d.ID)
			continue
		}
		if list[0].Vacant {
			vacant++
		}
	}
	if vacant > 40 {
		t.Errorf("%d vacancies: the names of districts don't meet", vacant)
	}
	unmapped := map[string]int{}
	for _, s := range tables.Seats {
		if d, ok := a.Division(s.DivisionID); s.Level == State && ok && d.CensusCode == "" && s.DivisionID != wholeID(placeByCode[s.State]) {
			unmapped[s.State]++
		}
	}
	for state, n := range unmapped {
		if state != "NH" && state != "ME" && state != "DC" && state != "PR" {
			t.Errorf("%s: %d seats are in no district of the Census", state, n)
		}
	}
	t.Logf("seats in no district of the Census: %v; %d vacancies", unmapped, vacant)
	if unmapped["ME"] != 2 || unmapped["DC"] != 8 {
		t.Errorf("unmapped: %v", unmapped)
	}
}

func TestTitles(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	for division, title := range map[string]string{
		"state:ca/sldl:1": "Assembly Member", "state:md/sldu:1": "State Senator", "state:va/sldl:1": "Delegate",
		"state:wi/sldl:1": "State Representative", "state:co/sldl:1": "State Representative", "state:ne/sldu:1": "State Senator",
	} {
		got := a.Officials("ocd-division/country:us/" + division)
		if len(got) == 0 || got[0].Title != title {
			t.Errorf("%s: %v", division, names(got))
		}
	}
}

func TestCorrectionsLieOverImports(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	sc := a.Officials("ocd-division/country:us/state:sc")
	if len(sc) != 2 || !slices.ContainsFunc(sc, func(o *Official) bool {
		return o.ID == "bioguide:G000608" && o.Name == "Darline Graham Nordone" && o.Title == "Senator" && len(o.Channels) == 0
	}) {
		t.Errorf("South Carolina: %v", names(sc))
	}
	if former, listed := a.Official("bioguide:G000359"); !listed || !former.Serves.Left || former.Title != "Senator" {
		t.Error("the predecessor's page doesn't say that he has left")
	}
	later := FromTables(shippedTables(t), clockAt(time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)))
	if former, listed := later.Official("bioguide:G000359"); !listed || former.Serves.Left {
		t.Error("the correction outlives its last day")
	}
	tables := shippedTables(t)
	tables.Corrections = []Correction{{OfficialID: "bioguide:D000197", Field: "phone", Value: "202-555-0100", Source: "test"}}
	corrected, _ := FromTables(tables, clockAt(today)).Official("bioguide:D000197")
	if corrected.Phone() != "202-555-0100" || corrected.Offices[0].Phone != "202-555-0100" {
		t.Errorf("%v", corrected.Channels)
	}
}

func TestDistrictsEnd(t *testing.T) {
	t.Parallel()
	after := time.Date(2027, time.January, 4, 0, 0, 0, 0, time.UTC)
	a := FromTables(shippedTables(t), clockAt(after))
	got, err := a.ByZIP("80203")
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(got.Officials, func(o *Official) bool { return o.Chamber == House }) || !slices.Contains(got.Missing, MissingEnded) {
		t.Errorf("%v %v", names(got.Officials), got.Missing)
	}
	if next := shippedAtlas(t).NextChange(today); !next.Equal(begins(CongressBegins(120))) {
		t.Errorf("next change %v", next)
	}
	// DC elects its delegate as a whole: its boundary doesn't end, the term does.
	if dc, err := a.ByZIP("20001"); err != nil || len(of(dc.Officials, Federal)) != 0 || slices.Contains(dc.Missing, MissingEnded) || !slices.Contains(dc.Missing, MissingTerm) {
		t.Errorf("%v %v", names(dc.Officials), err)
	}
}

func TestByDivisions(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	got := a.ByDivisions([]string{"ocd-division/country:us/state:co", "ocd-division/country:us/state:co/cd:1", "ocd-division/country:us/state:co/sldu:31"})
	if len(got.Officials) != 4 || got.State != "CO" || got.Ambiguous {
		t.Errorf("%v", names(got.Officials))
	}
	if twice := a.ByDivisions([]string{"ocd-division/country:us/state:co/cd:1", "ocd-division/country:us/state:co/cd:1"}); len(twice.Officials) != 1 {
		t.Errorf("%v", names(twice.Officials))
	}
	if got := a.ByDivisions([]string{"nonsense"}); len(got.Officials) != 0 || len(got.Missing) == 0 {
		t.Errorf("%+v", got)
	}
}

func TestJudiciaryCommittees(t *testing.T) {
	t.Parallel()
	count := map[Chamber]int{}
	for _, o := range shippedAtlas(t).index.Load().officials {
		if o.OnCommittee("HSJU") || o.OnCommittee("SSJU") {
			count[o.Chamber]++
		}
	}
	if count[House] < 35 || count[Senate] < 18 {
		t.Errorf("on the judiciary committees: %v", count)
	}
}

// Every ZIP code answers, and the districts of its answer are the table's.
func TestEveryZipAnswersAsItsTable(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, a *Atlas, tables Tables) {
		want := zipsOf(tables)
		if len(want) != 33791 {
			t.Errorf("%d ZIP codes", len(want))
		}
		ambiguous := 0
		for zip, ids := range want {
			answer, err := a.ByZIP(zip)
			if err != nil {
				t.Fatalf("%s: %v", zip, err)
			}
			got := map[string]bool{}
			for _, d := range answer.Divisions {
				got[d.ID] = true
			}
			for _, c := range answer.Candidates {
				if c.Overlay {
					continue
				}
				if len(c.Officials) < len(c.Divisions) {
					t.Errorf("%s: fewer candidates than districts", zip)
				}
				for _, d := range c.Divisions {
					got[d.ID] = !strings.Contains(d.ID, "/ward:")
				}
				if c.Chamber == House && len(c.Divisions) > 1 {
					ambiguous++
				}
			}
			for _, id := range ids {
				if !got[id] {
					t.Errorf("%s lacks %s", zip, id)
				}
				delete(got, id)
			}
			for id, listed := range got {
				if listed && strings.Contains(id[len("ocd-division/country:us/"):], "/") {
					t.Errorf("%s has %s, which the table hasn't", zip, id)
				}
			}
			for _, o := range answer.Officials {
				if o.Chamber != Senate && !slices.Contains(ids, o.DivisionID) {
					t.Errorf("%s: %s of %s is no one's there", zip, o.ID, o.DivisionID)
				}
			}
		}
		if ambiguous < 6000 || ambiguous > 6037 {
			t.Errorf("%d ZIP codes touch several congressional districts", ambiguous)
		}
	}
	t.Run("snapshot", func(t *testing.T) { check(t, shippedAtlas(t), shippedTables(t)) })
	t.Run("published", func(t *testing.T) { check(t, shippedAtlas(t), publishedTables(t)) })
}

// stub is a geocoder that answers as told.
type stub struct {
	places []Place
	err    error
}

func (s stub) Address(context.Context, int, string) ([]Place, error) { return s.places, s.err }
func (s stub) Point(context.Context, int, float64, float64) (Place, error) {
	if len(s.places) == 0 {
		return Place{}, fault.NotFound("civics.point.no_match")
	}
	return s.places[0], s.err
}

func TestByAddress(t *testing.T) {
	t.Parallel()
	denver := Place{City: "Denver", State: "CO", Zip: "80203", Congress: 119, District: "1", Upper: "34", Lower: "6", Matched: "1437 BANNOCK ST"}
	ask := func(places ...Place) (Answer, error) {
		line := "1437 Bannock St, Denver, CO 80203"
		if len(places) > 0 {
			line = Address{"1437 Bannock St", places[0].City, places[0].State, places[0].Zip}.OneLine()
		}
		return shippedAtlas(t, WithGeocoder(stub{places: places})).ByAddress(context.Background(), line)
	}
	got, err := ask(denver)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Officials) != 5 || got.Ambiguous || got.Confidence != ConfidenceAddress || got.Place != "Denver, CO" || len(got.Divisions) != 4 {
		t.Errorf("%v %+v", names(got.Officials), got.Place)
	}
	if strings.Contains(fmt.Sprintf("%+v", got), "BANNOCK") || strings.Contains(fmt.Sprintf("%+v %v %#v", denver, denver, denver), "BANNOCK") {
		t.Error("the address shows")
	}
	other := denver
	other.Congress = 120
	if got, err = ask(other); err != nil || !slices.Contains(got.Missing, MissingCongress) || len(of(got.Officials, Federal)) != 3 {
		t.Errorf("another Congress falls back on the ZIP code's one district: %v %v %v", names(got.Officials), got.Missing, err)
	}
	ny := Place{City: "New York", State: "NY", Zip: "10001", Congress: 120, District: "12"}
	if got, err = ask(ny); err != nil || !got.Ambiguous || len(of(got.Officials, Federal)) != 2 || !slices.Contains(got.Missing, MissingStateZipOnly) {
		t.Errorf("another Congress, several districts: %v %v %v", names(got.Officials), got.Missing, err)
	}
	second := denver
	second.District, second.Matched = "2", "1437 S BANNOCK ST"
	_, err = ask(denver, second)
	var several *SeveralPlaces
	if f, ok := fault.As(err); !ok || f.Key != "civics.address.several" || !errors.As(err, &several) || len(several.Addresses) != 2 || strings.Contains(err.Error(), "BANNOCK") {
		t.Errorf("two places: %v", err)
	}
	written := denver
	written.Matched = "1437 BANNOCK ST, DENVER, CO, 80203"
	if got, err = ask(second, written); err != nil || got.Officials[2].District != "1" {
		t.Errorf("the one that is written as asked: %v", err)
	}
	if got, err = ask(denver, denver); err != nil || len(got.Officials) != 5 {
		t.Errorf("two places in the same districts are one answer: %v", err)
	}
	if _, err = ask(); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("no match: %v", err)
	}
	ma := Place{City: "Boston", State: "MA", Zip: "02133", Congress: 119, District: "8", Upper: "D25", Lower: "130"}
	if got, err = ask(ma); err != nil || len(of(got.Officials, State)) != 2 || got.Officials[4].DivisionID != "ocd-division/country:us/state:ma/sldl:8th_suffolk" {
		t.Errorf("Massachusetts: %v %v", names(got.Officials), err)
	}
	dc := Place{City: "Washington", State: "DC", Zip: "20004", Congress: 119, District: "0", Upper: "2"}
	if got, err = ask(dc); err != nil || len(got.Officials) != 6 || slices.Contains(got.Missing, MissingWard) {
		t.Errorf("DC with its ward: %v %v %v", names(got.Officials), got.Missing, err)
	}
	wrong := denver
	wrong.Upper = "99"
	if got, err = ask(wrong); err != nil || slices.ContainsFunc(got.Officials, func(o *Official) bool { return o.Chamber == Upper }) || !slices.Contains(got.Missing, MissingStateSeats) {
		t.Errorf("a district that doesn't exist: %v %v", names(got.Officials), got.Missing)
	}
	if _, err := shippedAtlas(t).ByAddress(context.Background(), "1437 Bannock St, Denver, CO 80203"); fault.KindOf(err) != fault.KindUnavailable {
		t.Errorf("without a geocoder: %v", err)
	}
}

func BenchmarkByZIP(b *testing.B) {
	a := shippedAtlas(b)
	for _, zip := range []string{"80203", "82190", "10001"} {
		b.Run(zip, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.ByZIP(zip); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNewIndex(b *testing.B) {
	tables := shippedTables(b)
	maps := newAtlas(nil, nil).read(tables.Boundaries)
	b.ReportAllocs()
	for b.Loop() {
		newIndex(tables, maps, today)
	}
}
