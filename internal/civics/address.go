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
	found, err := a.geocoder.Address(ctx, a.Congress(), tidy(oneLine))
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
