package civics

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"redress/internal/civics/refdatatest"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// on are an import's options on the day of the tests.
func on(o ImportOptions) ImportOptions {
	o.Now = func() time.Time { return today }
	return o
}

// imports stages tables and stores them.
func imports(t *testing.T, db *postgres.DB, tables Tables, o ImportOptions) (Diff, error) {
	t.Helper()
	return staged{Tables: tables}.store(t.Context(), db, on(o), nil)
}

// write puts files into a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// count asks the database for a number.
func count(t *testing.T, db *postgres.DB, sql string) (n int) {
	t.Helper()
	if err := db.Pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPublishedFilesTwice(t *testing.T) {
	t.Parallel()
	dir := refdatatest.Folder(t)
	db, _ := loaded(t)
	runs := []struct {
		path []string
		run  func(context.Context, *postgres.DB, string, ImportOptions) (Diff, error)
	}{
		{[]string{"congress"}, ImportCongress}, {[]string{"openstates"}, ImportOpenStates}, {[]string{"openstates", "co.csv"}, ImportOpenStates},
		{[]string{"zip"}, ImportZip}, {[]string{"congress", "contact-forms.csv"}, ImportContactForms},
		{[]string{"boundaries", "cd119_500k.topojson"}, ImportBoundaries},
	}
	var told []string
	for _, r := range runs {
		path := filepath.Join(append([]string{dir}, r.path...)...)
		diff, err := r.run(t.Context(), db, path, on(ImportOptions{Progress: func(line string) { told = append(told, line) }}))
		if err != nil || !diff.Unchanged() || !strings.Contains(diff.String(), ": nothing changed\n") {
			t.Errorf("%s is what the snapshot has: %v\n%s", path, err, diff)
		}
	}
	if len(told) == 0 {
		t.Error("nobody was told what goes on")
	}
	if n := count(t, db, "SELECT count(*) FROM dataset WHERE origin <> 'import'"); n != 0 {
		t.Errorf("%d datasets still count as the snapshot's", n)
	}
	before := count(t, db, "SELECT sum(xmin::text::bigint) FROM dataset")
	for _, r := range runs[:2] {
		if _, err := r.run(t.Context(), db, filepath.Join(append([]string{dir}, r.path...)...), on(ImportOptions{})); err != nil {
			t.Fatal(err)
		}
	}
	if after := count(t, db, "SELECT sum(xmin::text::bigint) FROM dataset"); after != before {
		t.Error("the same import again writes")
	}
}

func TestAnImportSaysWhatItChanges(t *testing.T) {
	t.Parallel()
	db, a := loaded(t)
	other, err := Open(t.Context(), db, nil, clockAt(today))
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan struct{}, 100)
	listening, stop := context.WithCancel(t.Context())
	defer stop()
	go db.Listen(listening, func(tag string) {
		if tag == Tag {
			_ = other.Reload(listening)
		}
		heard <- struct{}{}
	}, func() { heard <- struct{}{} })
	<-heard // it listens

	next := shippedTables(t).only("congress-119")
	for i := range next.People {
		if next.People[i].ID == "bioguide:D000197" {
			next.People[i].ID, next.People[i].Name = "bioguide:D999999", "Nova Newcomer"
		}
	}
	next.dropOf("bioguide:D000197")
	for i := range next.Tenures {
		if next.Tenures[i].OfficialID == "bioguide:D000197" {
			next.Tenures[i].OfficialID = "bioguide:D999999"
		}
	}
	for i := range next.Contacts {
		if next.Contacts[i].OfficialID == "bioguide:N000191" {
			next.Contacts[i].Value = "202-555-0100"
		}
	}
	next.sort()
	for _, dry := range []bool{true, false} {
		diff, err := imports(t, db, next, ImportOptions{DryRun: dry})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			"119th Congress: 1 member new, 1 gone, 1 changed phone\n  537 members; as of June 15, 2026\n",
			"  new: Nova Newcomer, Colorado, 1st district\n  gone: Diana DeGette, Colorado, 1st district\n",
			"  changed phone: Joe Neguse, Colorado, 2nd district: ", "202-555-0100",
		} {
			if !strings.Contains(diff.String(), want) {
				t.Errorf("%q is not in\n%s", want, diff)
			}
		}
		if dry != strings.Contains(diff.String(), "Dry run") {
			t.Errorf("%s", diff)
		}
		if err := a.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, here := a.Official("bioguide:D999999"); here == dry {
			t.Errorf("dry run %v: here is %v", dry, here)
		}
	}
	<-heard
	if o, ok := other.Official("bioguide:D999999"); !ok || o.SeatName != "Colorado, 1st district" {
		t.Errorf("a node that listens did not follow: %+v", o)
	}
}

