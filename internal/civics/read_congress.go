package civics

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxFile bounds one published file; the largest is under 2 MB.
const maxFile = 64 << 20

// CongressFiles are the published files of congress-legislators. Legislators is
// needed; the others may be nil.
type CongressFiles struct {
	Legislators, Offices, Committees, Membership, Social io.Reader
}

type legislator struct {
	ID struct {
		Bioguide string `json:"bioguide"`
	} `json:"id"`
	Name struct {
		First        string `json:"first"`
		Nickname     string `json:"nickname"`
		Last         string `json:"last"`
		Suffix       string `json:"suffix"`
		OfficialFull string `json:"official_full"`
	} `json:"name"`
	Terms []legislatorTerm `json:"terms"`
}

type legislatorTerm struct {
	Type        string `json:"type"`
	Start       string `json:"start"`
	End         string `json:"end"`
	State       string `json:"state"`
	District    *int   `json:"district"`
	Class       int    `json:"class"`
	Party       string `json:"party"`
	URL         string `json:"url"`
	Address     string `json:"address"`
	Office      string `json:"office"`
	Phone       string `json:"phone"`
	Fax         string `json:"fax"`
	ContactForm string `json:"contact_form"`
}

// ReadCongress reads the members of Congress as congress-legislators publishes
// them, for the one Congress that the list is of: most of its House terms begin
// in it. The last term of each that begins before the next Congress counts; an
// end in the past does not empty the seat. Every seat of the apportionment is
// staged, so one without a tenure is vacant. An entry that makes no sense is left
// out with a warning; a file that is not JSON of the expected shape is an error.
func ReadCongress(files CongressFiles, asOf time.Time) (Tables, error) {
	var people []legislator
	if err := decodeJSON(files.Legislators, &people); err != nil {
		return Tables{}, fmt.Errorf("legislators: %w", err)
	}
	congress := congressOf(people)
	if congress == 0 {
		congress = CongressOn(begins(asOf)) // nobody of the House to tell by
	}
	s := congressStage{
		Tables: congressSeats(congress), congress: congress, dataset: edition(DatasetCongress, congress), asOf: asOf,
		sitting: make(map[string]int, len(people)), seen: make(map[string]bool, len(people)),
	}
	for _, p := range people {
		s.addMember(p)
	}
	t := &s.Tables
	t.Datasets = []Dataset{describe(DatasetCongress, congress, asOf, 0)}
	if len(t.People) == 0 {
		return Tables{}, errors.New("legislators: nobody in the file holds a seat")
	}
	if err := s.addDistrictOffices(files.Offices); err != nil {
		return Tables{}, fmt.Errorf("district offices: %w", err)
	}
	if err := s.addCommittees(files.Committees, files.Membership); err != nil {
		return Tables{}, fmt.Errorf("committees: %w", err)
	}
	if err := t.checkSocial(files.Social); err != nil {
		return Tables{}, fmt.Errorf("social media: %w", err)
	}
	t.Datasets[0].Rows = len(t.People)
	t.sort()
	return *t, nil
}

// congressStage is a list of members on its way into the tables.
type congressStage struct {
	Tables
	congress int
	dataset  string
	asOf     time.Time
	sitting  map[string]int // a seat's tenure, so that a later arrival replaces who left
	seen     map[string]bool
}

// congressOf is the Congress that a list is of: the one in which most of its
// members of the House began their last term; of a list without any, the newest
// in which a senator did. 0: nobody's last term says.
func congressOf(people []legislator) int {
	count := map[int]int{}
	newest := 0
	for _, l := range people {
		if len(l.Terms) == 0 {
			continue
		}
		last := l.Terms[len(l.Terms)-1]
		start, err := time.Parse(time.DateOnly, last.Start)
		if err != nil || start.Year() <= firstCongress || start.Year() > 2200 {
			continue
		}
		congress := CongressOn(begins(start))
		if newest = max(newest, congress); last.Type == "rep" {
			count[congress]++
		}
	}
	best := 0
	for congress, n := range count {
		if n > count[best] || (n == count[best] && congress > best) {
			best = congress
		}
	}
	if best == 0 {
		return newest
	}
	return best
}

