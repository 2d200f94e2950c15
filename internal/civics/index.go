package civics

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"redress/internal/civics/boundary"
)

// index answers every lookup of one period from memory: the time in which no
// district, member or correction begins or ends. It is built once and, but for
// answers kept for the next who asks, never changed, so any number of goroutines
// may read it.
type index struct {
	at       time.Time     // a moment of the period
	until    time.Time     // its end; never zero
	next     func() *index // the index of the period after it, built once
	congress int

	divisions []*Division
	byID      map[string]int32
	byCode    map[districtCode]int32
	officials map[string]*Official
	seated    [][]*Official // who represents each division, vacancies among them
	zipStart  []int32       // of each of the 100,000 ZIP codes, where its divisions begin
	zipList   []int32
	prefixes  [1000][]string // the states that a ZIP code's first three digits reach
	datasets  []Dataset
	used      map[string]Dataset // by kind, those of this period
	origins   map[origin]sourced // the sources of every kind of answer
	overlays  map[string][]int32 // New Hampshire's districts that lie over others, by county
	wards     []int32            // of the District of Columbia
	places    []zipPlace
	// spreadPlaces estimates the place of every ZIP code, once someone asks.
	spreadPlaces func() []mean

	corrections []Correction // that apply now

	// lapsed are divisions with a seat whose term ended with the Congress that the
	// list is of, while the next one's list isn't here: nobody knows who holds it.
	lapsed map[int32]bool

	districts *districtMap // nil: no map of this Congress's districts is here

	byZip []atomic.Pointer[Answer] // kept answers, one for each ZIP code
}

type districtCode struct {
	state   string
	chamber Chamber
	code    string
}

const zipCodes = 100000

// newIndex builds the index of the period that holds a moment. Rows that point
// nowhere are skipped: an import may have replaced one dataset and not yet the
// other. maps are the boundaries, by dataset.
func newIndex(t Tables, maps map[string]*boundary.Index, at time.Time) *index {
	x := &index{
		at: at, until: t.nextTurn(at), congress: CongressOn(at), datasets: t.Datasets,
		byID: make(map[string]int32, len(t.Divisions)), byCode: map[districtCode]int32{},
		officials: make(map[string]*Official, len(t.People)), lapsed: map[int32]bool{}, byZip: make([]atomic.Pointer[Answer], zipCodes),
	}
	x.next = sync.OnceValue(func() *index { return newIndex(t, maps, x.until) })
	x.used = t.editionsIn(x.congress)
	x.origins = originsOf(x.used)
	now := t.of(x.used)
	x.divide(now.Divisions)
	x.corrections = keep(t.Corrections, func(c Correction) bool { return between(at, c.From, c.Until) })
	x.seat(now)
	x.remember(t)
	for _, seated := range x.seated {
		slices.SortFunc(seated, compareOfficials)
	}
	x.fillZips(t)
	x.overlay()
	x.places, x.spreadPlaces = zipPlaces(now.Offices), sync.OnceValue(x.spread)
	if d, ok := x.used[DatasetBoundaries]; ok {
		x.districts = newDistrictMap(maps[d.ID], x)
	}
	return x
}

// divide numbers the divisions. The Census's description of a state's district
// wins over a legislature's.
func (x *index) divide(divisions []Division) {
	for i := range divisions {
		d := &divisions[i]
		n, known := x.byID[d.ID]
		switch {
		case !known:
			x.byID[d.ID] = int32(len(x.divisions))
			x.divisions = append(x.divisions, d)
		case x.divisions[n].CensusCode == "":
			x.divisions[n] = d
		}
	}
	x.seated = make([][]*Official, len(x.divisions))
	for i, d := range x.divisions {
		if d.CensusCode != "" {
			x.byCode[districtCode{d.State, d.Chamber, d.CensusCode}] = int32(i)
		}
	}
}

// seat puts everyone in their seats, and a vacancy in every seat without anyone.
func (x *index) seat(t Tables) {
	people := gather(t)
	correct(people, x.corrections)
	seats := make(map[string]Seat, len(t.Seats))
	for _, s := range t.Seats {
		seats[s.ID] = s
	}
	taken := map[string]bool{}
	for _, tenure := range t.Tenures {
		seat, seatKnown := seats[tenure.SeatID]
		person := people[tenure.OfficialID]
		if !seatKnown || person == nil || !between(x.at, tenure.From, tenure.Until) {
			continue
		}
		if x.outlasted(seat) && !tenure.Ends.IsZero() && !tenure.Ends.After(CongressBegins(x.congress)) {
			taken[seat.ID] = true
			x.lapse(seat, person)
			continue
		}
		if person.former != nil {
			x.keepFormer(seat, person.former, time.Time{})
		}
		if person.gone {
			continue
		}
		taken[seat.ID] = true
		x.place(seat, *person, tenure.Ends)
	}
	for _, seat := range t.Seats {
		switch {
		case taken[seat.ID]:
		case x.outlasted(seat) && seat.Chamber == House:
			x.lapse(seat, nil)
		default:
			x.vacate(seat, x.dataset(seat.Dataset))
		}
	}
	x.vacateUnlisted(t)
}

// outlasted reports whether a seat in Congress is known only from the list of a
// Congress that has ended.
func (x *index) outlasted(seat Seat) bool {
	return seat.Level == Federal && x.used[DatasetCongress].Congress < x.congress
}

