package civics

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var published2026 = time.Date(2026, time.June, 15, 0, 0, 0, 0, time.UTC)

const oneMember = `[{"id":{"bioguide":"A000001"},"name":{"first":"Zoë","last":"Ávila","suffix":"Jr."},"terms":[
	{"type":"rep","start":"2013-01-03","end":"2015-01-03","state":"CO","district":7,"party":"Republican"},
	{"type":"rep","start":"2025-01-03","end":"2026-01-03","state":"CO","district":1,"party":"Democrat","url":"http://avila.house.gov",
	 "address":"1 Cannon HOB Washington DC 20515-0601","office":"1 Cannon HOB","phone":"202-225-0001","contact_form":"hhttps://avila.house.gov/contact"}]}]`

func read(t *testing.T, members string) Tables {
	t.Helper()
	tables, err := ReadCongress(CongressFiles{Legislators: strings.NewReader(members)}, published2026)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestReadCongress(t *testing.T) {
	t.Parallel()
	tables := read(t, oneMember)
	p := tables.People[0]
	if p.ID != "bioguide:A000001" || p.Name != "Zoë Ávila Jr." || p.Party != "Democratic" || p.PartyCode != "D" || p.Website != "https://avila.house.gov" {
		t.Errorf("%+v", p)
	}
	if tables.Tenures[0].SeatID != "us-co-cd-1" || tables.Tenures[0].Ends.Year() != 2026 || !tables.Tenures[0].Until.IsZero() {
		t.Errorf("an end in the past does not empty the seat: %+v", tables.Tenures)
	}
	if o := tables.Offices[0].Office; o.Street != "1 Cannon HOB" || o.City != "Washington" || o.Zip != "20515-0601" || o.Phone != "202-225-0001" {
		t.Errorf("%+v", o)
	}
	if tables.Forms[0].URL != "https://avila.house.gov/contact" || !slices.ContainsFunc(tables.Warnings, func(w string) bool { return strings.Contains(w, "hhttps") }) {
		t.Errorf("%+v %v", tables.Forms, tables.Warnings)
	}
	if len(tables.Seats) != 441 || len(tables.Divisions) != 491 {
		t.Errorf("%d seats, %d divisions", len(tables.Seats), len(tables.Divisions))
	}
}

func TestReadCongressLeavesOutWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	member := func(id, term string) string {
		return `{"id":{"bioguide":"` + id + `"},"name":{"first":"A","last":"B"},"terms":[` + term + `]}`
	}
	const fine = `{"type":"sen","start":"2025-01-03","end":"2031-01-03","state":"CO","class":2,"party":"Independent"}`
	for what, bad := range map[string]string{
		"no id":               member("", fine),
		"a strange id":        member("../../etc", fine),
		"no term":             member("B000001", ""),
		"no such state":       member("B000001", `{"type":"rep","start":"2025-01-03","end":"2027-01-03","state":"XX","district":1}`),
		"no such district":    member("B000001", `{"type":"rep","start":"2025-01-03","end":"2027-01-03","state":"CO","district":9}`),
		"at large in Alabama": member("B000001", `{"type":"rep","start":"2025-01-03","end":"2027-01-03","state":"AL","district":0}`),
		"a senator of DC":     member("B000001", `{"type":"sen","start":"2025-01-03","end":"2027-01-03","state":"DC","class":1}`),
		"no date":             member("B000001", `{"type":"sen","start":"soon","end":"2027-01-03","state":"CO","class":1}`),
		"the same twice":      member("A000009", fine),
	} {
		tables := read(t, "["+member("A000009", fine)+","+bad+"]")
		if len(tables.People) != 1 || len(tables.Tenures) != 1 || len(tables.Warnings) == 0 {
			t.Errorf("%s: %d people, %v", what, len(tables.People), tables.Warnings)
		}
	}
	later := strings.Replace(fine, "2025-01-03", "2026-02-03", 1)
	tables := read(t, "["+member("A000009", fine)+","+member("A000010", later)+"]")
	if len(tables.People) != 1 || tables.People[0].ID != "bioguide:A000010" || tables.Tenures[0].OfficialID != "bioguide:A000010" {
		t.Errorf("of two in one seat the later counts: %+v", tables.People)
	}
	for _, broken := range []string{"", "{", "{}", "[]", "[] []", `[{"terms":5}]`, "null"} {
		if _, err := ReadCongress(CongressFiles{Legislators: strings.NewReader(broken)}, published2026); err == nil {
			t.Errorf("%q is taken", broken)
		}
	}
}