// congressSeats lists every seat of a Congress, two senators a state and the
// House by apportionment.
func congressSeats(congress int) Tables {
	var t Tables
	dataset := edition(DatasetCongress, congress)
	for _, p := range places {
		if p.voting() {
			t.Divisions = append(t.Divisions, wholeDivision(p, congress))
		}
		for n := 1; n <= p.seats; n++ {
			district := strconv.Itoa(n)
			if p.atLarge() {
				district = "0"
			}
			d := congressionalDivision(p, district, congress)
			t.Divisions = append(t.Divisions, d)
			t.Seats = append(t.Seats, Seat{
				ID: houseSeatID(p, district), DivisionID: d.ID, Level: Federal, Chamber: House, State: p.code,
				District: district, Title: federalTitle(p, House), Name: d.Name, Nonvoting: !p.voting(),
				Dataset: dataset,
			})
		}
	}
	return t
}

func houseSeatID(p place, district string) string {
	return "us-" + strings.ToLower(p.code) + "-cd-" + district
}

func senateSeatID(p place, class int) string {
	return "us-" + strings.ToLower(p.code) + "-sen-" + strconv.Itoa(class)
}

var bioguideID = regexp.MustCompile(`^[A-Z][0-9]{6}$`)

// addMember stages one person with the seat of the term that counts.
func (t *congressStage) addMember(l legislator) {
	if !bioguideID.MatchString(l.ID.Bioguide) || len(l.Terms) == 0 {
		t.warn("a legislator without a valid bioguide id or without terms is left out")
		return
	}
	id := "bioguide:" + l.ID.Bioguide
	term, ok := t.termOf(l)
	if !ok {
		t.warn("%s: no term begins before the Congress after the %s; left out", id, ordinal(t.congress))
		return
	}
	p, known := placeByCode[term.State]
	from, fromErr := time.Parse(time.DateOnly, term.Start)
	ends, endErr := time.Parse(time.DateOnly, term.End)
	if !known || fromErr != nil || endErr != nil {
		t.warn("%s: the last term has no valid state, start or end; left out", id)
		return
	}
	if term.Type == "rep" && from.Before(CongressBegins(t.congress)) {
		t.warn("%s: the last term in the House began before the %s Congress; left out", id, ordinal(t.congress))
		return
	}
	if t.seen[id] {
		t.warn("%s: appears twice; the second entry is left out", id)
		return
	}
	seatID, ok := t.seatFor(id, p, term.Type, term.District, term.Class)
	if !ok || !t.take(seatID, id, from, ends) {
		return
	}
	t.seen[id] = true
	party, code := partyOf(term.Party)
	website := t.webAddress(id, term.URL)
	t.People = append(t.People, Person{
		ID: id, Name: l.fullName(), GivenName: tidy(l.Name.First), FamilyName: tidy(l.Name.Last),
		Party: party, PartyCode: code, Website: website, Dataset: t.dataset, AsOf: t.asOf,
	})
	if capitol := capitolOffice(term.Address, term.Office, term.Phone, term.Fax); capitol != (Office{}) {
		t.Offices = append(t.Offices, OfficeRow{OfficialID: id, Office: capitol, Dataset: t.dataset})
	}
	t.contact(id, ChannelPhone, phone(term.Phone), t.dataset)
	if term.ContactForm != "" {
		if form := t.governmentForm(id, term.ContactForm); form != "" {
			t.Forms = append(t.Forms, ContactForm{OfficialID: id, URL: form, Dataset: t.dataset})
		}
	}
}

// termOf is the last term that begins before the next Congress. A start that is
// no date is left to the caller.
func (t *congressStage) termOf(l legislator) (legislatorTerm, bool) {
	for i := len(l.Terms) - 1; i >= 0; i-- {
		start, err := time.Parse(time.DateOnly, l.Terms[i].Start)
		if err != nil || start.Before(CongressBegins(t.congress+1)) {
			return l.Terms[i], true
		}
	}
	return legislatorTerm{}, false
}

// take puts someone in a seat. Of two in one seat the later start counts.
func (t *congressStage) take(seatID, id string, from, ends time.Time) bool {
	tenure := Tenure{SeatID: seatID, OfficialID: id, From: from, Ends: ends, Dataset: t.dataset}
	i, taken := t.sitting[seatID]
	if !taken {
		t.sitting[seatID] = len(t.Tenures)
		t.Tenures = append(t.Tenures, tenure)
		return true
	}
	other := t.Tenures[i]
	t.warn("%s and %s hold the same seat %s; the later start counts", other.OfficialID, id, seatID)
	if !from.After(other.From) {
		return false
	}
	t.dropPerson(other.OfficialID)
	delete(t.seen, other.OfficialID)
	t.Tenures[i] = tenure
	return true
}

