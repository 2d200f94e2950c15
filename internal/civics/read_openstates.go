package civics

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ReadOpenStates reads one state's current legislators as Open States publishes
// them. Only capitol addresses and phones are taken: the district columns are
// never read, an address counts as the capitol's only in the state's capital,
// and a number that stands alone among the legislature's is left out, since it
// is likely someone's own. An e-mail address that two people share is given to
// neither, since a letter would reach the wrong one.
func ReadOpenStates(state string, r io.Reader, asOf time.Time) (Tables, error) {
	p, ok := placeByCode[strings.ToUpper(state)]
	if !ok || p.capital == "" {
		return Tables{}, fmt.Errorf("%q is no state with a legislature", state)
	}
	rows, err := readCSV(r, "id", "name", "current_district", "current_chamber")
	if err != nil {
		return Tables{}, err
	}
	t := Tables{Datasets: []Dataset{describe(DatasetOpenStates, 0, asOf, 0)}}
	if rows.short > 0 {
		t.warn("%s: %d rows have another number of columns than the first and are left out", p.code, rows.short)
	}
	shared := sharedEmails(rows)
	exchanges := exchangesOf(rows)
	seats := map[string]bool{}
	seen := map[string]bool{}
	for _, row := range rows.records {
		t.addLegislator(p, row, asOf, legislatorContext{shared, exchanges, seats, seen})
	}
	if len(t.People) == 0 {
		return Tables{}, fmt.Errorf("%s: nobody in the file can be placed in a seat", p.code)
	}
	t.Datasets[0].Rows = len(t.People)
	t.sort()
	return t, nil
}

// legislatorContext is what one row needs to know of the others.
type legislatorContext struct {
	shared    map[string]int
	exchanges map[string]int
	seats     map[string]bool
	seen      map[string]bool
}

