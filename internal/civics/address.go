package civics

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"redress/internal/fault"
)

const (
	maxAddress = 200 // characters of an address as people write it
	maxTyped   = 20 * maxAddress
	maxAsked   = 100 // characters that the Census's geocoder takes
	maxChoices = 10  // places that a visitor is asked to choose from
)

// SeveralPlaces is the cause of the fault for an address that a geocoder knows
// more than once. Its candidates are for the visitor who typed the address, not
// for a log, so its text names none.
type SeveralPlaces struct{ Addresses []string }

func (s *SeveralPlaces) Error() string { return "the geocoder knows several such addresses" }

// ParseOneLine takes an address apart as people write it: "1437 Bannock St,
// Denver, CO 80203", "1437 bannock street denver colorado", or two pasted lines.
// A street with its number, and a ZIP code or a state, must be there. What can't
// be placed is fault.Invalid on the field "address", each case with a sentence of
// its own: empty, too long, only digits, no number, no city, a post-office box,
// military mail, a place abroad. A rural route is let through; the map may know it.
func ParseOneLine(line string) (Address, error) {
	return parseAddress(line, func(string) []string { return nil })
}

// OneLineTyped is what a form shows again of what was typed into it: a line that
// could be an address as it is, else one line of it, without invisible
// characters, and no longer than an address can be.
func OneLineTyped(typed string) string {
	invisible := func(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) }
	if len(typed) <= maxAddress && utf8.ValidString(typed) && !strings.ContainsFunc(typed, invisible) {
		return typed
	}
	if len(typed) > maxTyped {
		typed = strings.ToValidUTF8(typed[:maxTyped], "")
	}
	line := []rune(oneLine(typed))
	return string(line[:min(len(line), maxAddress)])
}

// parseAddress is ParseOneLine by someone who knows in which states the area of
// a ZIP code lies. That tells "Nevada 64772", a city in Missouri, from the state.
func parseAddress(typed string, statesOf func(zip string) []string) (Address, error) {
	if len(typed) > maxTyped {
		return Address{}, invalidAddress("civics.address.long")
	}
	line := ownCountry.ReplaceAllString(oneLine(typed), "")
	switch {
	case line == "":
		return Address{}, invalidAddress("civics.address.empty")
	case utf8.RuneCountInString(line) > maxAddress:
		return Address{}, invalidAddress("civics.address.long")
	case !strings.ContainsFunc(line, unicode.IsLetter):
		return Address{}, invalidAddress("civics.address.digits")
	case militaryEnd.MatchString(line) || militaryZip.MatchString(line):
		return Address{}, invalidAddress("civics.address.military")
	}
	line, isBox := withoutPostBox(line)
	if isBox {
		return Address{}, invalidAddress("civics.address.po_box")
	}
	a, rest := ending(line, statesOf)
	a.Street, a.City = rest, ""
	if i := strings.LastIndex(rest, ","); i >= 0 {
		a.Street, a.City = strings.Trim(rest[:i], " ,"), strings.TrimSpace(rest[i+1:])
	}
	numbered := hasNumber.MatchString(a.Street) || spelledOne.MatchString(a.Street)
	switch {
	case a.State == "" && a.Zip == "" && abroad(line):
		return Address{}, invalidAddress("civics.address.abroad")
	case a.State == "" && a.Zip == "" && hasNumber.MatchString(line) && strings.Contains(line, " "):
		return Address{}, invalidAddress("civics.address.no_city")
	case a.State == "" && a.Zip == "":
		return Address{}, invalidAddress("civics.address.incomplete")
	case !numbered:
		return Address{}, invalidAddress("civics.address.no_number")
	case utf8.RuneCountInString(a.question()) > maxAsked:
		return Address{}, invalidAddress("civics.address.long")
	}
	return a, nil
}

func invalidAddress(key string) *fault.Error {
	return fault.Invalid(key, fault.Field{Name: "address", Key: key})
}

// oneLine makes one line of what was typed: line breaks and tabs, as in a pasted
// address, become commas; marks that can't be seen, pictures and control
// characters go; wide forms become plain ones.
func oneLine(typed string) string {
	plain := norm.NFKC.String(strings.ToValidUTF8(typed, ""))
	plain = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == ';':
			return ','
		case r == '\u2044':
			return '/' // the bar of "½"
		case unicode.Is(unicode.Pd, r):
			return '-'
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
			return -1
		case unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.So, unicode.Sk, unicode.Co):
			return ' '
		}
		return r
	}, plain)
	var parts []string
	for part := range strings.SplitSeq(plain, ",") {
		if part = strings.Join(strings.Fields(part), " "); strings.Trim(part, ". ") != "" {
			parts = append(parts, part)
		}
	}
	return strings.TrimRight(strings.Join(parts, ", "), ".")
}

