package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
)

// officialsSite is the site with the sample content, real facts, and a clock for
// both.
func officialsSite(t *testing.T, now time.Time, atlas *civics.Atlas) readingSite {
	t.Helper()
	s := newReadingSite(t, func() time.Time { return now })
	if atlas != nil {
		s.Atlas = atlas
	}
	return s
}

func lacks(t *testing.T, what, body string, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if strings.Contains(body, piece) {
			t.Errorf("%s has %q", what, piece)
		}
	}
}

// inOrder checks that pieces stand on a page one after the other.
func inOrder(t *testing.T, what, body string, pieces ...string) {
	t.Helper()
	at := 0
	for _, piece := range pieces {
		n := strings.Index(body[at:], piece)
		if n < 0 {
			t.Errorf("%s: no %q where it should stand", what, piece)
			return
		}
		at += n + len(piece)
	}
}

const (
	bennet  = "/officials/bioguide:B001267"
	degette = "/officials/bioguide:D000197"
	graham  = "/officials/bioguide:G000359"
	durbin  = "/officials/bioguide:D000563"
)

func TestTheOfficeNearestToAZIPCodeComesFirst(t *testing.T) {
	t.Parallel()
	s := officialsSite(t, civicstest.Day, nil)
	for zip, city := range map[string]string{
		"80903": "Colorado Springs", "81003": "Pueblo", "80302": "Denver", "81301": "Durango", "81501": "Grand Junction", "80524": "Fort Collins",
	} {
		body := s.page(t, bennet+"?zip="+zip)
		holds(t, zip, body, "nearest to "+zip, `value="`+zip+`"`, `name="robots" content="noindex`)
		inOrder(t, zip, body, "Offices in Colorado", "<h3>In "+city+"</h3>", "Office in Washington", "DC 20510")
		if strings.Index(body, "<h3>") != strings.Index(body, "<h3>In "+city) {
			t.Errorf("%s: another office than %s is first", zip, city)
		}
	}
	found := s.page(t, "/representatives?zip=80903")
	holds(t, "who was found by ZIP code", found, `<a href="/officials/bioguide:B001267?zip=80903">Michael F. Bennet</a>`)
	byAddress := post(s.testSite, "/representatives", url.Values{"address": {civicstest.Denver}}).Body.String()
	holds(t, "who was found by address", byAddress, `<a href="/officials/bioguide:B001267">Michael F. Bennet</a>`)
	lacks(t, "who was found by address", byAddress, "?zip=80203")

	plain := s.page(t, bennet)
	holds(t, "the page without a ZIP code", plain, `name="zip"`, "Put the nearest office first", `href="tel:+1-303-455-7600"`, "Fax ")
	lacks(t, "the page without a ZIP code", plain, "nearest to", "noindex")
}

func TestAWrongZIPCodeComesBackAsTyped(t *testing.T) {
	t.Parallel()
	s := officialsSite(t, civicstest.Day, nil)
	for typed, says := range map[string]string{"8020": "five digits", "Denver": "five digits", "<script>": "&lt;script&gt;"} {
		answer := s.get(bennet + "?zip=" + url.QueryEscape(typed))
		body := bodyOf(t, answer)
		if answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(answer.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%q: %d, %s", typed, answer.StatusCode, answer.Header.Get("Cache-Control"))
		}
		holds(t, typed, body, says, `href="#field-zip"`, "Michael F. Bennet", `aria-invalid="true"`)
		lacks(t, typed, body, "<script>")
	}
	// Digits that nobody can place leave the offices as they are.
	holds(t, "00000", s.page(t, bennet+"?zip=00000"), "can’t tell where 00000 lies")
	// Where there is nothing to sort, nothing is asked.
	holds(t, "a vacant seat", s.page(t, "/officials/vacant:us-ca-cd-14?zip=x"), "This seat is vacant")
}

func TestWhoSitsOnTheCommitteeIsMarked(t *testing.T) {
	t.Parallel()
	house, senate := "Sits on the House Committee on the Judiciary, which has H.R. 3602", "Sits on the Senate Committee on the Judiciary, which has S. 1913"
	s := officialsSite(t, civicstest.Day, nil)
	holds(t, "a senator on the committee", s.page(t, durbin), senate, `href="/issues/qualified-immunity"`, `href="/issues/qualified-immunity/letter"`, "Ending Qualified Immunity Act", "write here first")
	lacks(t, "a senator on the committee", s.page(t, durbin), house)
	holds(t, "with a ZIP code", s.page(t, durbin+"?zip=60604"), `href="/issues/qualified-immunity/letter?zip=60604"`)
	holds(t, "a member on the committee", s.page(t, "/officials/bioguide:J000289"), house)
	lacks(t, "one who isn't", s.page(t, degette), "Sits on the")
	lacks(t, "one who isn't", s.page(t, bennet), "Sits on the")

	dead := officialsSite(t, time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC), nil)
	lacks(t, "when the bill has died", dead.page(t, durbin), "Sits on the Senate")
	if err := s.db.Gorm.Exec("UPDATE bill SET status = 'Became Public Law No: 119-999'").Error; err != nil {
		t.Fatal(err)
	}
	s.Changed("content")
	lacks(t, "when the bill is law", s.page(t, durbin), "Sits on the Senate")
}