// dropOf takes away offices, numbers, forms and committees of someone.
func (t *Tables) dropOf(id string) {
	t.Offices = keep(t.Offices, func(r OfficeRow) bool { return r.OfficialID != id })
	t.Contacts = keep(t.Contacts, func(r Contact) bool { return r.OfficialID != id })
	t.Forms = keep(t.Forms, func(r ContactForm) bool { return r.OfficialID != id })
	t.Members = keep(t.Members, func(r CommitteeMember) bool { return r.OfficialID != id })
}

// removed takes away people with all that is theirs.
func (t Tables) removed(gone func(id string, seat Seat) bool) Tables {
	seats := map[string]Seat{}
	for _, s := range t.Seats {
		seats[s.ID] = s
	}
	for _, tenure := range slices.Clone(t.Tenures) {
		if id := tenure.OfficialID; gone(id, seats[tenure.SeatID]) {
			t.dropOf(id)
			t.People = keep(t.People, func(r Person) bool { return r.ID != id })
			t.Tenures = keep(t.Tenures, func(r Tenure) bool { return r.OfficialID != id })
		}
	}
	t.Datasets = slices.Clone(t.Datasets)
	t.Datasets[0].Rows = len(t.People)
	return t
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	db, _ := loaded(t)
	congress := func() Tables { return shippedTables(t).only("congress-119") }
	states := func() Tables { return shippedTables(t).only(DatasetOpenStates) }
	zips := func() Tables { return shippedTables(t).only("zip-cd-119") }
	n := 0
	everyNth := func(nth int) func(string, Seat) bool {
		return func(string, Seat) bool { n++; return n%nth == 0 }
	}
	in := func(state string, chamber Chamber) func(string, Seat) bool {
		return func(_ string, s Seat) bool { return s.State == state && s.Chamber == chamber }
	}
	older := congress()
	older.Datasets[0].AsOf = older.Datasets[0].AsOf.AddDate(0, 0, -1)
	fewZips := zips()
	for i := range fewZips.Zips {
		fewZips.Zips[i].Zips = fewZips.Zips[i].Zips[:len(fewZips.Zips[i].Zips)*9/10]
	}
	fewDistricts := zips()
	fewDistricts.Zips = keep(fewDistricts.Zips, func(z DivisionZips) bool { return !strings.Contains(z.DivisionID, "state:tx") })
	forms := shippedTables(t).only(DatasetContactForms)
	forms.Forms = forms.Forms[:len(forms.Forms)-20]
	toCome := shippedTables(t).only(DatasetZipState)
	toCome.Datasets[0].AsOf = today.AddDate(0, 1, 0)
	noOffices := congress()
	noOffices.Offices = keep(noOffices.Offices, func(o OfficeRow) bool { return o.Kind != OfficeDistrict })
	noMail := states()
	noMail.Contacts = keep(noMail.Contacts, func(c Contact) bool { return c.Kind != ChannelEmail })
	half := 0
	for _, c := range []struct {
		what   string
		tables Tables
		says   string // "": it is taken
	}{
		{"a tenth of Congress is lost", congress().removed(everyNth(10)), "53 of 537 members would be lost, more than 5 %"},
		{"the Senate is lost", congress().removed(func(_ string, s Seat) bool { return s.Chamber == Senate }), "the United States Senate had 100 members and would have none"},
		{"Wyoming's only representative is lost", congress().removed(in("WY", House)), ""},
		{"Colorado's representatives are lost", congress().removed(in("CO", House)), "House of Representatives of CO had 8 members"},
		{"an older list", older, "as of June 14, 2026, older than what stands here, as of June 15, 2026"},
		{"a state's senate is lost", states().removed(in("WY", Upper)), "Wyoming Senate had 31 members and would have none"},
		{"half of a state is lost", states().removed(func(_ string, s Seat) bool { half++; return s.State == "WY" && half%2 == 0 }), "legislators in Wyoming would be lost, more than a third"},
		{"a few legislators are lost", states().removed(everyNth(40)), ""},
		{"ZIP codes are lost", fewZips, "ZIP codes would be lost"},
		{"a state's districts are lost", fewDistricts, "38 of 441 districts would be lost"},
		{"lines of an election to come", toCome, "these lines are for the election of December 22, 2026"},
		{"no file of district offices", noOffices, "not one district office where there were 1,"},
		{"no column of e-mail addresses", noMail, "not one e-mail address where there were 7,"},
		{"forms are lost", forms, "20 of 270 web forms would be lost"},
	} {
		diff, err := imports(t, db, c.tables, ImportOptions{DryRun: true})
		var refused *RefusedError
		if c.says == "" {
			if err != nil {
				t.Errorf("%s: %v", c.what, err)
			}
			continue
		}
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "--force") || len(diff.Datasets) != 1 {
			t.Errorf("%s: %v\n%s", c.what, err, diff)
		}
		if _, err := imports(t, db, c.tables, ImportOptions{DryRun: true, Force: true}); err != nil {
			t.Errorf("%s, by force: %v", c.what, err)
		}
	}
	// Refused without a dry run, it changes nothing either.
	if _, err := imports(t, db, congress().removed(everyNth(5)), ImportOptions{}); err == nil {
		t.Error("a fifth of Congress is lost")
	}
	if n := count(t, db, "SELECT count(*) FROM official WHERE dataset = 'congress-119'"); n != 537 {
		t.Errorf("%d members", n)
	}
	if _, err := imports(t, db, congress().removed(everyNth(5)), ImportOptions{Force: true}); err != nil {
		t.Error(err)
	}
	if n := count(t, db, "SELECT count(*) FROM official WHERE dataset = 'congress-119'"); n >= 537 {
		t.Errorf("%d members", n)
	}
}