func TestPublishedCongress(t *testing.T) {
	t.Parallel()
	tables := publishedTables(t)
	people := map[string]Person{}
	ascii := 0
	for _, p := range tables.People {
		people[p.ID] = p
		if strings.HasPrefix(p.ID, "bioguide:") && strings.IndexFunc(p.Name, func(r rune) bool { return r > 127 }) >= 0 {
			ascii++
		}
	}
	if ascii != 7 {
		t.Errorf("%d names are not ASCII", ascii)
	}
	a := FromTables(tables, WithClock(func() time.Time { return today }))
	gallagher := a.Officials("ocd-division/country:us/state:ca/cd:1")[0]
	if gallagher.Name != "James Gallagher" || gallagher.Phone() != "" || gallagher.Website != "" || len(gallagher.Offices) != 0 || gallagher.Vacant {
		t.Errorf("%+v", gallagher)
	}
	mejia := a.Officials("ocd-division/country:us/state:nj/cd:11")[0]
	if mejia.Name != "Analilia Mejia" {
		t.Errorf("%+v", mejia)
	}
	kiley := 0
	for _, p := range tables.People {
		if p.Party == "Independent" && strings.HasPrefix(p.ID, "bioguide:") {
			kiley++
		}
	}
	if kiley != 3 {
		t.Errorf("%d independents", kiley)
	}
	// Every pair of the ZIP table names a seat that has a member or is vacant.
	for _, z := range tables.Zips {
		if z.Dataset == "zip-cd-119" && len(a.Officials(z.DivisionID)) == 0 {
			t.Fatalf("%s has no seat", z.DivisionID)
		}
	}
}

const openStatesHeader = "id,name,current_party,current_district,current_chamber,given_name,family_name,email,links,capitol_address,capitol_voice,district_address,district_voice\n"

func person1(n, rest string) string {
	return "ocd-person/00000000-0000-4000-8000-00000000000" + n + "," + rest + "\n"
}