// withNext are the shipped facts with a list of members of the next Congress,
// which some are not on.
func withNext(t *testing.T, gone ...string) civics.Tables {
	t.Helper()
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	const now, next = "congress-119", "congress-120"
	for _, d := range tables.Datasets {
		if d.ID == now {
			d.ID, d.Congress, d.Name, d.AsOf = next, 120, "Members of Congress, 120th Congress", time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC)
			tables.Datasets = append(tables.Datasets, d)
			break
		}
	}
	tables.Divisions = again(tables.Divisions, now, next, func(d *civics.Division) *string { return &d.Dataset })
	for i := range tables.Divisions {
		if d := &tables.Divisions[i]; d.Dataset == next {
			d.Congress, d.From, d.Until = 120, civics.CongressBegins(120), civics.CongressBegins(121)
		}
	}
	tables.Seats = again(tables.Seats, now, next, func(d *civics.Seat) *string { return &d.Dataset })
	tables.People = again(tables.People, now, next, func(d *civics.Person) *string { return &d.Dataset })
	tables.Tenures = again(tables.Tenures, now, next, func(d *civics.Tenure) *string { return &d.Dataset })
	tables.People = slices.DeleteFunc(tables.People, func(p civics.Person) bool { return p.Dataset == next && slices.Contains(gone, p.ID) })
	tables.Tenures = slices.DeleteFunc(tables.Tenures, func(p civics.Tenure) bool { return p.Dataset == next && slices.Contains(gone, p.OfficialID) })
	return tables
}

// again repeats the rows of a dataset as rows of another.
func again[T any](rows []T, now, next string, dataset func(*T) *string) []T {
	for _, row := range rows {
		if name := dataset(&row); *name == now {
			*name = next
			rows = append(rows, row)
		}
	}
	return rows
}

func TestADepartingOfficialServesUntilTheDayAndThenHasLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 28, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s := newReadingSite(t, clock)
	s.Atlas = civics.FromTables(withNext(t, "bioguide:D000197", "bioguide:B001267"), civics.WithClock(clock))

	holds(t, "before the day", s.page(t, degette), "Serves until January 3, 2027", "Ways to write and call", `href="tel:`)
	lacks(t, "who stays", s.page(t, durbin), "Serves until")
	holds(t, "/data before the day", s.page(t, "/data"), "Takes effect on January 3, 2027", "For the Congress from January 3, 2025 to January 3, 2027.")

	now = time.Date(2027, 1, 3, 4, 59, 59, 0, time.UTC) // a second before midnight in Washington
	holds(t, "a second before", s.page(t, degette), "Serves until January 3, 2027")
	now = now.Add(time.Second)
	after := s.page(t, degette)
	holds(t, "on the day", after, "No longer holds this seat, since January 3, 2027", "Formerly Representative, Colorado, 1st district", "Who holds the seat now", "vacant:us-co-cd-1", `name="robots" content="noindex`)
	lacks(t, "on the day", after, "Ways to write and call", `href="tel:`, "Sits on", "Put the nearest office first", "Serves until")
	senator := s.page(t, bennet)
	holds(t, "a senator who left", senator, "No longer holds this seat", "John W. Hickenlooper", "Formerly Senator, Colorado")
	lacks(t, "a senator who left", senator, "/officials/bioguide:N000191", `href="tel:`)
	holds(t, "/data on the day", s.page(t, "/data"), "Ended on January 3, 2027", "For the Congress from January 3, 2027 to January 3, 2029.")
	lacks(t, "/data on the day", s.page(t, "/data"), "New lines are coming")
}