var (
	hasNumber  = regexp.MustCompile(`[0-9]`)
	spelledOne = regexp.MustCompile(`(?i)^one\s`)
	ownCountry = regexp.MustCompile(`(?i)(^|[\s,]+)(united states( of america)?|u\.?s\.?a\.?|u\.s\.?|us|ee\.? ?uu\.?)$`)

	militaryEnd = regexp.MustCompile(`(?i)(^|[\s,])(a[aep])([\s,]+[0-9]{5}(-[0-9]{4})?)?$`)
	// ZIP codes of military mail: 340 the Americas, 090 to 098 Europe, 962 to 966 the Pacific.
	militaryZip = regexp.MustCompile(`(?i)(^|[\s,])(340|09[0-8]|96[2-6])[0-9]{2}(-[0-9]{4})?$`)

	postBox = regexp.MustCompile(`(?i)(^|[\s,])(g?\.?p\.?\s?o\.?|post\s?office)\s*(box|bx|drawer|lock\s?box)\b\.?\s*(no\.?\s*)?#?\s*[a-z]{0,2}[0-9-]*` +
		`|(^|[\s,])(p\.?o\.?b\.?x?)\s*#?\s*[0-9]+` +
		`|^(p\.?\s?o\.?|box|bx|drawer|caller(\s+box)?|apartado(\s+postal)?)\s*#?\s*[0-9]+\b`)
	ruralRoute = regexp.MustCompile(`(?i)(^|[\s,])(r\.?\s?r\.?|h\.?c\.?r?\.?|r\.?f\.?d\.?|rural\s+r(ou)?te|highway\s+contract|star\s+r(ou)?te|rte?|route)\s*#?-?\s*[0-9]+`)

	zipAtEnd  = regexp.MustCompile(`(?i)[\s,]+([0-9]{5})(?:[- ]?[0-9]{4})?$`)
	codeAtEnd = regexp.MustCompile(`(?i)[\s,]+([a-z]\.?[a-z])\.?$`)
	nameAtEnd = stateNamesAtEnd()

	courtOrQuadrant = regexp.MustCompile(`(?i)^\S+ \S+$|[\s](st|street|ave?|avenue|rd|road|dr|drive|blvd|boulevard|ln|lane|way|pl|place|ter|terrace|pkwy|parkway|hwy|highway)\.?$`)
	districtOnly    = regexp.MustCompile(`(?i)[\s,](nw|ne|sw|se)\.?,?$`)
)

func stateNamesAtEnd() *regexp.Regexp {
	names := make([]string, 0, len(places)+2)
	for _, p := range places {
		names = append(names, strings.ReplaceAll(regexp.QuoteMeta(p.name), " ", `\s+`))
	}
	names = append(names, `virgin\s+islands`, `washington,?\s+d\.?\s?c\.?`)
	// Longer names first, so that "West Virginia" is not "Virginia".
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	return regexp.MustCompile(`(?i)[\s,]+(` + strings.Join(names, "|") + `)\.?$`)
}

var codeByName = func() map[string]string {
	codes := map[string]string{"virgin islands": "VI"}
	for _, p := range places {
		codes[strings.ToLower(p.name)] = p.code
	}
	return codes
}()

// withoutPostBox takes a post-office box out of an address that has a street
// before it. When there is none, the box is all there is.
func withoutPostBox(line string) (_ string, isBox bool) {
	at := postBox.FindStringIndex(line)
	if at == nil || ruralRoute.MatchString(line) {
		return line, false
	}
	before := line[:at[0]]
	if !hasNumber.MatchString(before) || !strings.ContainsFunc(before, unicode.IsLetter) {
		return "", true
	}
	return strings.TrimRight(before, " ,") + ", " + strings.TrimLeft(line[at[1]:], " ,"), false
}

// ending reads state and ZIP code from the end of a line and gives what stands
// before them.
func ending(line string, statesOf func(zip string) []string) (a Address, rest string) {
	rest = line
	if m := zipAtEnd.FindStringSubmatchIndex(rest); m != nil {
		a.Zip, rest = rest[m[2]:m[3]], rest[:m[0]]
	}
	code, before, sure := stateAtEnd(rest, a.Zip)
	if states := statesOf(a.Zip); code != "" && !sure && len(states) > 0 && !slices.Contains(states, code) {
		code = "" // Nevada, Missouri; or Maple Ct 80203
		if len(states) == 1 {
			a.State = states[0]
		}
	}
	if code != "" {
		a.State, rest = code, before
	}
	return a, strings.Trim(rest, " ,")
}

