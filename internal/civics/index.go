package civics

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// index answers every lookup from memory. It is built once and never changed,
// so any number of goroutines may read it.
type index struct {
	divisions []Division
	byID      map[string]int32
	byCode    map[districtCode]int32
	officials map[string]*Official
	at        map[string][]*Official // who represents a division, vacancies among them
	zipStart  []int32                // of each of the 100,000 ZIP codes, where its divisions begin
	zipList   []int32
	prefixes  [1000][]string // the states that a ZIP code's first three digits reach
	datasets  []Dataset
	judiciary map[string]bool

	corrections []Correction // that apply now
}

type districtCode struct {
	state   string
	chamber Chamber
	code    string
}

const zipCodes = 100000

// newIndex builds the index from the tables. Rows that point nowhere are skipped:
// an import may have replaced one dataset and not yet the other.
func newIndex(t Tables, now time.Time) *index {
	x := &index{
		divisions: t.Divisions, byID: make(map[string]int32, len(t.Divisions)),
		byCode: map[districtCode]int32{}, officials: make(map[string]*Official, len(t.People)),
		at: map[string][]*Official{}, datasets: t.Datasets, judiciary: map[string]bool{},
	}
	for i, d := range t.Divisions {
		x.byID[d.ID] = int32(i)
		if d.CensusCode != "" {
			x.byCode[districtCode{d.State, d.Chamber, d.CensusCode}] = int32(i)
		}
	}
	x.seat(t, now)
	x.fillZips(t.Zips)
	for _, seated := range x.at {
		slices.SortFunc(seated, compareOfficials)
	}
	return x
}

// seat puts everyone in their seats, and a vacancy in every seat without anyone.
func (x *index) seat(t Tables, now time.Time) {
	people := gather(t)
	x.corrections = keep(t.Corrections, func(c Correction) bool { return c.applies(now) })
	correct(people, t.Corrections, now)
	seats := make(map[string]Seat, len(t.Seats))
	for _, s := range t.Seats {
		seats[s.ID] = s
	}
	taken := map[string]bool{}
	for _, tenure := range t.Tenures {
		seat, seatKnown := seats[tenure.SeatID]
		person := people[tenure.OfficialID]
		if !seatKnown || person == nil || (!tenure.Until.IsZero() && !now.Before(tenure.Until)) {
			continue
		}
		if person.gone {
			continue
		}
		taken[seat.ID] = true
		x.place(seat, *person, tenure.Ends)
	}
	for _, seat := range t.Seats {
		if !taken[seat.ID] {
			x.vacate(seat, x.dataset(seat.Dataset))
		}
	}
	x.vacateUnlisted(t)
	for _, m := range t.Members {
		if m.CommitteeID == "HSJU" || m.CommitteeID == "SSJU" {
			x.judiciary[m.OfficialID] = true
		}
	}
}

func (x *index) place(seat Seat, p person, ends time.Time) {
	o := p.Official
	o.Title, o.Level, o.Chamber, o.State, o.District = seat.Title, seat.Level, seat.Chamber, seat.State, seat.District
	o.SeatName, o.DivisionID, o.Nonvoting, o.TermEnds = seat.Name, seat.DivisionID, seat.Nonvoting, ends
	x.officials[o.ID] = &o
	x.at[seat.DivisionID] = append(x.at[seat.DivisionID], &o)
}

// vacate shows a seat as vacant.
func (x *index) vacate(seat Seat, d Dataset) {
	o := Official{
		ID: "vacant:" + seat.ID, Title: seat.Title, Level: seat.Level, Chamber: seat.Chamber, State: seat.State,
		District: seat.District, SeatName: seat.Name, DivisionID: seat.DivisionID, Nonvoting: seat.Nonvoting,
		Vacant: true, Source: d.Source, AsOf: d.AsOf,
	}
	x.officials[o.ID] = &o
	x.at[seat.DivisionID] = append(x.at[seat.DivisionID], &o)
}