// seatFor finds or makes the seat of a term.
func (t *congressStage) seatFor(id string, p place, kind string, district *int, class int) (string, bool) {
	switch {
	case kind == "sen" && p.voting() && class >= 1 && class <= 3:
		seatID := senateSeatID(p, class)
		if !slices.ContainsFunc(t.Seats, func(s Seat) bool { return s.ID == seatID }) {
			t.Seats = append(t.Seats, Seat{
				ID: seatID, DivisionID: wholeID(p), Level: Federal, Chamber: Senate, State: p.code,
				Title: federalTitle(p, Senate), Name: p.name, Dataset: t.dataset,
			})
		}
		return seatID, true
	case kind == "rep" && district != nil && *district >= 0 && *district <= p.seats:
		if p.atLarge() != (*district == 0) {
			break
		}
		return houseSeatID(p, strconv.Itoa(*district)), true
	}
	t.warn("%s: the last term names no seat that exists; left out", id)
	return "", false
}

// dropPerson takes back everything staged for someone.
func (t *Tables) dropPerson(id string) {
	t.People = keep(t.People, func(r Person) bool { return r.ID != id })
	t.Offices = keep(t.Offices, func(r OfficeRow) bool { return r.OfficialID != id })
	t.Contacts = keep(t.Contacts, func(r Contact) bool { return r.OfficialID != id })
	t.Forms = keep(t.Forms, func(r ContactForm) bool { return r.OfficialID != id })
}

// fullName is the name as the member writes it; two lack it, and get first and
// last name.
func (l legislator) fullName() string {
	if full := tidy(l.Name.OfficialFull); full != "" {
		return full
	}
	first := l.Name.First
	if l.Name.Nickname != "" {
		first = l.Name.Nickname
	}
	return tidy(first + " " + l.Name.Last + " " + l.Name.Suffix)
}

var capitolAddress = regexp.MustCompile(`^(.+?),? Washington,? DC (\d{5})(?:-(\d{4}))?$`)

func capitolOffice(address, office, voice, fax string) Office {
	o := Office{Kind: OfficeCapitol, Street: tidy(office), City: "Washington", State: "DC", Phone: phone(voice), Fax: phone(fax)}
	if m := capitolAddress.FindStringSubmatch(titleCaseWashington(tidy(address))); m != nil {
		o.Street, o.Zip = m[1], m[2]
		if m[3] != "" {
			o.Zip += "-" + m[3]
		}
	}
	if o.Street == "" && o.Phone == "" {
		return Office{}
	}
	if o.Street == "" {
		o.City, o.State = "", ""
	}
	return o
}

// titleCaseWashington meets older entries that are all capitals.
func titleCaseWashington(address string) string {
	return strings.Replace(address, " WASHINGTON DC ", " Washington DC ", 1)
}

func (t *congressStage) addDistrictOffices(r io.Reader) error {
	if r == nil {
		return nil
	}
	var entries []struct {
		ID struct {
			Bioguide string `json:"bioguide"`
		} `json:"id"`
		Offices []struct {
			Address   loose   `json:"address"`
			Suite     loose   `json:"suite"`
			Building  loose   `json:"building"`
			City      loose   `json:"city"`
			State     loose   `json:"state"`
			Zip       loose   `json:"zip"`
			Phone     loose   `json:"phone"`
			Fax       loose   `json:"fax"`
			Latitude  float64 `json:"latitude"`
			Longitude float64 `json:"longitude"`
		} `json:"offices"`
	}
	if err := decodeJSON(r, &entries); err != nil {
		return err
	}
	members := t.ids()
	position := map[string]int{}
	for _, e := range entries {
		id := "bioguide:" + e.ID.Bioguide
		if !members[id] {
			t.warn("district offices of %q, who holds no seat, are left out", e.ID.Bioguide)
			continue
		}
		for _, o := range e.Offices {
			if o.City == "" || (o.Address == "" && o.Phone == "") {
				t.warn("%s: a district office without city, or without address and phone, is left out", id)
				continue
			}
			position[id]++
			t.Offices = append(t.Offices, OfficeRow{
				OfficialID: id, Position: position[id], Dataset: t.dataset,
				Office: Office{
					Kind: OfficeDistrict, Name: o.Building.tidy(), Street: joinNonEmpty(", ", o.Address.tidy(), o.Suite.tidy()),
					City: o.City.tidy(), State: o.State.tidy(), Zip: o.Zip.tidy(), Phone: phone(string(o.Phone)), Fax: phone(string(o.Fax)),
					Lat: o.Latitude, Lon: o.Longitude,
				},
			})
		}
	}
	return nil
}