// stateAtEnd finds a state by its code or its name, and says whether it can be
// nothing else.
func stateAtEnd(rest, zip string) (code, before string, sure bool) {
	if m := nameAtEnd.FindStringSubmatchIndex(rest); m != nil {
		name := strings.Join(strings.Fields(strings.ToLower(rest[m[2]:m[3]])), " ")
		before := rest[:m[0]]
		switch {
		case name == "district of columbia":
			return "DC", before, true
		case strings.HasPrefix(name, "washington") && name != "washington":
			return "DC", before + ", Washington", true
		case name == "washington" && (strings.HasPrefix(zip, "20") || zip == "" && districtOnly.MatchString(before)):
			return "DC", before + ", " + rest[m[2]:m[3]], true // the city
		}
		return codeByName[name], before, false
	}
	if m := codeAtEnd.FindStringSubmatchIndex(rest); m != nil {
		code, before := strings.ToUpper(strings.ReplaceAll(rest[m[2]:m[3]], ".", "")), rest[:m[0]]
		if placeByCode[code].code == "" {
			return "", rest, false
		}
		// "12 Elm Ct" and "100 Fort St NE" name no state.
		mayBeStreet := (code == "CT" || code == "NE") && !strings.Contains(rest, ",")
		if mayBeStreet && zip == "" && courtOrQuadrant.MatchString(before) {
			return "", rest, false
		}
		return code, before, !mayBeStreet
	}
	return "", rest, false
}

// unit is an apartment or the like, which is in its building's districts. Its
// number follows, so that "Space Center Blvd" stays.
var unit = regexp.MustCompile(`(?i)[\s,]+(?:(?:apt|apartment|unit|suite|ste|rm|room|spc|trlr)\b\.?(?:\s*(?:no\b\.?|#))?\s*|#\s*)(?:[0-9]+-?[a-z]?|[a-z]-?[0-9]+|[a-z])(?:[\s,]|$)`)

// question is how a geocoder is asked: without the unit, which it would stumble
// over, and with the state's code.
func (a Address) question() string {
	if at := unit.FindStringIndex(a.Street); at != nil && hasNumber.MatchString(a.Street[:at[0]]) {
		a.Street = joinNonEmpty(" ", a.Street[:at[0]], strings.TrimLeft(a.Street[at[1]:], " ,"))
	}
	if spelledOne.MatchString(a.Street) {
		a.Street = "1" + a.Street[len("one"):]
	}
	return a.OneLine()
}

// ByAddress answers for an address in one line. Faults: Invalid for what is no
// street address in the United States, and for one that fits several places (its
// cause is a *SeveralPlaces); NotFound when the geocoder knows no such address in
// the state that was typed; Unavailable when it can't be asked.
func (a *Atlas) ByAddress(ctx context.Context, oneLine string) (Answer, error) {
	x := a.current()
	typed, err := parseAddress(oneLine, x.statesOf)
	if err != nil {
		return Answer{}, err
	}
	if a.geocoder == nil {
		return Answer{}, fault.Unavailable("civics.geocoder.down", nil)
	}
	found, err := a.geocoder.Address(ctx, x.congress, typed.question())
	if err != nil {
		return Answer{}, err
	}
	// A match in another state than the one typed is no match.
	found = slices.DeleteFunc(slices.Clone(found), func(p Place) bool { return !x.agrees(typed, p) })
	found = asWritten(typed.question(), found)
	switch {
	case len(found) == 0:
		return Answer{}, fault.NotFound("civics.address.no_match")
	case !oneDistrict(found):
		return Answer{}, severalPlaces(found)
	}
	return a.at(found[0])
}

// statesOf lists the states that the area of a ZIP code lies in: codes with its
// first three digits. None when no such area is known.
func (x *index) statesOf(zip string) []string {
	if !PlainZip(zip) {
		return nil
	}
	return x.prefixes[zipNumber(zip)/100]
}

// agrees reports whether a place is in the state that was typed, and in one that
// the typed ZIP code's area reaches into.
func (x *index) agrees(typed Address, p Place) bool {
	if typed.State != "" && p.State != typed.State {
		return false
	}
	states := x.statesOf(typed.Zip)
	return len(states) == 0 || slices.Contains(states, p.State)
}

// severalPlaces asks which of them is meant. Places that are written alike can't
// be told apart by choosing.
func severalPlaces(found []Place) error {
	var written []string
	for _, p := range found {
		if p.Matched != "" && !slices.Contains(written, p.Matched) {
			written = append(written, p.Matched)
		}
	}
	if len(written) < 2 {
		return invalidAddress("civics.address.alike")
	}
	return invalidAddress("civics.address.several").Because(&SeveralPlaces{written[:min(len(written), maxChoices)]})
}

// asWritten narrows several places to those that are written exactly as was
// asked: a visitor who picked one of them must not be asked again.
func asWritten(asked string, found []Place) []Place {
	var exact []Place
	for _, p := range found {
		if p.Matched != "" && foldAddress(p.Matched) == foldAddress(asked) {
			exact = append(exact, p)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return found
}

// foldAddress writes an address so that those that differ in commas, case and
// spaces are one.
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
