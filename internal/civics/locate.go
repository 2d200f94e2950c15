package civics

import (
	"context"
	"regexp"
	"strings"

	"redress/internal/fault"
)

// SeveralPlaces is the cause of the fault for an address that a geocoder knows
// more than once. Its candidates are for the visitor who typed the address, not
// for a log, so its text names none.
type SeveralPlaces struct{ Addresses []string }

func (s *SeveralPlaces) Error() string { return "the geocoder knows several such addresses" }

var (
	postBox    = regexp.MustCompile(`(?i)(^|[\s,])(p\.?\s*o\.?|post\s+office)\s*(box|bx)\b|^box\s+\d`)
	hasNumber  = regexp.MustCompile(`[0-9]`)
	statePlace = regexp.MustCompile(`(?i)[\s,]([A-Z]{2})\.?(?:[\s,]+(\d{5})(?:-\d{4})?)?\s*$`)
	endingZip  = regexp.MustCompile(`[\s,](\d{5})(?:-\d{4})?\s*$`)
)

const maxAddress = 200

// ParseOneLine takes an address apart as people write it: "1437 Bannock St,
// Denver, CO 80203". Street and either a ZIP code or city and state must be
// there; what is missing is fault.Invalid, as is a post-office box, which lies
// in no district.
func ParseOneLine(line string) (Address, error) {
	line = tidy(line)
	switch {
	case line == "":
		return Address{}, invalidAddress("civics.address.empty")
	case len(line) > maxAddress:
		return Address{}, invalidAddress("civics.address.long")
	case postBox.MatchString(line):
		return Address{}, invalidAddress("civics.address.po_box")
	case !hasNumber.MatchString(line) || !strings.ContainsAny(line, " ,"):
		return Address{}, invalidAddress("civics.address.incomplete")
	}
	var a Address
	rest := line
	if m := statePlace.FindStringSubmatchIndex(rest); m != nil {
		if code := strings.ToUpper(rest[m[2]:m[3]]); placeByCode[code].code != "" {
			a.State = code
			if m[4] >= 0 {
				a.Zip = rest[m[4]:m[5]]
			}
			rest = rest[:m[0]]
		}
	}
	if a.State == "" {
		if m := endingZip.FindStringSubmatchIndex(rest); m != nil {
			a.Zip = rest[m[2]:m[3]]
			rest = rest[:m[0]]
		}
	}
	rest = strings.Trim(rest, " ,")
	if i := strings.LastIndex(rest, ","); i >= 0 {
		a.Street, a.City = strings.Trim(rest[:i], " ,"), strings.TrimSpace(rest[i+1:])
	} else {
		a.Street = rest
	}
	if a.Street == "" || !hasNumber.MatchString(a.Street) || (a.Zip == "" && a.State == "") {
		return Address{}, invalidAddress("civics.address.incomplete")
	}
	return a, nil
}

func invalidAddress(key string) *fault.Error {
	return fault.Invalid(key, fault.Field{Name: "address", Key: key})
}

// ByAddress answers for an address in one line. Faults: Invalid for what is no
// street address, and for one that fits several places (its cause is a
// *SeveralPlaces); NotFound when the geocoder knows no such address;
// Unavailable when it can't be asked.
func (a *Atlas) ByAddress(ctx context.Context, oneLine string) (Answer, error) {
	if _, err := ParseOneLine(oneLine); err != nil {
		return Answer{}, err
	}
	if a.geocoder == nil {
		return Answer{}, fault.Unavailable("civics.geocoder.down", nil)
	}
	found, err := a.geocoder.Address(ctx, tidy(oneLine))
	if err != nil {
		return Answer{}, err
	}
	found = asWritten(oneLine, found)
	switch {
	case len(found) == 0:
		return Answer{}, fault.NotFound("civics.address.no_match")
	case !oneDistrict(found):
		several := &SeveralPlaces{}
		for _, p := range found {
			several.Addresses = append(several.Addresses, p.Matched)
		}
		return Answer{}, invalidAddress("civics.address.several").Because(several)
	}
	return a.at(found[0])
}