func TestOneState(t *testing.T) {
	t.Parallel()
	db, _ := loaded(t)
	former := count(t, db, "SELECT count(*) FROM official WHERE dataset = 'openstates'")
	dir := write(t, map[string]string{"wy.csv": openStatesHeader +
		"ocd-person/00000000-0000-4000-8000-000000000001,Ann Lee,Republican,1,lower,Ann,Lee,ann.lee@wyoleg.gov,,,,,\n"})
	path := filepath.Join(dir, "wy.csv")
	diff, err := ImportOpenStates(t.Context(), db, path, on(ImportOptions{}))
	var refused *RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "Wyoming Senate had") {
		t.Fatalf("%v\n%s", err, diff)
	}
	diff, err = ImportOpenStates(t.Context(), db, path, on(ImportOptions{Force: true}))
	if err != nil {
		t.Fatal(err)
	}
	if h := diff.Datasets[0].Headline(); !strings.HasPrefix(h, "1 legislator new, 93 gone") {
		t.Errorf("%s", h)
	}
	if n := count(t, db, "SELECT count(*) FROM official WHERE dataset = 'openstates'"); n != former-93+1 {
		t.Errorf("%d of %d legislators", n, former)
	}
	if n := count(t, db, "SELECT rows FROM dataset WHERE id = 'openstates'"); n != former-93+1 {
		t.Errorf("the dataset says %d", n)
	}
	if _, err := ImportOpenStates(t.Context(), db, filepath.Join(write(t, map[string]string{"people.csv": "x"}), "people.csv"), on(ImportOptions{})); err == nil || !strings.Contains(err.Error(), "co.csv") {
		t.Errorf("a file of no state: %v", err)
	}
}

// A relationship file of one chamber, or of one state, leaves the rest as it is.
func TestOneChamberAndOneState(t *testing.T) {
	t.Parallel()
	db, a := loaded(t)
	dir := write(t, map[string]string{
		"tab20_sldu202420_zcta520_st56.txt": tab20("SLDU2024", [][4]string{{"56008", "State Senate District 8", "82001", "5"}}),
		"tab20_cd11920_zcta520_st56.txt":    tab20("CD119", [][4]string{{"5600", "Congressional District (at Large)", "82001", "5"}}),
	})
	chambers := func() map[string]int {
		count := map[string]int{}
		x := a.index.Load()
		for _, n := range x.zipList {
			count[x.divisions[n].State+" "+string(x.divisions[n].Chamber)]++
		}
		return count
	}
	before := chambers()
	if _, err := ImportZip(t.Context(), db, dir, on(ImportOptions{Force: true})); err != nil {
		t.Fatal(err)
	}
	if err := a.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := chambers()
	for _, key := range []string{"WY upper", "WY house"} {
		if before[key] < 10 || after[key] != 1 {
			t.Errorf("%s: %d ZIP codes, before %d", key, after[key], before[key])
		}
	}
	for key, n := range before {
		if after[key] != n && key != "WY upper" && key != "WY house" {
			t.Errorf("%s: %d ZIP codes, before %d", key, after[key], n)
		}
	}
}