func (t *congressStage) addCommittees(committees, membership io.Reader) error {
	if committees == nil || membership == nil {
		return nil
	}
	var list []struct {
		Type     string `json:"type"`
		Name     string `json:"name"`
		ThomasID string `json:"thomas_id"`
	}
	if err := decodeJSON(committees, &list); err != nil {
		return err
	}
	known := map[string]bool{}
	for _, c := range list {
		if c.ThomasID == "" || c.Name == "" || known[c.ThomasID] {
			t.warn("a committee without id or name, or listed twice, is left out")
			continue
		}
		known[c.ThomasID] = true
		t.Committees = append(t.Committees, CommitteeRow{ID: c.ThomasID, Name: tidy(c.Name), Chamber: c.Type, Dataset: t.dataset})
	}
	var seats map[string][]struct {
		Bioguide string `json:"bioguide"`
		Title    string `json:"title"`
		Rank     int    `json:"rank"`
	}
	if err := decodeJSON(membership, &seats); err != nil {
		return fmt.Errorf("membership: %w", err)
	}
	members := t.ids()
	for _, id := range slices.Sorted(maps.Keys(seats)) {
		if !known[id] { // a subcommittee
			continue
		}
		seen := map[string]bool{}
		for _, m := range seats[id] {
			official := "bioguide:" + m.Bioguide
			if !members[official] || seen[official] {
				t.warn("%s lists %q, who holds no seat or is listed twice", id, m.Bioguide)
				continue
			}
			seen[official] = true
			t.Members = append(t.Members, CommitteeMember{
				CommitteeID: id, OfficialID: official, Title: tidy(m.Title), Rank: clampInt32(m.Rank), Dataset: t.dataset,
			})
		}
	}
	return nil
}

// checkSocial reads the accounts. They are no way to write to an office, so
// nothing of them is kept; a file of another shape is still an error.
func (t *Tables) checkSocial(r io.Reader) error {
	if r == nil {
		return nil
	}
	var entries []struct {
		ID struct {
			Bioguide string `json:"bioguide"`
		} `json:"id"`
	}
	if err := decodeJSON(r, &entries); err != nil {
		return err
	}
	members := t.ids()
	for _, e := range entries {
		if !members["bioguide:"+e.ID.Bioguide] {
			t.warn("accounts of %q, who holds no seat", e.ID.Bioguide)
		}
	}
	return nil
}

func (t *Tables) ids() map[string]bool {
	ids := make(map[string]bool, len(t.People))
	for _, p := range t.People {
		ids[p.ID] = true
	}
	return ids
}

// contact stages a way to reach someone; an empty value is none.
func (t *Tables) contact(id, kind, value, dataset string) {
	if value == "" {
		return
	}
	t.Contacts = append(t.Contacts, Contact{OfficialID: id, Position: len(t.Contacts), Kind: kind, Value: value, Dataset: dataset})
}

// loose is a text that a published file may write as a number: one suite is.
type loose string

func (l loose) tidy() string { return tidy(string(l)) }

// UnmarshalJSON takes a string, a number or null.
func (l *loose) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		*l = loose(s)
		return err
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return err
	}
	*l = loose(n)
	return nil
}

// decodeJSON reads one JSON value and nothing after it.
func decodeJSON(r io.Reader, into any) error {
	if r == nil {
		return errors.New("the file is missing")
	}
	limited := &io.LimitedReader{R: r, N: maxFile}
	d := json.NewDecoder(limited)
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	if limited.N <= 0 {
		return errors.New("the file is too large")
	}
	return nil
}

func clampInt32(n int) int { return max(0, min(n, 1<<30)) }
