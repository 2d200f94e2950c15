package civics

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"redress/internal/civics/refdatatest"
)

var quotedDate = regexp.MustCompile(`"([0-9]{4}-[0-9]{2}-[0-9]{2})"`)

// yamlOf writes JSON as YAML, with dates as the repository writes them: bare.
func yamlOf(t testing.TB, text []byte) []byte {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	written, err := yaml.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return quotedDate.ReplaceAll(written, []byte("$1"))
}

func TestYAMLIsReadAsJSONIs(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(refdatatest.Folder(t), "congress")
	files := map[string]string{}
	for _, name := range []string{legislatorsName, officesName, committeesName, membershipName, socialName} {
		raw, err := os.ReadFile(filepath.Join(dir, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		files[name+".yaml"] = string(yamlOf(t, raw))
	}
	if !strings.Contains(files[legislatorsName+".yaml"], "start: 2025-01-03\n") {
		t.Fatal("the test's YAML quotes its dates")
	}
	want, err := readCongressDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	folder := write(t, files)
	// A table beside the files says of when they are, as for the published ones.
	if err := os.WriteFile(filepath.Join(folder, "README.md"), []byte("| `legislators-current.yaml` | 2026-06-15 |\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := readCongressDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%d people, %d offices, %d committee seats, %d warnings; as JSON %d, %d, %d, %d", len(got.People), len(got.Offices),
			len(got.Members), len(got.Warnings), len(want.People), len(want.Offices), len(want.Members), len(want.Warnings))
	}
}

func TestJSONOfYAML(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: 2026-01-03":                          `{"a":"2026-01-03"}`,
		"- 01234\n- 1234\n- 0x10\n- 1_000\n- .5": `["01234",1234,"0x10","1_000",".5"]`,
		"- 39.50\n- 1e3\n- .nan\n- true\n- yes":  `[39.50,1e3,".nan",true,"yes"]`,
		"a: ~\nb:\nc: 'x: \"y\"'":                `{"a":null,"b":null,"c":"x: \"y\""}`,
		"a: &x [1]\nb: *x":                       `{"a":[1],"b":[1]}`,
		"{}":                                     `{}`,
	} {
		if got, err := jsonOfYAML(strings.NewReader(text)); err != nil || string(got) != want {
			t.Errorf("%q: %s %v", text, got, err)
		}
	}
	bomb := "a: &a [" + strings.Repeat("x,", 99) + "x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%[1]c [%s]\n", c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 20), ","))
	}
	for what, bad := range map[string]string{
		"nothing": "", "two documents": "a: 1\n---\nb: 2\n", "a list as a key": "? [a]\n: 1\n", "a bomb of aliases": bomb,
		"an alias to itself": "a: &a [*a]\n", "values too deep": strings.Repeat("[", 200) + strings.Repeat("]", 200),
		"no YAML": "a: b: c:\n\t- x", "too much": strings.Repeat("- aaaaaaaaaaaaaa\n", maxYAML/17+1),
	} {
		if got, err := jsonOfYAML(strings.NewReader(bad)); err == nil {
			t.Errorf("%s is taken: %d bytes", what, len(got))
		}
	}
}

// tab20 writes a relationship file as the Census does.
func tab20(district string, rows [][4]string) string {
	var b strings.Builder
	b.WriteString("\ufeff")
	var header []string
	for _, layer := range []string{district, "ZCTA5"} {
		for _, column := range []string{"OID", "GEOID", "NAMELSAD", "AREALAND", "AREAWATER", "MTFCC", "FUNCSTAT"} {
			header = append(header, column+"_"+layer+"_20")
		}
	}
	b.WriteString(strings.Join(append(header, "AREALAND_PART", "AREAWATER_PART"), "|") + "\r\n")
	for _, r := range rows { // GEOID, name, ZIP code, land
		zip := "861003|" + r[2] + "|ZCTA5 " + r[2] + "|1000|10|G6350|S"
		if r[2] == "" {
			zip = "||||||"
		}
		fmt.Fprintf(&b, "2119|%s|%s|5000|50|G5200|N|%s|%s|7\r\n", r[0], r[1], zip, r[3])
	}
	return b.String()
}

func fips(code string) string { return placeByCode[code].fips }

