package civics

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The columns of a relationship file.
const (
	tab20ZIP  = "GEOID_ZCTA5_20"
	tab20Land = "AREALAND_PART" // in square meters
)

var tab20District = regexp.MustCompile(`^GEOID_(CD1[0-9]{2}|SLD[UL]20[0-9]{2})_20$`)

// ReadTab20 reads a relationship file of the Census as published (pipes between
// columns, a header, perhaps a byte order mark): which congressional or state
// legislative districts each ZIP code touches. Its columns say which districts
// they are: those of a Congress (GEOID_CD119_20) or a legislature's lines of a
// year (GEOID_SLDU2024_20). A row without a ZIP code or in no district (ZZ) is
// left out. A part without land holds no homes, so it is left out too, unless
// the ZIP code has land in no district at all.
func ReadTab20(r io.Reader) (Tables, error) {
	rows, err := readTable(r, '|', tab20ZIP, tab20Land)
	if err != nil {
		return Tables{}, err
	}
	f, err := tab20Columns(rows.header)
	if err != nil {
		return Tables{}, err
	}
	if f.kind == "CD" {
		return f.congress(rows)
	}
	return f.state(rows)
}

// tab20File is what the header of a relationship file says.
type tab20File struct {
	district, name string // columns
	kind           string // CD, SLDU, SLDL
	number         int    // the Congress, or the year of the lines
}

func tab20Columns(header []string) (tab20File, error) {
	var f tab20File
	for _, column := range header {
		m := tab20District.FindStringSubmatch(column)
		if m == nil {
			continue
		}
		if f.district != "" {
			return f, fmt.Errorf("the columns %s and %s both name districts", f.district, column)
		}
		kind := strings.TrimRight(m[1], "0123456789")
		f = tab20File{
			district: column, name: strings.Replace(column, "GEOID_", "NAMELSAD_", 1),
			kind: kind, number: leadingNumber(strings.TrimPrefix(m[1], kind)),
		}
	}
	switch {
	case f.district == "":
		return f, errors.New("no column names districts (GEOID_CD119_20, GEOID_SLDU2024_20, GEOID_SLDL2024_20)")
	case f.kind != "CD" && !slices.Contains(header, f.name):
		return f, fmt.Errorf("the column %q is missing", f.name)
	}
	return f, nil
}

// tab20Part is one row: the part of a ZIP code that lies in a district.
type tab20Part struct {
	row    record
	zip    string
	place  place
	code   string // of the district, within its state
	onLand bool
}

// parts lists the rows that place a ZIP code in a district, and counts those
// that make no sense.
func (f tab20File) parts(rows table2D) (parts []tab20Part, bad int) {
	bad = rows.short
	onLand := map[string]bool{}
	for _, row := range rows.records {
		zip, geoid := row.get(tab20ZIP), row.get(f.district)
		if zip == "" || geoid == "" || strings.HasSuffix(geoid, "ZZ") {
			continue
		}
		land, err := strconv.ParseInt(row.get(tab20Land), 10, 64)
		fips := geoid[:min(2, len(geoid))]
		p, known := placeByFIPS[fips]
		if !known || !PlainZip(zip) || err != nil {
			bad++
			continue
		}
		onLand[zip] = onLand[zip] || land > 0
		parts = append(parts, tab20Part{row, zip, p, strings.TrimPrefix(geoid, fips), land > 0})
	}
	return keep(parts, func(p tab20Part) bool { return p.onLand || !onLand[p.zip] }), bad
}

func (f tab20File) congress(rows table2D) (Tables, error) {
	t := Tables{Datasets: []Dataset{describe(DatasetZipCongress, f.number, CongressBegins(f.number), 0)}}
	pairs := zipPairs{}
	parts, bad := f.parts(rows)
	for _, part := range parts {
		district, ok := congressionalDistrict(part.code)
		if !ok || !part.place.hasDistrict(district) {
			bad++
			continue
		}
		pairs.add(congressionalID(part.place, district), part.zip)
	}
	return t.finishZip(pairs, bad)
}

func (f tab20File) state(rows table2D) (Tables, error) {
	chamber, plan := Upper, linesOf(f.number)
	if f.kind == "SLDL" {
		chamber = Lower
	}
	t := Tables{Datasets: []Dataset{describe(DatasetZipState, 0, plan.From, 0)}}
	pairs := zipPairs{}
	seen := map[string]bool{}
	parts, bad := f.parts(rows)
	for _, part := range parts {
		d, ok := censusDivision(part.place, chamber, part.code, part.row.get(f.name), plan)
		if !ok {
			bad++
			continue
		}
		if !seen[d.ID] {
			seen[d.ID] = true
			t.Divisions = append(t.Divisions, d)
		}
		pairs.add(d.ID, part.zip)
	}
	return t.finishZip(pairs, bad)
}

// lines are the lines of state legislative districts as drawn for one election.
type lines struct {
	Plan string
	From time.Time
}

// linesOf are the lines that the Census names by a year: they were drawn for that
// year's general election, on the Tuesday after its first Monday of November.
func linesOf(year int) lines {
	first := time.Date(year, time.November, 1, 0, 0, 0, 0, time.UTC)
	monday := 1 + (8-int(first.Weekday()))%7
	return lines{Plan: strconv.Itoa(year), From: first.AddDate(0, 0, monday)}
}
