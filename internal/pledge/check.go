package pledge

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"redress/internal/fault"
	"redress/internal/supporter"
)

const (
	nameLimit  = 60 // characters
	marksLimit = 4  // combining marks in a row; the languages that stack them need three
)

var (
	fiveDigits = regexp.MustCompile(`^[0-9]{5}$`)
	zipPlus4   = regexp.MustCompile(`^([0-9]{5})-?[0-9]{4}$`)
	looksLinky = regexp.MustCompile(`\.\pL{2,}`) // "evil.com", but not "J.R." or "St. John"
)

// check tidies what was typed and names every field at fault.
func (p *Pledges) check(s Signing) (Signing, error) {
	var fields []fault.Field
	var key string
	if s.GivenName, key = tidyName(s.GivenName); key != "" {
		fields = append(fields, fault.Field{Name: "given_name", Key: "pledge.given_name." + key})
	}
	if s.FamilyName, key = tidyName(s.FamilyName); key != "" {
		fields = append(fields, fault.Field{Name: "family_name", Key: "pledge.family_name." + key})
	}
	s.Email = strings.TrimSpace(s.Email)
	fields = append(fields, emailFaults(s.Email)...)
	if domain := supporter.Typo(s.Email); s.AskTypo && domain != "" {
		fields = append(fields, fault.Field{Name: "email", Key: "supporter.email.typo", Args: []any{"Domain", domain}})
		p.ruled(RuleTypo)
	}
	if s.Zip, key = p.tidyZip(s.Zip); key != "" {
		fields = append(fields, fault.Field{Name: "zip", Key: "pledge.zip." + key})
	}
	if len(fields) > 0 {
		return s, fault.Invalid("pledge.invalid", fields...)
	}
	return s, nil
}

// emailFaults are what the room of supporters says of an address.
func emailFaults(email string) []fault.Field {
	_, err := supporter.Canonical(email)
	if err == nil {
		return nil
	}
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		return f.Fields
	}
	return []fault.Field{{Name: "email", Key: "supporter.email.invalid"}}
}

// tidyZip takes "80203", also with the four digits that mail uses.
func (p *Pledges) tidyZip(zip string) (tidy, fault string) {
	zip = strings.TrimSpace(zip)
	if m := zipPlus4.FindStringSubmatch(zip); m != nil {
		zip = m[1]
	}
	switch {
	case zip == "":
		return zip, "missing"
	case !fiveDigits.MatchString(zip):
		return zip, "wrong"
	}
	if p.opt.StateOf != nil {
		if _, exists := p.opt.StateOf(zip); !exists {
			return zip, "unknown"
		}
	}
	return zip, ""
}

// tidyName joins spaces and composes letters; the fault says why the name can't
// be taken. Names of all scripts can; what could be a link, a number or a trick
// on the reader's eye can't.
func tidyName(name string) (tidy, fault string) {
	if !utf8.ValidString(name) {
		return "", "characters"
	}
	name = strings.Join(strings.Fields(norm.NFC.String(name)), " ")
	switch {
	case name == "":
		return name, "missing"
	case utf8.RuneCountInString(name) > nameLimit:
		return name, "long"
	case strings.ContainsFunc(name, unicode.IsDigit):
		return name, "digits"
	case looksLinky.MatchString(name):
		return name, "link"
	case !strings.ContainsFunc(name, unicode.IsLetter) || !nameCharacters(name):
		return name, "characters"
	}
	return name, ""
}

func nameCharacters(name string) bool {
	marks := 0
	for i, r := range name {
		if !unicode.IsMark(r) {
			marks = 0
		}
		switch {
		case unicode.IsLetter(r), strings.ContainsRune(" '’ʼ‘`.-‐‑·", r):
		case unicode.IsMark(r):
			if marks++; i == 0 || marks > marksLimit {
				return false
			}
		case r == '\u200c', r == '\u200d': // joiners that Persian and Indian scripts need between letters
			before, _ := utf8.DecodeLastRuneInString(name[:i])
			after, _ := utf8.DecodeRuneInString(name[i+3:])
			if !inJoiningScript(before) || !inJoiningScript(after) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func inJoiningScript(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati,
		unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala)
}
