package civics

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// plan2024 names the state legislative lines of the Census files of 2024.
const plan2024 = "2024"

// plan2024Begins is the general election for which the lines of 2024 were drawn.
var plan2024Begins = time.Date(2024, time.November, 5, 0, 0, 0, 0, time.UTC)

// wholeID is the Open Civic Data id of a whole state, district or territory.
func wholeID(p place) string {
	return "ocd-division/country:us/" + p.kind + ":" + strings.ToLower(p.code)
}

// congressionalID is the id of a congressional district. A state's only
// district is "at-large"; the District of Columbia and the territories elect
// their delegate as a whole and have no district of their own.
func congressionalID(p place, district string) string {
	switch {
	case !p.voting():
		return wholeID(p)
	case district == "0":
		return wholeID(p) + "/cd:at-large"
	default:
		return wholeID(p) + "/cd:" + district
	}
}

// legislativeID is the id of a state legislative district, by its number or name.
func legislativeID(p place, chamber Chamber, district string) string {
	kind := "/sldu:"
	if chamber == Lower {
		kind = "/sldl:"
	}
	if p.code == "DC" {
		kind = "/ward:"
	}
	return wholeID(p) + kind + districtSlug(p, district)
}

var (
	leadingZeros = regexp.MustCompile(`(^|[ -])0+([0-9])`)
	notSlug      = regexp.MustCompile(`[^a-z0-9_-]+`)
)

// districtSlug writes a district's number or name as the end of an id. It gives
// the same answer for the Census's spelling and for the legislature's:
// "Hampden-Hampshire-Worcester" and "Hampden, Hampshire and Worcester",
// "Chittenden South East" and "Chittenden Southeast", "Belknap 01" and "Belknap 1".
func districtSlug(p place, district string) string {
	name := strings.ToLower(strings.TrimSpace(district))
	name = leadingZeros.ReplaceAllString(name, "${1}${2}")
	switch p.code {
	case "MA":
		name = joinedNames(name)
	case "DC":
		name = strings.TrimPrefix(name, "ward ")
	case "VT":
		name = strings.ReplaceAll(name, "south east", "southeast")
	}
	return notSlug.ReplaceAllString(strings.ReplaceAll(name, " ", "_"), "")
}

// joinedNames writes a list of county names as "a_b_and_c", however it is joined.
func joinedNames(name string) string {
	name = strings.NewReplacer(", ", "-", ",", "-", " and ", "-").Replace(name)
	parts := strings.Split(name, "-")
	if len(parts) == 1 {
		return name
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], " ") + " and " + parts[last]
}

// censusDistrict finds a district's own name in how the Census writes it:
// "6th Hampden District", "State House District Belknap 01", "Addison-1 State
// House District". Elsewhere the code is the district's number.
func censusDistrict(p place, code, name string) string {
	switch p.code {
	case "MA":
		return strings.TrimSuffix(name, " District")
	case "VT":
		name = strings.TrimSuffix(name, " State House District")
		return strings.TrimSuffix(name, " Senatorial District")
	case "NH":
		name = strings.TrimPrefix(name, "State House District ")
		return leadingZeros.ReplaceAllString(strings.TrimPrefix(name, "State Senate District "), "${1}${2}")
	default:
		return code
	}
}

// congressionalDistrict normalizes a district's number: the Census writes "00"
// for a state's only district, "98" for a delegate's, "ZZ" for water.
func congressionalDistrict(raw string) (string, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(raw))
	if err != nil || n < 0 || n > 98 {
		return "", false
	}
	if n == 98 {
		n = 0
	}
	return strconv.Itoa(n), true
}

var legislativeCode = regexp.MustCompile(`^[0-9A-Z][0-9A-Z-]{0,3}$`)

// legislativeDistrict normalizes how the Census writes a legislative district:
// "031" is "31", "34A" stays, "ZZZ" is water.
func legislativeDistrict(raw string) (string, bool) {
	code := strings.TrimLeft(strings.ToUpper(strings.TrimSpace(raw)), "0")
	if !legislativeCode.MatchString(code) || strings.HasPrefix(code, "ZZ") {
		return "", false
	}
	return code, true
}

// congressionalDivision describes a congressional district of one Congress.
func congressionalDivision(p place, district string, congress int) Division {
	d := Division{
		ID: congressionalID(p, district), Name: p.name + ", " + districtName(district), State: p.code,
		Level: Federal, Chamber: House, District: district, CensusCode: district,
		Congress: congress, From: CongressBegins(congress), Until: CongressBegins(congress + 1),
		Dataset: edition(DatasetCongress, congress),
	}
	if !p.voting() {
		d.Name, d.Congress, d.From, d.Until = p.name, 0, time.Time{}, time.Time{}
	}
	return d
}

// wholeDivision describes a state as the place that elects two senators, as a
// list of one Congress's members tells of it.
func wholeDivision(p place, congress int) Division {
	return Division{
		ID: wholeID(p), Name: p.name, State: p.code, Level: Federal, Chamber: Senate, Dataset: edition(DatasetCongress, congress),
	}
}

// legislativeDivision describes a state legislative district. Code is the
// Census's, "" for a district that the Census does not draw.
func legislativeDivision(p place, chamber Chamber, district, code, dataset string) Division {
	return Division{
		ID: legislativeID(p, chamber, district), Name: chamberName(p, chamber) + ", " + stateDistrictName(p, district),
		State: p.code, Level: State, Chamber: chamber, District: district, CensusCode: code,
		Plan: plan2024, From: plan2024Begins, Dataset: dataset,
	}
}

// districtName says a congressional district in words: "1st district", "at large".
func districtName(district string) string {
	if district == "0" {
		return "at large"
	}
	n, err := strconv.Atoi(district)
	if err != nil {
		return "district " + district
	}
	return strconv.Itoa(n) + ordinalEnding(n) + " district"
}

// stateDistrictName says a state district in words: "district 31", "3rd Hampden district".
func stateDistrictName(p place, district string) string {
	switch {
	case p.code == "DC":
		return district
	case district != "" && district[0] >= '0' && district[0] <= '9' && !strings.Contains(district, " "):
		return "district " + district
	case len(district) == 1:
		return "district " + district
	default:
		return district + " district"
	}
}

func ordinalEnding(n int) string {
	if n%100 >= 11 && n%100 <= 13 {
		return "th"
	}
	switch n % 10 {
	case 1:
		return "st"
	case 2:
		return "nd"
	case 3:
		return "rd"
	}
	return "th"
}