func TestWhoLeftByACorrectionHasAPageWithoutWaysToWrite(t *testing.T) {
	t.Parallel()
	s := officialsSite(t, civicstest.Day, nil)
	body := s.page(t, graham)
	holds(t, "who left", body, "Lindsey Graham", "No longer holds this seat", "Darline Graham Nordone", "Tim Scott", "That this official has left office:", "in force until January 3, 2027")
	lacks(t, "who left", body, `href="tel:`, "Web form", "since January", "the web form asks")
	holds(t, "the newcomer", s.page(t, "/officials/bioguide:G000608"), "That this official is new in office:", "We corrected this. Source:")
	lacks(t, "the newcomer", s.page(t, "/officials/bioguide:G000608"), "June 15, 2026")
}

func TestWhoIsNotOfferedSaysWhy(t *testing.T) {
	t.Parallel()
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	tables.Corrections = append(tables.Corrections, civics.Correction{OfficialID: "bioguide:D000563", Field: "offer", Value: "no", Source: "His office asked us to stop, November 20, 2026."})
	s := officialsSite(t, civicstest.Day, civics.FromTables(tables, civics.WithClock(func() time.Time { return civicstest.Day })))
	body := s.page(t, durbin)
	holds(t, "who isn't offered", body, "offer a way to write or call this official", "His office asked us to stop", "Committees")
	lacks(t, "who isn't offered", body, `href="tel:`, "Ways to write", "write here first", "Write to them about an issue")
	holds(t, "/data", s.page(t, "/data"), "not offered from here for now", "His office asked us to stop")
}

func TestEachGroupOfFactsSaysWhereItIsFrom(t *testing.T) {
	t.Parallel()
	s := officialsSite(t, civicstest.Day, nil)
	body := s.page(t, degette)
	holds(t, "a member", body, "Seat, offices, numbers and committees:", "June 15, 2026", "That is more than 45 days ago", `<a href="https://unitedstates.github.io/congress-legislators/"`, "What the web form asks for:", "contact-congress", "Is something here wrong?",
		"mailto:hello@example.org?subject=Wrong%20entry%3A%20Diana%20DeGette&amp;body=Official%3A%20Diana%20DeGette%0D%0AId%3A%20bioguide%3AD000197%0D%0APage%3A%20https%3A%2F%2Fact.example.org%2Fofficials%2Fbioguide%3AD000197%0D%0A", `href="/data#report"`)
	lacks(t, "a member", body, "<form method=\"post\"")
	denver, err := s.Atlas.ByZIP("80203")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range denver.Candidates {
		legislator := s.page(t, "/officials/"+c.Officials[0].ID)
		holds(t, "a legislator", legislator, "Seat, capitol office, phone and e-mail:", "Open States", "Office at the state capitol")
		lacks(t, "a legislator", legislator, `name="zip"`, "Sits on the")
	}
	holds(t, "a vacant seat", s.page(t, "/officials/vacant:us-ca-cd-14"), "That nobody holds the seat:", "Wrong%20entry%3A%20Vacant%2C%20California")
}

func TestThePageOnTheDataTellsAll(t *testing.T) {
	t.Parallel()
	s := officialsSite(t, civicstest.Day, nil)
	body := s.page(t, "/data")
	holds(t, "/data", body, "What is here", "33,791", "441", `href="/officials/vacant:us-ca-cd-14"`, `href="/officials/vacant:us-tx-cd-23"`, "In Congress: 4",
		"What we know is wrong or missing", "PO boxes", "New lines are coming", "Maine’s tribal seats", "Report a wrong entry", `id="report"`, "mailto:hello@example.org?subject=Wrong%20entry", "100 Example Street",
		"Some of this is old", "Past 120 days", "CC0 1.0", "Public domain", "For the Congress from January 3, 2025 to January 3, 2027.")
	lacks(t, "/data", body, "pages.data.", "representatives.")
	fresh := officialsSite(t, time.Date(2026, 8, 6, 12, 0, 0, 0, time.UTC), nil)
	holds(t, "/data when the members' list is 52 days old", fresh.page(t, "/data"), "Some of this is old")
	lacks(t, "/data when the members' list is 52 days old", fresh.page(t, "/data"), "Past 120 days")
}

func TestPagesWithOfficialsEndWithThePeriod(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 1, 3, 4, 59, 59, 0, time.UTC) // a second before midnight in Washington
	clock := func() time.Time { return now }
	s := newReadingSite(t, clock)
	s.Atlas = civics.FromTables(withNext(t, "bioguide:D000197"), civics.WithClock(clock))
	before := map[string]string{}
	for _, path := range []string{"/data", degette, "/representatives?zip=82001", "/issues/qualified-immunity/call?zip=80203"} {
		before[path] = s.page(t, path)
	}
	now = now.Add(time.Second)
	for path, page := range before {
		if s.page(t, path) == page {
			t.Errorf("%s is as it was, though the Congress has changed", path)
		}
	}
}