// vacateUnlisted finds the districts that the Census draws and for which a
// legislature that is otherwise known lists nobody: those seats are vacant.
func (x *index) vacateUnlisted(t Tables) {
	type chamber struct {
		state   string
		chamber Chamber
	}
	known := map[chamber]bool{}
	for _, s := range t.Seats {
		if s.Level == State {
			known[chamber{s.State, s.Chamber}] = true
		}
	}
	d := x.dataset(DatasetOpenStates)
	for _, division := range t.Divisions {
		if division.Level != State || division.CensusCode == "" || len(x.at[division.ID]) > 0 ||
			!known[chamber{division.State, division.Chamber}] {
			continue
		}
		p := placeByCode[division.State]
		kind := "-sldu-"
		if division.Chamber == Lower {
			kind = "-sldl-"
		}
		x.vacate(Seat{
			ID:         "us-" + strings.ToLower(division.State) + kind + districtSlug(p, division.District),
			DivisionID: division.ID, Level: State, Chamber: division.Chamber, State: division.State,
			District: division.District, Title: stateTitle(p, division.Chamber), Name: division.Name,
		}, d)
	}
}

func (x *index) dataset(id string) Dataset {
	for _, d := range x.datasets {
		if d.ID == id {
			return d
		}
	}
	return Dataset{ID: id}
}

// fillZips lays the pairs into one flat list, in the order of ZIP codes.
func (x *index) fillZips(pairs []ZipDivision) {
	lists := make(map[int][]int32, 40000)
	for _, pair := range pairs {
		zip, err := strconv.Atoi(pair.Zip)
		division, known := x.byID[pair.DivisionID]
		if err != nil || !known || zip < 0 || zip >= zipCodes {
			continue
		}
		lists[zip] = append(lists[zip], division)
		state := x.divisions[division].State
		if prefix := zip / 100; !slices.Contains(x.prefixes[prefix], state) {
			x.prefixes[prefix] = append(x.prefixes[prefix], state)
		}
	}
	x.zipStart = make([]int32, zipCodes+1)
	x.zipList = make([]int32, 0, len(pairs))
	for zip := range zipCodes {
		x.zipStart[zip] = int32(len(x.zipList))
		list := lists[zip]
		slices.SortFunc(list, func(a, b int32) int { return compareDivisions(x.divisions[a], x.divisions[b]) })
		x.zipList = append(x.zipList, list...)
	}
	x.zipStart[zipCodes] = int32(len(x.zipList))
	for i := range x.prefixes {
		slices.Sort(x.prefixes[i])
	}
}

// zip lists the divisions that a ZIP code touches.
func (x *index) zip(zip int) []int32 { return x.zipList[x.zipStart[zip]:x.zipStart[zip+1]] }

// chamberOrder is the order in which people are shown.
var chamberOrder = map[Chamber]int{Senate: 0, House: 1, Upper: 2, Lower: 3}

func compareDivisions(a, b Division) int {
	return cmp.Or(
		cmp.Compare(chamberOrder[a.Chamber], chamberOrder[b.Chamber]), cmp.Compare(a.State, b.State),
		compareDistricts(a.District, b.District), cmp.Compare(a.ID, b.ID),
	)
}

func compareOfficials(a, b *Official) int {
	return cmp.Or(
		cmp.Compare(chamberOrder[a.Chamber], chamberOrder[b.Chamber]), compareDistricts(a.District, b.District),
		cmp.Compare(a.FamilyName, b.FamilyName), cmp.Compare(a.ID, b.ID),
	)
}

// compareDistricts puts 9 before 10 and 10A before 10B.
func compareDistricts(a, b string) int {
	return cmp.Or(cmp.Compare(leadingNumber(a), leadingNumber(b)), cmp.Compare(a, b))
}

func leadingNumber(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 1<<20 {
			break
		}
		n = n*10 + int(r-'0')
	}
	return n
}