// A list that already names some terms of the next Congress is still this one's.
func TestAListWithTermsToCome(t *testing.T) {
	t.Parallel()
	dir := refdatatest.Folder(t)
	raw, err := os.ReadFile(filepath.Join(dir, "congress", "legislators-current.json"))
	if err != nil {
		t.Fatal(err)
	}
	var people []map[string]any
	if err := json.Unmarshal(raw, &people); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range people {
		terms := p["terms"].([]any)
		last := terms[len(terms)-1].(map[string]any)
		if n++; last["type"] == "rep" && n%3 == 0 {
			p["terms"] = append(terms, map[string]any{
				"type": "rep", "start": "2027-01-03", "end": "2029-01-03", "state": last["state"], "district": last["district"], "party": last["party"],
			})
		}
	}
	text, err := json.Marshal(people)
	if err != nil {
		t.Fatal(err)
	}
	stage := func(text []byte) Tables {
		t.Helper()
		tables, err := ReadCongress(CongressFiles{Legislators: bytes.NewReader(text)}, published2026)
		if err != nil {
			t.Fatal(err)
		}
		return tables
	}
	if got, want := stage(text), stage(raw); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %d people, want %d", got.Datasets, len(got.People), len(want.People))
	}
}

// nextCongress makes of the published list one of the 120th Congress: House
// members serve a new term, some are gone, some are new; senators stay.
func nextCongress(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "congress", "legislators-current.json"))
	if err != nil {
		t.Fatal(err)
	}
	var people []map[string]any
	if err := json.Unmarshal(raw, &people); err != nil {
		t.Fatal(err)
	}
	n := 0
	next := slices.DeleteFunc(people, func(p map[string]any) bool {
		terms := p["terms"].([]any)
		last := terms[len(terms)-1].(map[string]any)
		if last["type"] != "rep" {
			return false
		}
		n++
		if n%50 == 1 {
			return true
		}
		if n%50 == 2 {
			p["id"].(map[string]any)["bioguide"] = "Z" + strings.Repeat("0", 3) + string([]rune{'0' + rune(n/100), '0' + rune(n/10%10), '0' + rune(n%10)})
			terms = nil
		}
		term := map[string]any{}
		for key, value := range last {
			term[key] = value
		}
		term["start"], term["end"] = "2027-01-03", "2029-01-03"
		p["terms"] = append(terms, term)
		return false
	})
	text, err := json.Marshal(next)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, map[string]string{"legislators-current.json": string(text)})
}

func TestTheNextCongressStandsBesideThisOne(t *testing.T) {
	t.Parallel()
	dir := nextCongress(t, refdatatest.Folder(t))
	db, _ := loaded(t)
	rows := func() string {
		var sum string
		const digest = `SELECT md5(string_agg(r, '' ORDER BY r)) FROM (
			SELECT o::text r FROM official o WHERE dataset = 'congress-119' UNION ALL SELECT t::text FROM tenure t WHERE dataset = 'congress-119'
			UNION ALL SELECT d::text FROM division d WHERE dataset = 'congress-119' UNION ALL SELECT s::text FROM dataset s) x`
		if err := db.Pool.QueryRow(t.Context(), strings.Replace(digest, "FROM dataset s", "FROM dataset s WHERE congress <> 120", 1)).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		return sum
	}
	before := rows()
	diff, err := ImportCongress(t.Context(), db, dir, on(ImportOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"120th Congress: 9 members new, 18 gone", "537 in congress-119, the edition in force", "takes effect on January 3, 2027"} {
		if !strings.Contains(diff.String(), want) {
			t.Errorf("%q is not in\n%s", want, diff)
		}
	}
	if rows() != before {
		t.Error("the sitting Congress's rows changed")
	}
	if n := count(t, db, "SELECT count(*) FROM official WHERE dataset = 'congress-120'"); n != 528 {
		t.Errorf("%d members of the next Congress", n)
	}
	if again, err := ImportCongress(t.Context(), db, dir, on(ImportOptions{})); err != nil || !again.Unchanged() {
		t.Errorf("%v %s", err, again)
	}
	// Once the 120th sits, the list of the 119th is of a Congress that has ended.
	later := func() time.Time { return turnTo120 }
	published := filepath.Join(refdatatest.Folder(t), "congress")
	if _, err := ImportCongress(t.Context(), db, published, ImportOptions{Now: later}); err == nil || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("%v", err)
	}
}