func TestReadOpenStates(t *testing.T) {
	t.Parallel()
	rows := openStatesHeader +
		person1("1", `Ann Lee,Democratic,10A,lower,Ann,Lee,ann.lee@house.idaho.gov,https://ballotpedia.org/x;https://legislature.idaho.gov/2023;https://legislature.idaho.gov/2025,"P.O. Box 83720, Boise, ID 83720",208-332-1000,"12 Home St, Nampa, ID 83651",208-555-0199`) +
		person1("2", `Bo Ray,Republican,10B,lower,Bo,Ray,shared@house.idaho.gov,,"12 Home St, Nampa, ID 83651",1 (208) 332-1000,,`) +
		person1("3", `Cy Day,Forward,10,upper,Cy,Day,shared@house.idaho.gov,http://x.example,,not a number,,`) +
		person1("4", `Di Fox,,11,upper,Di,Fox,di fox@senate.idaho.gov,,,,,`) +
		person1("5", `No Seat,,,upper,,,,,,,,`) +
		person1("1", `Ann Twice,,12,upper,,,,,,,,`) +
		"bad-id,X,,1,upper,,,,,,,,\n" + "short,row\n"
	tables, err := ReadOpenStates("id", strings.NewReader(rows), published2026)
	if err != nil {
		t.Fatal(err)
	}
	if len(tables.People) != 4 || len(tables.Divisions) != 3 || len(tables.Seats) != 4 {
		t.Fatalf("%d people, %d divisions, %d seats; %v", len(tables.People), len(tables.Divisions), len(tables.Seats), tables.Warnings)
	}
	if tables.People[0].Website != "https://legislature.idaho.gov/2025" || tables.Seats[0].DivisionID != "ocd-division/country:us/state:id/sldl:10" {
		t.Errorf("%+v %+v", tables.People[0], tables.Seats[0])
	}
	var emails, phones []string
	for _, c := range tables.Contacts {
		if c.Kind == ChannelEmail {
			emails = append(emails, c.Value)
		} else {
			phones = append(phones, c.Value)
		}
	}
	if !slices.Equal(emails, []string{"ann.lee@house.idaho.gov"}) || !slices.Equal(phones, []string{"208-332-1000", "208-332-1000"}) {
		t.Errorf("%v %v", emails, phones)
	}
	for _, o := range tables.Offices {
		if strings.Contains(o.Street, "Home") || o.Kind != OfficeCapitol {
			t.Errorf("a home is kept: %+v", o)
		}
	}
	for what, bad := range map[string]string{
		"nothing": "", "other columns": "a,b\n1,2\n", "only a header": openStatesHeader, "a quote left open": openStatesHeader + `x,"y`,
	} {
		if _, err := ReadOpenStates("id", strings.NewReader(bad), published2026); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	if _, err := ReadOpenStates("zz", strings.NewReader(rows), published2026); err == nil {
		t.Error("no state is taken")
	}
}

// A number that stands alone among the legislature's is likely someone's own.
func TestLoneNumbersAreLeftOut(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(openStatesHeader)
	for n := range 50 {
		number := "603-271-1000"
		if n == 7 {
			number = "603-555-0101"
		}
		if n == 8 {
			number = "800-555-0101"
		}
		id := "ocd-person/00000000-0000-4000-8000-0000000000" + string(rune('0'+n/10)) + string(rune('0'+n%10))
		b.WriteString(id + ",A B,Republican,Belknap 1,lower,A,B,,,," + number + ",,\n")
	}
	tables, err := ReadOpenStates("NH", strings.NewReader(b.String()), published2026)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range tables.Contacts {
		if strings.HasPrefix(c.Value, "603-555") {
			t.Error("a number of someone's own is kept")
		}
	}
	if len(tables.Contacts) != 49 || len(tables.Offices) != 49 {
		t.Errorf("%d numbers", len(tables.Contacts))
	}
}

func TestReadZip(t *testing.T) {
	t.Parallel()
	tables, err := ReadZipCongress(strings.NewReader("zcta,state,district\n82001,WY,00\n20001,DC,98\n80203,CO,01\n80203,CO,ZZ\n80203,CO,9\n8020,CO,1\n80203,XX,1\n80203,CO,01\n"), 119, CongressBegins(119))
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for zip, divisions := range zipsOf(tables) {
		got = append(got, zip+" "+strings.Join(divisions, " "))
	}
	slices.Sort(got)
	want := []string{"20001 ocd-division/country:us/district:dc", "80203 ocd-division/country:us/state:co/cd:1", "82001 ocd-division/country:us/state:wy/cd:at-large"}
	if !slices.Equal(got, want) || len(tables.Warnings) != 1 {
		t.Errorf("%v %v", got, tables.Warnings)
	}
	tables, err = ReadZipState(strings.NewReader("zcta,state,chamber,district,district_name\n01001,MA,upper,D02,Hampden and Hampshire District\n55401,MN,lower,34A,State House District 34A\n68001,NE,lower,1,x\n68001,NE,upper,1,State Senate District 1\n03246,NH,lower,1,State House District Belknap 01\n80203,CO,upper,ZZZ,x\n80203,CO,middle,1,x\n"), plan2024Begins)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, d := range tables.Divisions {
		ids[strings.TrimPrefix(d.ID, "ocd-division/country:us/state:")] = d.CensusCode
	}
	if len(ids) != 4 || ids["ma/sldu:hampden_and_hampshire"] != "D02" || ids["mn/sldl:34a"] != "34A" || ids["ne/sldu:1"] != "1" || ids["nh/sldl:belknap_1"] != "1" {
		t.Errorf("%v", ids)
	}
	for _, bad := range []string{"", "a,b\n", "zcta,state,district\n"} {
		if _, err := ReadZipCongress(strings.NewReader(bad), 119, CongressBegins(119)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestReadContactForms(t *testing.T) {
	t.Parallel()
	rows := "bioguide,url,asks,captcha,last_changed\n" +
		"A000001,http://a.house.gov/contact,TOPIC NAME_PREFIX TOPIC CAPTCHA_SOLUTION,1,2023-01-03\n" +
		"A000002,https://evil.example/contact,TOPIC,0,2023-01-03\n" + "A000003,javascript:alert(1),TOPIC,0,2023-01-03\n" +
		"A000001,https://a.house.gov/2,TOPIC,0,2023-01-03\n" + "nobody,https://a.house.gov/2,TOPIC,0,2023-01-03\n" + "A000004,https://a.house.gov/2,TOPIC,0,soon\n"
	tables, err := ReadContactForms(strings.NewReader(rows), published2026)
	if err != nil {
		t.Fatal(err)
	}
	if len(tables.Forms) != 1 || len(tables.Warnings) != 5 {
		t.Fatalf("%+v %v", tables.Forms, tables.Warnings)
	}
	f := tables.Forms[0]
	if f.URL != "https://a.house.gov/contact" || !slices.Equal(f.Asks, []string{"topic", "name_prefix"}) || !f.Captcha || f.ChangedOn.Year() != 2023 {
		t.Errorf("%+v", f)
	}
}

func TestPhone(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"202-224-3121": "202-224-3121", "(202) 224 3121": "202-224-3121", "1-202-224-3121": "202-224-3121", "202.224.3121 x5": "202-224-3121 x5",
		"224-3121": "", "": "", "call us": "", "002-224-3121": "", "202-024-3121": "",
	} {
		if got := phone(raw); got != want {
			t.Errorf("%q: %q", raw, got)
		}
	}
}

func FuzzReadCongress(f *testing.F) {
	f.Add(oneMember, `[{"id":{"bioguide":"A000001"},"offices":[{"city":"X","suite":5,"phone":null}]}]`)
	f.Add(`[{"id":{"bioguide":"A000001"},"terms":[{"type":"rep","district":1e9}]}]`, `[]`)
	f.Fuzz(func(t *testing.T, members, offices string) {
		tables, err := ReadCongress(CongressFiles{Legislators: strings.NewReader(members), Offices: strings.NewReader(offices)}, published2026)
		if err == nil {
			checkStaged(t, tables)
		}
	})
}

func FuzzReadOpenStates(f *testing.F) {
	f.Add("ID", openStatesHeader+person1("1", `Ann Lee,Democratic,10A,lower,Ann,Lee,a@b.gov,https://x.gov,"P.O. Box, Boise, ID 83720",208-332-1000,,`))
	f.Add("MA", openStatesHeader+person1("1", `A,,"Norfolk, Worcester and Middlesex",upper,,,,,,,,`))
	f.Fuzz(func(t *testing.T, state, rows string) {
		tables, err := ReadOpenStates(state, strings.NewReader(rows), published2026)
		if err == nil {
			checkStaged(t, tables)
		}
	})
}

func FuzzReadZip(f *testing.F) {
	f.Add("zcta,state,district\n80203,CO,01\n", "zcta,state,chamber,district,district_name\n01001,MA,upper,D02,Hampden and Hampshire District\n")
	f.Fuzz(func(t *testing.T, congress, state string) {
		if tables, err := ReadZipCongress(strings.NewReader(congress), 119, CongressBegins(119)); err == nil {
			checkStaged(t, tables)
		}
		if tables, err := ReadZipState(strings.NewReader(state), plan2024Begins); err == nil {
			checkStaged(t, tables)
		}
	})
}

func FuzzReadContactForms(f *testing.F) {
	f.Add("bioguide,url,asks,captcha,last_changed\nA000001,http://a.house.gov/contact,TOPIC,1,2023-01-03\n")
	f.Fuzz(func(t *testing.T, rows string) {
		tables, err := ReadContactForms(strings.NewReader(rows), published2026)
		if err == nil {
			checkStaged(t, tables)
		}
	})
}

func FuzzReadCorrections(f *testing.F) {
	f.Add(embeddedCorrections)
	f.Fuzz(func(t *testing.T, rows string) {
		list, err := ReadCorrections(strings.NewReader(rows))
		if err != nil {
			return
		}
		correct(gather(Tables{People: []Person{{ID: "bioguide:D000197"}, {ID: "bioguide:G000359"}}}), list)
	})
}

func FuzzAddress(f *testing.F) {
	f.Add("1437 Bannock St, Denver, CO 80203", "80203-1234")
	f.Fuzz(func(t *testing.T, line, zip string) {
		if a, err := ParseOneLine(line); err == nil && (a.Street == "" || a.State == "" && a.Zip == "") {
			t.Errorf("%q is taken", line)
		}
		if got, err := NormalizeZip(zip); err == nil && !PlainZip(got) {
			t.Errorf("%q: %q", zip, got)
		}
	})
}

// checkStaged holds for whatever an importer stages: ids of the expected shape,
// links on https, nothing that names a row that isn't there.
func checkStaged(t *testing.T, tables Tables) {
	t.Helper()
	people := tables.ids()
	for id := range people {
		if !strings.HasPrefix(id, "bioguide:") && !strings.HasPrefix(id, "openstates:") {
			t.Errorf("id %q", id)
		}
	}
	seats := map[string]bool{}
	for _, s := range tables.Seats {
		if seats[s.ID] {
			t.Errorf("seat %q twice", s.ID)
		}
		seats[s.ID] = true
	}
	for _, tenure := range tables.Tenures {
		if !people[tenure.OfficialID] || !seats[tenure.SeatID] {
			t.Errorf("tenure %+v", tenure)
		}
	}
	for _, o := range tables.Offices {
		if !people[o.OfficialID] {
			t.Errorf("office of %q", o.OfficialID)
		}
	}
	for _, c := range tables.Contacts {
		if !people[c.OfficialID] || c.Value == "" || strings.ContainsAny(c.Value, "\r\n") {
			t.Errorf("contact %+v", c)
		}
	}
	for _, form := range tables.Forms {
		if !strings.HasPrefix(form.URL, "https://") {
			t.Errorf("form %q", form.URL)
		}
	}
	for _, d := range tables.Divisions {
		if !strings.HasPrefix(d.ID, "ocd-division/country:us/") || strings.ContainsAny(d.ID, " ,\n") {
			t.Errorf("division %q", d.ID)
		}
	}
	gather(tables)
}