var ocdPerson = regexp.MustCompile(`^ocd-person/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)

func (t *Tables) addLegislator(p place, row record, asOf time.Time, c legislatorContext) {
	m := ocdPerson.FindStringSubmatch(row.get("id"))
	name := tidy(row.get("name"))
	if m == nil || name == "" {
		t.warn("%s: a row without a valid id or name is left out", p.code)
		return
	}
	id := "openstates:" + m[1]
	if c.seen[id] {
		t.warn("%s: appears twice; the second row is left out", id)
		return
	}
	c.seen[id] = true
	seat, division, ok := stateSeat(p, tidy(row.get("current_chamber")), tidy(row.get("current_district")))
	if !ok {
		t.warn("%s: %s has no seat %q; left out", id, p.code, tidy(row.get("current_chamber"))+" "+tidy(row.get("current_district")))
		return
	}
	if !c.seats[seat.ID] {
		c.seats[seat.ID] = true
		t.Seats = append(t.Seats, seat)
		if division.ID != wholeID(p) {
			t.Divisions = append(t.Divisions, division)
		}
	}
	party, code := partyOf(row.get("current_party"))
	t.People = append(t.People, Person{
		ID: id, Name: name, GivenName: tidy(row.get("given_name")), FamilyName: tidy(row.get("family_name")),
		Party: party, PartyCode: code, Website: officialPage(row.get("links")), Dataset: DatasetOpenStates, AsOf: asOf,
	})
	t.Tenures = append(t.Tenures, Tenure{SeatID: seat.ID, OfficialID: id, Dataset: DatasetOpenStates})
	t.addCapitol(p, id, row, c)
}

// addCapitol stages the office at the capitol and the ways to reach it.
func (t *Tables) addCapitol(p place, id string, row record, c legislatorContext) {
	if raw := strings.TrimSpace(row.get("email")); raw != "" {
		email, ok := emailAddress(raw)
		switch {
		case !ok:
			t.warn("%s: an e-mail address that is none is left out", id)
		case c.shared[strings.ToLower(email)] > 1:
			t.warn("%s: an e-mail address that several people share is left out", id)
		default:
			t.contact(id, ChannelEmail, email, DatasetOpenStates)
		}
	}
	o := Office{Kind: OfficeCapitol, Phone: c.capitolNumber(row.get("capitol_voice")), Fax: c.capitolNumber(row.get("capitol_fax"))}
	if o.Phone == "" && row.get("capitol_voice") != "" {
		t.warn("%s: a phone that is not among the legislature's numbers is left out", id)
	}
	if raw := tidy(row.get("capitol_address")); raw != "" {
		street, zip, ok := inCapital(p, raw)
		if ok {
			o.Street, o.City, o.State, o.Zip = street, p.capital, p.code, zip
		} else {
			t.warn("%s: an address outside the capital is left out", id)
		}
	}
	if o.Street != "" || o.Phone != "" {
		t.Offices = append(t.Offices, OfficeRow{OfficialID: id, Office: o, Dataset: DatasetOpenStates})
	}
	t.contact(id, ChannelPhone, o.Phone, DatasetOpenStates)
}

var capitalEnding = regexp.MustCompile(`^(.*),\s*([^,]+), ([A-Z]{2}) (\d{5})(?:-\d{4})?$`)

// inCapital splits an address when it stands in the state's capital.
func inCapital(p place, address string) (street, zip string, ok bool) {
	m := capitalEnding.FindStringSubmatch(address)
	if m == nil || m[3] != p.code || !strings.EqualFold(m[2], p.capital) {
		return "", "", false
	}
	street = strings.TrimSpace(strings.ReplaceAll(m[1], " ,", ","))
	return street, m[4], street != ""
}

// stateSeat places a chamber and district as Open States names them.
func stateSeat(p place, chamber, district string) (Seat, Division, bool) {
	var c Chamber
	switch {
	case chamber == "upper", chamber == "legislature":
		c = Upper
	case chamber == "lower" && p.lower != "":
		c = Lower
	default:
		return Seat{}, Division{}, false
	}
	if district == "" || len(district) > 80 || districtSlug(p, district) == "" {
		return Seat{}, Division{}, false
	}
	seat := Seat{Level: State, Chamber: c, State: p.code, District: district, Title: stateTitle(p, c), Dataset: DatasetOpenStates}
	prefix := "us-" + strings.ToLower(p.code) + map[Chamber]string{Upper: "-sldu-", Lower: "-sldl-"}[c]
	if wholePlace(p, district) {
		seat.ID, seat.DivisionID, seat.District = prefix+districtSlug(p, district), wholeID(p), ""
		seat.Name = chamberName(p, c) + ", at large"
		if district == "Chairman" {
			seat.Title, seat.Name = "Council Chairman", chamberName(p, c)
		}
		return seat, Division{ID: wholeID(p)}, true
	}
	of := electoralDistrict(p, c, district)
	d := legislativeDivision(p, c, of, "", DatasetOpenStates)
	seat.ID, seat.DivisionID, seat.Name = prefix+districtSlug(p, district), d.ID, d.Name
	if of != district {
		seat.Name += ", seat " + strings.TrimPrefix(district, of)
	}
	return seat, d, true
}

// wholePlace reports whether a post is elected by the whole place: some of the
// District's council, some of Puerto Rico's legislators.
func wholePlace(p place, district string) bool {
	return (p.code == "DC" || p.code == "PR") && (district == "At-Large" || district == "Chairman")
}

var idahoSeat = regexp.MustCompile(`^([0-9]+)[AB]$`)

// electoralDistrict is the district whose voters fill a seat: Idaho's districts
// elect two members each, in the seats A and B.
func electoralDistrict(p place, c Chamber, district string) string {
	if p.code == "ID" && c == Lower {
		if m := idahoSeat.FindStringSubmatch(district); m != nil {
			return m[1]
		}
	}
	return district
}

// sharedEmails counts how many rows give each address.
func sharedEmails(rows table2D) map[string]int {
	count := map[string]int{}
	for _, row := range rows.records {
		if email := strings.ToLower(strings.TrimSpace(row.get("email"))); email != "" {
			count[email]++
		}
	}
	return count
}

// loneNumber is below how many holders a telephone exchange counts as private,
// in a file with at least enoughNumbers of them.
const (
	loneNumber    = 3
	enoughNumbers = 40
)

// exchangesOf counts the rows per telephone exchange, or nil when the file is
// too small to tell.
func exchangesOf(rows table2D) map[string]int {
	count := map[string]int{}
	total := 0
	for _, row := range rows.records {
		if number := phone(row.get("capitol_voice")); number != "" {
			count[number[:7]]++
			total++
		}
	}
	if total < enoughNumbers {
		return nil
	}
	return count
}

// capitolNumber takes a number of the legislature's and no other.
func (c legislatorContext) capitolNumber(raw string) string {
	number := phone(raw)
	if number == "" || c.exchanges == nil || tollFree(number) || c.exchanges[number[:7]] >= loneNumber {
		return number
	}
	return ""
}

var (
	officialHost = regexp.MustCompile(`(^|\.)([a-z0-9-]*(legis|legislature|house|senate|assembly|capitol|council|camara|senado)[a-z0-9-]*)\.|\.gov$|\.us$`)
	notAPage     = regexp.MustCompile(`(?i)\.(pdf|txt|xml|jpe?g|png|csv|json)$`)
)

// officialPage picks the legislature's own page from a list of links. Links are
// listed by name, so the last one is of the newest session.
func officialPage(links string) string {
	best, bestRank := "", 0
	for link := range strings.SplitSeq(links, ";") {
		link = strings.TrimSpace(link)
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || len(link) > maxText || notAPage.MatchString(u.Path) {
			continue
		}
		rank := 0
		switch host := strings.ToLower(u.Hostname()); {
		case strings.HasSuffix(host, ".gov"):
			rank = 2
		case officialHost.MatchString(host):
			rank = 1
		}
		if rank >= bestRank && rank > 0 {
			best, bestRank = u.String(), rank
		}
	}
	return best
}

// table2D is a CSV file by the names of its columns.
type table2D struct {
	header  []string
	records []record
	short   int // rows with another number of columns
}

type record struct {
	columns map[string]int
	values  []string
}

func (r record) get(column string) string {
	i, ok := r.columns[column]
	if !ok {
		return ""
	}
	return r.values[i]
}

// readCSV reads a CSV file with a header that has at least the named columns.
func readCSV(r io.Reader, needed ...string) (table2D, error) { return readTable(r, ',', needed...) }

// readTable reads a table with another character between its columns.
func readTable(r io.Reader, comma rune, needed ...string) (table2D, error) {
	if r == nil {
		return table2D{}, errors.New("the file is missing")
	}
	limited := &io.LimitedReader{R: r, N: maxFile}
	reader := csv.NewReader(limited)
	reader.Comma = comma
	reader.FieldsPerRecord = -1
	header, err := reader.Read()
	if err != nil {
		return table2D{}, errors.New("the file has no header")
	}
	header = slices.Clone(header)
	columns := map[string]int{}
	for i, name := range header {
		header[i] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "\ufeff"))
		columns[header[i]] = i
	}
	for _, name := range needed {
		if _, ok := columns[name]; !ok {
			return table2D{}, fmt.Errorf("the column %q is missing", name)
		}
	}
	t := table2D{header: header}
	for {
		values, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				return table2D{}, fmt.Errorf("line %d: %w", bad.Line, bad.Err)
			}
			return table2D{}, err
		}
		if len(values) != len(header) {
			t.short++
			continue
		}
		t.records = append(t.records, record{columns, slices.Clip(values)})
	}
	if limited.N <= 0 {
		return table2D{}, errors.New("the file is too large")
	}
	return t, nil
}