func TestOldEditionsAreDropped(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	edition := func(congress int, as time.Time) Tables {
		members := strings.NewReplacer("2025-01-03", CongressBegins(congress).Format(time.DateOnly), "2013-01-03", "2001-01-03", "2015-01-03", "2003-01-03").Replace(oneMember)
		tables, err := ReadCongress(CongressFiles{Legislators: strings.NewReader(members)}, as)
		if err != nil || tables.Datasets[0].Congress != congress {
			t.Fatalf("%v %+v", err, tables.Datasets)
		}
		return tables
	}
	for _, c := range []struct{ congress, left int }{{118, 1}, {119, 2}, {121, 2}, {120, 3}} {
		diff, err := imports(t, db, edition(c.congress, today), ImportOptions{Force: true})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "SELECT count(*) FROM dataset"); n != c.left {
			t.Errorf("after the %s: %d editions\n%s", ordinal(c.congress), n, diff)
		}
		if n := count(t, db, "SELECT count(*) FROM dataset WHERE id = 'congress-119'"); c.congress > 118 && n != 1 {
			t.Error("the list of the sitting Congress is dropped")
		}
	}
	if _, err := imports(t, db, edition(123, today), ImportOptions{}); err == nil || !strings.Contains(err.Error(), "January 3, 2033") {
		t.Errorf("a list of the far future: %v", err)
	}
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	db, a := loaded(t)
	const degette = "bioguide:D000197"
	correct := func(id, field, value string, until time.Time) string {
		t.Helper()
		said, err := Correct(t.Context(), db, Correction{OfficialID: id, Field: field, Value: value, Source: "her office", Until: until}, today)
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	if said := correct(degette, "phone", "(202) 555-0100", time.Date(2027, 1, 3, 0, 0, 0, 0, time.UTC)); said != "Diana DeGette (Representative, Colorado, 1st district): phone 202-225-4431 → 202-555-0100, until January 3, 2027" {
		t.Error(said)
	}
	if said := correct(degette, "offer", "no", time.Time{}); !strings.HasSuffix(said, ": offer yes → no") {
		t.Error(said)
	}
	if said := correct("bioguide:Z999999", "phone", "202-555-0100", time.Time{}); !strings.Contains(said, "nobody here has this id") {
		t.Error(said)
	}
	if err := a.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o, _ := a.Official(degette); o.Phone() != "202-555-0100" || o.NotOffered != "her office" {
		t.Errorf("%+v", o)
	}
	lines, err := ListCorrections(t.Context(), db, today)
	if err != nil || len(lines) != 4 || !strings.Contains(strings.Join(lines, "\n"), "Diana DeGette, Colorado, 1st district  offer: no (her office)") {
		t.Errorf("%v %q", err, lines)
	}
	if said, err := TakeBack(t.Context(), db, degette, "phone", today); err != nil || !strings.HasSuffix(said, "phone 202-555-0100 → 202-225-4431") {
		t.Errorf("%v %s", err, said)
	}
	if said, err := TakeBack(t.Context(), db, "bioguide:G000359", "successor", today); err != nil || !strings.Contains(said, "newer version will put it back") {
		t.Errorf("%v %s", err, said)
	}
	if _, err := TakeBack(t.Context(), db, degette, "phone", today); err == nil || !strings.Contains(err.Error(), "no correction") {
		t.Errorf("%v", err)
	}
	for _, bad := range []Correction{
		{OfficialID: degette, Field: "hair", Value: "red", Source: "x"}, {OfficialID: degette, Field: "phone", Value: "call", Source: "x"},
		{OfficialID: degette, Field: "offer", Value: "yes", Source: "x"}, {OfficialID: degette, Field: "name", Source: "x"},
		{OfficialID: "D000197", Field: "phone", Source: "x"}, {OfficialID: degette, Field: "phone"},
		{OfficialID: degette, Field: "phone", Source: "x", Until: today.AddDate(0, 0, -1)},
	} {
		if _, err := Correct(t.Context(), db, bad, today); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	// A list that lacks those made by hand is refused.
	const list = "id,field,value,source,until\nbioguide:D000197,phone,202-555-0100,her office,2099-01-01\n"
	var refused *RefusedError
	if _, err := ImportCorrections(t.Context(), db, strings.NewReader(list), on(ImportOptions{})); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
	diff, err := ImportCorrections(t.Context(), db, strings.NewReader(list), on(ImportOptions{Force: true}))
	if err != nil || diff.Datasets[0].Headline() != "1 correction new, 2 gone" {
		t.Errorf("%v %s", err, diff)
	}
	if again, err := ImportCorrections(t.Context(), db, strings.NewReader(list), on(ImportOptions{})); err != nil || !again.Unchanged() {
		t.Errorf("%v %s", err, again)
	}
	if _, err := ImportCorrections(t.Context(), db, strings.NewReader(list+"bioguide:D000197,phone,,x,\n"), on(ImportOptions{})); err == nil {
		t.Error("two of one field are taken")
	}
}