// rowsOf reads a table with a header.
func rowsOf(t *testing.T, path string) []record {
	t.Helper()
	f, err := openPublished(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := readCSV(f)
	if err != nil {
		t.Fatal(err)
	}
	return rows.records
}

func TestRelationshipFilesAreOurTables(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(refdatatest.Folder(t), "zip")
	want, err := readZipPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	var congress [][4]string
	for _, r := range rowsOf(t, filepath.Join(dir, "zcta_cd119.csv")) {
		p := placeByCode[r.get("state")]
		n, err := strconv.Atoi(r.get("district"))
		if err != nil {
			continue
		}
		geoid := fmt.Sprintf("%s%02d", p.fips, n)
		if !p.voting() {
			geoid = p.fips + "98"
		}
		congress = append(congress, [4]string{geoid, "Congressional District", r.get("zcta"), "12"})
	}
	chambers := map[string][][4]string{}
	for _, r := range rowsOf(t, filepath.Join(dir, "zcta_sld2024.csv.gz")) {
		code := r.get("district")
		geoid := fips(r.get("state")) + strings.Repeat("0", max(0, 3-len(code))) + code
		chambers[r.get("chamber")] = append(chambers[r.get("chamber")], [4]string{geoid, r.get("district_name"), r.get("zcta"), "12"})
	}
	folder := write(t, map[string]string{
		"tab20_cd11920_zcta520_natl.txt":     tab20("CD119", append(congress, [4]string{"06ZZ", "Water", "90210", "0"}, [4]string{"0601", "x", "", "5"})),
		"tab20_sldl202420_zcta520_natl.txt":  tab20("SLDL2024", chambers["lower"]),
		"tab20_sldu202420_zcta520_natl.text": "not a table",
	})
	// The other chamber in an archive.
	archive, err := os.Create(filepath.Join(folder, "tab20_sldu202420_zcta520_natl.zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(archive)
	entry, err := z.Create("tab20_sldu202420_zcta520_natl.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(entry, tab20("SLDU2024", chambers["upper"]))
	if err := firstOf(err, z.Close(), archive.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := stageZip(folder)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got.Zips, want.Zips) || !reflect.DeepEqual(got.Datasets, want.Datasets) {
		t.Errorf("%+v\nour tables: %+v", got.Datasets, want.Datasets)
	}
	if !reflect.DeepEqual(got.Divisions, want.Divisions) {
		t.Errorf("%d divisions, in our tables %d", len(got.Divisions), len(want.Divisions))
	}
	if len(got.parts[DatasetZipState]) != 2 || len(got.parts["zip-cd-119"]) != 0 {
		t.Errorf("parts: %v", got.parts)
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestReadTab20(t *testing.T) {
	t.Parallel()
	text := tab20("CD120", [][4]string{
		{"0801", "", "80203", "12"}, {"0806", "", "80203", "0"}, // a part without land holds no homes
		{"0802", "", "80302", "0"},                                                   // but this ZIP code has land nowhere
		{"5600", "", "82001", "12"},                                                  // at large
		{"1198", "", "20001", "12"},                                                  // a delegate's
		{"06ZZ", "", "90210", "12"}, {"", "", "90210", "12"}, {"0601", "", "", "12"}, // no district, no ZIP code
		{"0809", "", "80203", "12"}, {"9901", "", "80203", "12"}, {"0801", "", "8020", "12"}, {"0801", "", "80204", "some"}, // nonsense
	})
	tables, err := ReadTab20(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, z := range tables.Zips {
		got = append(got, fmt.Sprintln(strings.TrimPrefix(z.DivisionID, "ocd-division/country:us/"), z.Zips))
	}
	want := []string{"district:dc [20001]\n", "state:co/cd:1 [80203]\n", "state:co/cd:2 [80302]\n", "state:wy/cd:at-large [82001]\n"}
	if !slices.Equal(got, want) || tables.Datasets[0].ID != "zip-cd-120" || len(tables.Warnings) != 1 || !strings.Contains(tables.Warnings[0], "4 rows") {
		t.Errorf("%q %+v %v", got, tables.Datasets, tables.Warnings)
	}
	if d := linesOf(2024); d.From != plan2024Begins || d.Plan != plan2024 {
		t.Errorf("%+v", d)
	}
	for what, bad := range map[string]string{
		"nothing": "", "no ZIP codes": "GEOID_CD119_20|AREALAND_PART\n0801|1\n", "no districts": "GEOID_ZCTA5_20|AREALAND_PART\n80203|1\n",
		"two layers": "GEOID_ZCTA5_20|GEOID_CD119_20|GEOID_CD120_20|AREALAND_PART\n80203|0801|0801|1\n",
		"no land":    "GEOID_ZCTA5_20|GEOID_CD119_20\n80203|0801\n", "no names": "GEOID_ZCTA5_20|GEOID_SLDU2024_20|AREALAND_PART\n80203|08031|1\n",
		"no rows": tab20("CD119", nil),
	} {
		if _, err := ReadTab20(strings.NewReader(bad)); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
}

func TestWhatAZIPFileTellsOf(t *testing.T) {
	t.Parallel()
	upper := tab20("SLDU2024", [][4]string{{"12001", "State Senate District 1", "32003", "5"}})
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(upper))
	if err := firstOf(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	dir := write(t, map[string]string{
		"tab20_sldu202420_zcta520_st12.txt.gz": packed.String(), "tab20_sldu202420_zcta520_natl.txt": upper,
		"zcta.csv": "zcta,state,district\n80203,CO,1\n",
	})
	for name, want := range map[string]part{"tab20_sldu202420_zcta520_st12.txt.gz": {"FL", Upper}, "tab20_sldu202420_zcta520_natl.txt": {"", Upper}} {
		s, err := stageZip(filepath.Join(dir, name))
		if err != nil || !slices.Equal(s.parts[DatasetZipState], []part{want}) {
			t.Errorf("%s: %v %v", name, s.parts, err)
		}
	}
	if _, err := stageZip(filepath.Join(dir, "zcta.csv")); err == nil || !strings.Contains(err.Error(), "cd119") {
		t.Errorf("a file of no Congress: %v", err)
	}
	twice := write(t, map[string]string{"a_cd119.csv": "zcta,state,district\n80203,CO,1\n", "b_cd119.csv": "zcta,state,district\n80203,CO,1\n"})
	if _, err := stageZip(twice); err == nil || !strings.Contains(err.Error(), "tell of the same") {
		t.Errorf("two of one: %v", err)
	}
}

// shuffled draws some of the rows, in any order, some twice.
func shuffled[T any](t *rapid.T, rows []T) []T {
	picks := rapid.SliceOfN(rapid.IntRange(0, len(rows)-1), 1, 60).Draw(t, "rows")
	some := make([]T, len(picks))
	for i, n := range picks {
		some[i] = rows[n]
	}
	return some
}

// consistent checks that nobody and no seat of a member of Congress is there twice,
// and that what a row names is there.
func consistent(t *rapid.T, tables Tables) {
	people := tables.ids()
	seats, taken := map[string]bool{}, map[string]bool{}
	for _, s := range tables.Seats {
		if seats[s.ID] {
			t.Fatalf("seat %s twice", s.ID)
		}
		seats[s.ID] = true
	}
	persons := map[string]bool{}
	for _, p := range tables.People {
		if persons[p.ID] {
			t.Fatalf("%s twice", p.ID)
		}
		persons[p.ID] = true
	}
	for _, tenure := range tables.Tenures {
		key := tenure.SeatID
		if !strings.HasPrefix(tenure.OfficialID, "bioguide:") {
			key += tenure.OfficialID // New Hampshire elects several from one district
		}
		if taken[key] || !seats[tenure.SeatID] || !people[tenure.OfficialID] {
			t.Fatalf("tenure %+v", tenure)
		}
		taken[key] = true
	}
	if len(tables.Tenures) != len(tables.People) {
		t.Fatalf("%d people in %d seats", len(tables.People), len(tables.Tenures))
	}
	position := map[string]bool{}
	for _, c := range tables.Contacts {
		if key := fmt.Sprint(c.OfficialID, c.Position); position[key] || !people[c.OfficialID] {
			t.Fatalf("contact %+v", c)
		}
		position[fmt.Sprint(c.OfficialID, c.Position)] = true
	}
	offices := map[string]bool{}
	for _, o := range tables.Offices {
		if key := fmt.Sprint(o.OfficialID, o.Position); offices[key] || !people[o.OfficialID] {
			t.Fatalf("office %+v", o)
		}
		offices[fmt.Sprint(o.OfficialID, o.Position)] = true
	}
	for _, m := range tables.Members {
		if !people[m.OfficialID] {
			t.Fatalf("committee seat %+v", m)
		}
	}
	for _, z := range tables.Zips {
		if !slices.IsSorted(z.Zips) || len(slices.Compact(slices.Clone(z.Zips))) != len(z.Zips) {
			t.Fatalf("%s: %v", z.DivisionID, z.Zips)
		}
	}
}

func TestAnyRowsOfThePublishedFiles(t *testing.T) {
	t.Parallel()
	dir := refdatatest.Folder(t)
	list := func(name string) (rows []json.RawMessage) {
		raw, err := os.ReadFile(filepath.Join(dir, "congress", name))
		if err == nil {
			err = json.Unmarshal(raw, &rows)
		}
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	members, offices := list("legislators-current.json"), list("legislators-district-offices.json")
	committees, err := os.ReadFile(filepath.Join(dir, "congress", "committees-current.json"))
	if err != nil {
		t.Fatal(err)
	}
	membership, err := os.ReadFile(filepath.Join(dir, "congress", "committee-membership-current.json"))
	if err != nil {
		t.Fatal(err)
	}
	lines := func(parts ...string) (header string, rows []string) {
		f, err := openPublished(filepath.Join(append([]string{dir}, parts...)...))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Split(strings.TrimSpace(string(text)), "\n")
		return all[0] + "\n", all[1:]
	}
	nhHeader, nh := lines("openstates", "nh.csv")
	zipHeader, zips := lines("zip", "zcta_cd119.csv")
	sldHeader, slds := lines("zip", "zcta_sld2024.csv.gz")
	joined := func(header string, rows []string) io.Reader {
		return strings.NewReader(header + strings.Join(rows, "\n"))
	}
	array := func(rows []json.RawMessage) io.Reader {
		raw, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(raw)
	}
	rapid.Check(t, func(t *rapid.T) {
		some, rooms := shuffled(t, members), shuffled(t, offices)
		stages := map[string]func() (Tables, error){
			"congress": func() (Tables, error) {
				return ReadCongress(CongressFiles{
					Legislators: array(some), Offices: array(rooms), Committees: bytes.NewReader(committees), Membership: bytes.NewReader(membership),
				}, published2026)
			},
		}
		lists := [][]string{shuffled(t, nh), shuffled(t, zips), shuffled(t, slds)}
		stages["legislators"] = func() (Tables, error) { return ReadOpenStates("NH", joined(nhHeader, lists[0]), published2026) }
		stages["ZIP codes"] = func() (Tables, error) { return ReadZipCongress(joined(zipHeader, lists[1]), 119, published2026) }
		stages["state ZIP codes"] = func() (Tables, error) { return ReadZipState(joined(sldHeader, lists[2]), published2026) }
		first := map[string][]byte{}
		for _, turned := range []bool{false, true} {
			for what, stage := range stages {
				tables, err := stage()
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				consistent(t, tables)
				facts, err := tables.canonical()
				if err != nil {
					t.Fatal(err)
				}
				if turned && !bytes.Equal(facts, first[what]) {
					t.Fatalf("%s: the same rows the other way round are other facts", what)
				}
				first[what] = facts
			}
			slices.Reverse(some) // not the offices: theirs is the order in which a page shows them
			for _, list := range lists {
				slices.Reverse(list)
			}
		}
	})
}

func FuzzReadTab20(f *testing.F) {
	f.Add(tab20("CD119", [][4]string{{"0801", "x", "80203", "12"}, {"06ZZ", "", "90210", "0"}}))
	f.Add(tab20("SLDL2024", [][4]string{{"25001", "1st Hampden District", "01001", "12"}}))
	f.Fuzz(func(t *testing.T, text string) {
		if tables, err := ReadTab20(strings.NewReader(text)); err == nil {
			checkStaged(t, tables)
			partOf("tab20_sldu202420_zcta520_st12.txt", tables)
		}
	})
}

func FuzzReadCongressYAML(f *testing.F) {
	f.Add(string(yamlOf(f, []byte(oneMember))), "- id:\n    bioguide: A000001\n  offices:\n  - city: X\n    suite: 01\n    phone: ~\n")
	f.Add("- &a {id: {bioguide: A000001}, terms: [*a]}", "- *x")
	f.Fuzz(func(t *testing.T, members, offices string) {
		tables, err := ReadCongressYAML(CongressFiles{Legislators: strings.NewReader(members), Offices: strings.NewReader(offices)}, published2026)
		if err == nil {
			checkStaged(t, tables)
		}
	})
}