// lapse leaves a seat out of every answer, and says so in those it belongs to: a
// list whose Congress has ended doesn't know who holds it now. Who last did (nil:
// nobody) keeps their page, with the day on which that term ended.
func (x *index) lapse(seat Seat, p *person) {
	if i, known := x.byID[seat.DivisionID]; known {
		x.lapsed[i] = true
	}
	if p == nil {
		return
	}
	o := p.Official
	o.sitsIn(seat)
	o.Serves.Until = CongressBegins(x.used[DatasetCongress].Congress + 1)
	x.officials[o.ID] = &o
}

// place puts a person in a seat.
func (x *index) place(seat Seat, p person, ends time.Time) {
	o := p.Official
	o.sitsIn(seat)
	o.TermEnds = ends
	x.officials[o.ID] = &o
	x.represent(seat.DivisionID, &o)
}

// sitsIn gives an official the description of a seat.
func (o *Official) sitsIn(seat Seat) {
	o.Title, o.Level, o.Chamber, o.State, o.District = seat.Title, seat.Level, seat.Chamber, seat.State, seat.District
	o.SeatName, o.DivisionID, o.Nonvoting = seat.Name, seat.DivisionID, seat.Nonvoting
}

// represent lists an official under a division. One that no dataset describes is
// left out of every answer, and the official keeps their page.
func (x *index) represent(division string, o *Official) {
	if i, known := x.byID[division]; known {
		x.seated[i] = append(x.seated[i], o)
	}
}

// keepFormer keeps the page of someone who held a seat, unless they hold one now.
func (x *index) keepFormer(seat Seat, o *Official, until time.Time) {
	if _, sits := x.officials[o.ID]; sits {
		return
	}
	former := *o
	former.sitsIn(seat)
	former.Serves = Serves{Until: until, Left: true}
	x.officials[former.ID] = &former
}

// vacate shows a seat as vacant.
func (x *index) vacate(seat Seat, d Dataset) {
	o := &Official{ID: "vacant:" + seat.ID, Vacant: true, Source: d.Source, AsOf: d.AsOf}
	o.sitsIn(seat)
	x.officials[o.ID] = o
	x.represent(seat.DivisionID, o)
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
	for i, division := range x.divisions {
		if division.Level != State || division.CensusCode == "" || len(x.seated[i]) > 0 ||
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
	kind, congress := editionOf(id)
	return Dataset{ID: id, Kind: kind, Congress: congress}
}

// fillZips lays the ZIP codes' divisions into one flat list, in the order of
// ZIP codes. Without a table for this Congress an older one still tells the
// states with one district, whose only line is the state's.
func (x *index) fillZips(t Tables) {
	congressional, current := x.used[DatasetZipCongress]
	if !current {
		congressional = t.newest(DatasetZipCongress, x.congress)
	}
	count := make([]int32, zipCodes+1)
	type part struct {
		division int32
		zips     []int32
	}
	var parts []part
	for _, z := range t.Zips {
		n, known := x.byID[z.DivisionID]
		if !known || (z.Dataset != DatasetZipState && z.Dataset != congressional.ID) {
			continue
		}
		p := placeByCode[x.divisions[n].State]
		for _, zip := range z.Zips {
			if zip < 0 || zip >= zipCodes {
				continue
			}
			if states := &x.prefixes[zip/100]; !slices.Contains(*states, p.code) {
				*states = append(*states, p.code)
			}
		}
		if z.Dataset != DatasetZipState && !current && !p.atLarge() {
			continue
		}
		parts = append(parts, part{n, z.Zips})
	}
	// Divisions in the order in which they are shown, so that each ZIP code's are.
	slices.SortFunc(parts, func(a, b part) int { return compareDivisions(x.divisions[a.division], x.divisions[b.division]) })
	for _, p := range parts {
		for _, zip := range p.zips {
			if zip >= 0 && zip < zipCodes {
				count[zip+1]++
			}
		}
	}
	for zip := range zipCodes {
		count[zip+1] += count[zip]
	}
	x.zipStart = slices.Clone(count)
	x.zipList = make([]int32, count[zipCodes])
	for _, p := range parts {
		for _, zip := range p.zips {
			if zip >= 0 && zip < zipCodes {
				x.zipList[count[zip]] = p.division
				count[zip]++
			}
		}
	}
	for i := range x.prefixes {
		slices.Sort(x.prefixes[i])
	}
}

// zip lists the divisions that a ZIP code touches.
func (x *index) zip(zip int) []int32 { return x.zipList[x.zipStart[zip]:x.zipStart[zip+1]] }

// chamberOrder is the order in which people are shown.
var chamberOrder = map[Chamber]int{Senate: 0, House: 1, Upper: 2, Lower: 3}

func compareDivisions(a, b *Division) int {
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

// compareDistricts orders districts by their number, in front (9, 10A, 10B, "8th
// Suffolk") or behind a name ("Merrimack 4" before "Merrimack 15").
func compareDistricts(a, b string) int {
	nameA, numberA := splitNumber(a)
	nameB, numberB := splitNumber(b)
	return cmp.Or(cmp.Compare(leadingNumber(a), leadingNumber(b)), cmp.Compare(nameA, nameB), cmp.Compare(numberA, numberB), cmp.Compare(a, b))
}

// splitNumber cuts the number off the end of a district's name.
func splitNumber(s string) (name string, number int) {
	name = strings.TrimRight(s, "0123456789")
	return name, leadingNumber(s[len(name):])
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