// ByPoint answers for a point, such as where a visitor's browser says they are.
func (a *Atlas) ByPoint(ctx context.Context, lat, lon float64) (Answer, error) {
	// No comparison holds for a NaN, so it is refused too.
	if !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) {
		return Answer{}, fault.Invalid("civics.point.invalid", fault.Field{Name: "lat", Key: "civics.point.invalid"})
	}
	if a.geocoder == nil {
		return Answer{}, fault.Unavailable("civics.geocoder.down", nil)
	}
	found, err := a.geocoder.Point(ctx, lat, lon)
	if err != nil {
		return Answer{}, err
	}
	return a.at(found)
}

// asWritten narrows several places to the one that is written exactly as was
// asked: a visitor who picked one of them must not be asked again.
func asWritten(oneLine string, found []Place) []Place {
	for i, p := range found {
		if p.Matched != "" && foldAddress(p.Matched) == foldAddress(oneLine) {
			return found[i : i+1]
		}
	}
	return found
}

func foldAddress(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToUpper(s), ",", " ")), " ")
}

// oneDistrict reports whether all places lie in the same districts, so that it
// doesn't matter which of them was meant.
func oneDistrict(found []Place) bool {
	for _, p := range found[1:] {
		f := found[0]
		if p.State != f.State || p.Congress != f.Congress || p.District != f.District || p.Upper != f.Upper || p.Lower != f.Lower {
			return false
		}
	}
	return true
}

// at answers for a place. What the geocoder didn't say falls back on the ZIP
// code's table, where one district is sure and several are candidates.
func (a *Atlas) at(found Place) (Answer, error) {
	p, known := placeByCode[found.State]
	if !known {
		return Answer{}, fault.NotFound("civics.address.no_match")
	}
	x, now := a.current()
	q := question{index: x, now: now, answer: Answer{
		Zip: found.Zip, State: p.code, Confidence: ConfidenceAddress,
		Place: joinNonEmpty(", ", found.City, p.code),
	}}
	q.whole([]string{p.code})
	near := x.nearby(found.Zip, p.code)
	congressional, knownDistrict := x.byID[congressionalID(p, found.District)]
	switch {
	case !p.voting():
		q.choose(House, x.find(congressionalID(p, "0")), false)
	case found.District != "" && found.Congress == CurrentCongress && knownDistrict:
		q.choose(House, []int32{congressional}, false)
	default:
		q.miss(MissingCongress)
		q.choose(House, near[House], false)
	}
	upper := q.legislative(p, Upper, found.Upper, near[Upper])
	lower := q.legislative(p, Lower, found.Lower, near[Lower])
	q.limits(p, upper, lower)
	q.overlays(p.code)
	return q.done(), nil
}

// legislative answers for one chamber of a state's legislature.
func (q *question) legislative(p place, chamber Chamber, code string, near []int32) []int32 {
	if chamber == Lower && p.lower == "" {
		return nil
	}
	divisions := near
	if code != "" {
		divisions = nil
		if i, known := q.index.byCode[districtCode{p.code, chamber, code}]; known {
			divisions = []int32{i}
		} else if p.kind != kindState {
			// The District's wards and Puerto Rico's districts are in no ZIP table; their
			// numbers are their names.
			divisions = q.index.find(legislativeID(p, chamber, code))
		}
	} else if len(near) > 1 {
		q.miss(MissingStateZipOnly)
	}
	q.choose(chamber, divisions, false)
	return divisions
}

func (x *index) find(id string) []int32 {
	if i, known := x.byID[id]; known {
		return []int32{i}
	}
	return nil
}

// nearby lists a ZIP code's divisions in one state, by chamber.
func (x *index) nearby(zip, state string) map[Chamber][]int32 {
	near := map[Chamber][]int32{}
	if !zipCode.MatchString(zip) {
		return near
	}
	for _, i := range x.zip(zipNumber(zip)) {
		if d := x.divisions[i]; d.State == state {
			near[d.Chamber] = append(near[d.Chamber], i)
		}
	}
	return near
}
