package cwc

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"redress/internal/civics"
)

// Office is an office that takes messages, as a service lists it. Name and
// Bioguide are "" where the list doesn't tell.
type Office struct {
	Code     string // SCO01, HCO01
	Name     string // the member's
	Bioguide string // D000197
}

// Why an official can't be written to by this way. Other ways remain.
var (
	ErrNotCongress = errors.New("cwc: not a member of Congress in office")
	ErrNoList      = errors.New("cwc: the chamber's list of offices is not at hand")
	ErrNotListed   = errors.New("cwc: the office is not on the chamber's list")
	ErrAmbiguous   = errors.New("cwc: the chamber's list does not tell which office it is")
)

// OfficeCode finds an official's office on the list of their chamber. Offices
// are seats. A House member's is that of the district, whoever holds it. The
// codes of a state's two senators differ by a number only, so a senator is
// looked for by Bioguide id, then by last name; a list that gives neither is
// read by the senator's class, where the end of the term tells it. Whatever
// leaves a doubt is ErrAmbiguous: a letter never goes to the other senator.
func OfficeCode(o *civics.Official, list []Office) (string, error) {
	if o == nil || o.Level != civics.Federal || o.Vacant || o.Serves.Left || len(o.State) != 2 {
		return "", ErrNotCongress
	}
	switch o.Chamber {
	case House:
		for _, code := range houseCodes(o) {
			if slices.ContainsFunc(list, func(of Office) bool { return of.Code == code }) {
				return code, nil
			}
		}
		return "", ErrNotListed
	case Senate:
		return senateCode(o, list)
	}
	return "", ErrNotCongress
}

// houseCodes are the codes that a House member's office may have, the likelier
// first. A state's only seat, and a delegate's, is number 00. The House writes
// American Samoa AQ, as its standard of state codes once did.
func houseCodes(o *civics.Official) []string {
	district, err := strconv.Atoi(o.District)
	if err != nil || district < 0 || district > 99 {
		return nil
	}
	codes := []string{fmt.Sprintf("H%s%02d", o.State, district)}
	if o.State == "AS" {
		codes = slices.Insert(codes, 0, fmt.Sprintf("HAQ%02d", district))
	}
	return codes
}

func senateCode(o *civics.Official, list []Office) (string, error) {
	var seats []Office // of the state
	for _, of := range list {
		if strings.HasPrefix(of.Code, "S"+o.State) {
			seats = append(seats, of)
		}
	}
	if len(seats) == 0 {
		return "", ErrNotListed
	}
	class := classOf(o)
	for _, of := range seats {
		if of.Bioguide != "" && "bioguide:"+of.Bioguide == o.ID {
			return of.Code, nil
		}
	}
	named := slices.DeleteFunc(slices.Clone(seats), func(of Office) bool { return !namesOnly(of) || !bears(of.Name, o.FamilyName) })
	switch {
	case len(named) > 1:
		return "", ErrAmbiguous
	case len(named) == 1 && class != 0 && !seatOf(class, named[0]):
		return "", ErrAmbiguous // the list names another seat than the term says
	case len(named) == 1:
		return named[0].Code, nil
	}
	bare := slices.DeleteFunc(slices.Clone(seats), func(of Office) bool { return of.Bioguide != "" || of.Name != "" })
	switch {
	case len(bare) == 0:
		return "", ErrNotListed
	case class == 0:
		return "", ErrAmbiguous
	}
	for _, of := range bare {
		if seatOf(class, of) {
			return of.Code, nil
		}
	}
	return "", ErrNotListed
}

// namesOnly tells whether the list says who holds a seat by name alone.
func namesOnly(of Office) bool { return of.Bioguide == "" && of.Name != "" }

// bears tells whether a member's name holds a last name.
func bears(name, last string) bool {
	last = words(last)
	return last != "" && strings.Contains(" "+words(name)+" ", " "+last+" ")
}

func seatOf(class int, of Office) bool { return strings.HasSuffix(of.Code, strconv.Itoa(class)) }

// words is a name as small letters without accents, its parts set apart by
// single spaces.
func words(name string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), name)
	if err != nil {
		return ""
	}
	return strings.Join(strings.FieldsFunc(strings.ToLower(plain), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// classOf is a senator's class, which numbers their seat: a third of the terms
// ends with every second year, on January 3. Who was appointed serves until an
// election, and their class can't be seen: 0.
func classOf(o *civics.Official) int {
	if o.TermEnds.Month() != time.January || o.TermEnds.Day() != 3 {
		return 0
	}
	switch o.TermEnds.Year() % 6 {
	case 3: // 2031
		return 1
	case 5: // 2027
		return 2
	case 1: // 2029
		return 3
	}
	return 0
}

var (
	senateOffice = regexp.MustCompile(`^S[A-Z]{2}0[1-3]$`)
	houseOffice  = regexp.MustCompile(`^H?([A-Z]{2}[0-9]{2})$`)
)

// officeCode reads an office's code as the chamber's list writes it. The House
// may leave the H away.
func officeCode(chamber civics.Chamber, text string) (string, bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if chamber == Senate {
		return text, senateOffice.MatchString(text)
	}
	parts := houseOffice.FindStringSubmatch(text)
	if parts == nil {
		return "", false
	}
	return "H" + parts[1], true
}
