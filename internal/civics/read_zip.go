package civics

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
)

// ReadZipCongress reads which districts of a Congress each ZIP code (Census
// ZCTA) touches. Water ("ZZ") is left out, "00" and "98" become "0".
func ReadZipCongress(r io.Reader, congress int, asOf time.Time) (Tables, error) {
	rows, err := readCSV(r, "zcta", "state", "district")
	if err != nil {
		return Tables{}, err
	}
	t := Tables{Datasets: []Dataset{describe(DatasetZipCongress, congress, asOf, 0)}}
	pairs := zipPairs{}
	bad := rows.short
	for _, row := range rows.records {
		p, known := placeByCode[row.get("state")]
		district, ok := congressionalDistrict(row.get("district"))
		if row.get("district") == "ZZ" {
			continue
		}
		if !known || !ok || !p.hasDistrict(district) || !PlainZip(row.get("zcta")) {
			bad++
			continue
		}
		pairs.add(congressionalID(p, district), row.get("zcta"))
	}
	return t.finishZip(pairs, bad)
}

// hasDistrict reports whether a district's number exists.
func (p place) hasDistrict(district string) bool {
	if p.atLarge() {
		return district == "0"
	}
	for n := 1; n <= p.seats; n++ {
		if district == strconv.Itoa(n) {
			return true
		}
	}
	return false
}

// ReadZipState reads which state legislative districts each ZIP code touches,
// and so the districts themselves: their codes and names as the Census has them.
func ReadZipState(r io.Reader, asOf time.Time) (Tables, error) {
	rows, err := readCSV(r, "zcta", "state", "chamber", "district", "district_name")
	if err != nil {
		return Tables{}, err
	}
	t := Tables{Datasets: []Dataset{describe(DatasetZipState, 0, asOf, 0)}}
	pairs := zipPairs{}
	seen := map[string]bool{}
	bad := rows.short
	for _, row := range rows.records {
		d, ok := censusDivision(placeByCode[row.get("state")], Chamber(row.get("chamber")), row.get("district"), row.get("district_name"), linesOf(2024))
		if !ok || !PlainZip(row.get("zcta")) {
			bad++
			continue
		}
		if !seen[d.ID] {
			seen[d.ID] = true
			t.Divisions = append(t.Divisions, d)
		}
		pairs.add(d.ID, row.get("zcta"))
	}
	return t.finishZip(pairs, bad)
}

// censusDivision describes a state legislative district by how the Census writes
// its code and name; false for what is none.
func censusDivision(p place, chamber Chamber, rawCode, rawName string, drawn lines) (Division, bool) {
	code, ok := legislativeDistrict(rawCode)
	if !ok || p.code == "" || (chamber != Upper && (chamber != Lower || p.lower == "")) {
		return Division{}, false
	}
	district := censusDistrict(p, code, tidy(rawName))
	if districtSlug(p, district) == "" {
		return Division{}, false
	}
	d := legislativeDivision(p, chamber, district, code, DatasetZipState)
	d.Plan, d.From = drawn.Plan, drawn.From
	return d, true
}

// zipPairs collects the ZIP codes of each division.
type zipPairs map[string][]int32

// add notes that a ZIP code, five digits, touches a division.
func (z zipPairs) add(division, zip string) {
	z[division] = append(z[division], int32(zipNumber(zip)))
}

// finishZip stages the pairs of one file, in order and each once.
func (t Tables) finishZip(pairs zipPairs, bad int) (Tables, error) {
	if len(pairs) == 0 {
		return Tables{}, errors.New("no row names a ZIP code and a district that exists")
	}
	if bad > 0 {
		t.warn("%d rows that name no ZIP code, or no district that exists, are left out", bad)
	}
	for _, division := range slices.Sorted(maps.Keys(pairs)) {
		zips := pairs[division]
		slices.Sort(zips)
		zips = slices.Compact(zips)
		t.Zips = append(t.Zips, DivisionZips{DivisionID: division, Zips: zips, Dataset: t.Datasets[0].ID})
		t.Datasets[0].Rows += len(zips)
	}
	t.sort()
	return t, nil
}
