package letter

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/letter/cwc"
	"redress/internal/supporter"
)

// What fits in a field, in characters.
const (
	maxName      = 60
	maxStreet    = 120
	maxCity      = 60
	maxSubject   = 200
	maxStory     = 5000
	maxBody      = 10000
	maxOfficials = 40
)

// Prefixes are those that Congress's intake takes, exactly so written.
var Prefixes = cwc.Prefixes()

var zipShape = regexp.MustCompile(`^[0-9]{5}(-[0-9]{4})?$`)

// NewMessage is the letter form as a visitor sent it. In Subjects and Bodies
// the key "" is the plain field, the others are Group keys.
type NewMessage struct {
	IssueSlug    string
	GivenName    string
	FamilyName   string
	Prefix       string // one of Prefixes; asked only where a recipient's channel needs it
	Email        string
	Address      civics.Address
	Subjects     map[string]string
	Story        string
	Prompt       string // which of the letter's prompts was chosen for the story's opening: "0" is the first; "": none
	Variant      string // the version of the letter's comparison that the form showed; "": see the keys of Bodies
	Bodies       map[string]string
	Officials    []string
	Network      string // the visitor's network, as limits count it; "" when unknown
	Updates      bool
	UpdatesWords string // the consent sentence as it was shown
	Source       string // the code of the way on which they came, one that is known; empty: none
	Slow         bool   // the mail about it takes the slow lane (abuse.SlowUntil); nothing else differs
}

// clean trims what was typed and reports every field that can't be taken.
func (n NewMessage) clean() (NewMessage, error) {
	var wrong []fault.Field
	fail := func(name, key string, args ...any) {
		wrong = append(wrong, fault.Field{Name: name, Key: key, Args: args})
	}
	n.GivenName = name(n.GivenName, "given_name", fail)
	n.FamilyName = name(n.FamilyName, "family_name", fail)
	n.Address.Street = line(n.Address.Street, "street", maxStreet, fail)
	if wholeAddress(n.Address.Street) {
		fail("street", "letter.form.street.whole")
	}
	n.Address.City = line(n.Address.City, "city", maxCity, fail)
	n.Address.State = strings.ToUpper(strings.TrimSpace(n.Address.State))
	if !IsState(n.Address.State) {
		fail("state", "letter.form.state.unknown")
	}
	n.Address.Zip = strings.TrimSpace(n.Address.Zip)
	if !zipShape.MatchString(n.Address.Zip) {
		fail("zip", "letter.form.zip.shape")
	}
	n.Prefix = strings.TrimSpace(n.Prefix)
	if n.Prefix != "" && !slices.Contains(Prefixes, n.Prefix) {
		fail("prefix", "letter.form.prefix.unknown")
	}
	n.Email = strings.TrimSpace(n.Email)
	if _, err := supporter.Canonical(n.Email); err != nil || !deliverable(n.Email) {
		fail("email", "letter.form.email.shape")
	}
	n.Story = text(n.Story, "story", maxStory, fail)
	n.Subjects = each(n.Subjects, func(v string) string { return line(v, "subject", maxSubject, fail) })
	n.Bodies = each(n.Bodies, func(v string) string { return text(v, "body", maxBody, fail) })
	n.Officials = distinct(n.Officials)
	if len(n.Officials) == 0 {
		fail("officials", "letter.form.officials.none")
	}
	if len(n.Officials) > maxOfficials {
		fail("officials", "letter.form.officials.many", "Max", maxOfficials)
	}
	if len(wrong) > 0 {
		return n, fault.Invalid("letter.form.invalid", once(wrong)...)
	}
	return n, nil
}

type failing func(name, key string, args ...any)

// name takes letters of any script and what stands between them. Names go into
// mail headers, so digits, links and line breaks have no place there.
func name(v, field string, fail failing) string {
	trimmed := strings.Join(strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\t' }), " ")
	switch {
	case trimmed == "":
		fail(field, "letter.form."+field+".required")
	case utf8.RuneCountInString(trimmed) > maxName:
		fail(field, "letter.form.too_long", "Max", maxName)
	case strings.ContainsFunc(trimmed, notInName):
		fail(field, "letter.form.name.characters")
	}
	return trimmed
}

func notInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" .,'’ʻ-‐·", r)
}

var (
	endsInState = regexp.MustCompile(`(?i)([^\s,]+)[\s,]+([a-z]{2})\.?$`)
	endsInPlace = regexp.MustCompile(`(?i)[\s,]([a-z]{2})\.?[\s,]+[0-9]{5}(-[0-9]{4})?$`)
	endsInZip   = regexp.MustCompile(`(?i)([^\s,]+)[\s,]+[0-9]{5}(-[0-9]{4})?$`)
	// What a number or a pair of letters at the end belongs to: "Unit 10203", "County Road CO".
	numbered = regexp.MustCompile(`(?i)^(apt|apartment|bldg|box|fm|highway|hwy|lot|no|number|rd|rm|road|room|route|rr|rt|rte|space|spc|ste|suite|trlr|unit)\.?$`)
	hasDigit = regexp.MustCompile(`[0-9]`)
)

// streetEnds are codes of states that streets end in too: Court, Northeast,
// Floor, Lane, Mount, Prairie, Alley.
var streetEnds = []string{"CT", "NE", "FL", "LA", "MT", "PR", "AL"}

// wholeAddress tells whether a street has a state or a ZIP code at its end:
// then it is an address of its own, and need not be the one in the other fields.
func wholeAddress(street string) bool {
	if m := endsInPlace.FindStringSubmatch(street); m != nil && IsState(strings.ToUpper(m[1])) {
		return true
	}
	if m := endsInZip.FindStringSubmatch(street); m != nil {
		return !numbered.MatchString(m[1]) && hasDigit.MatchString(strings.TrimSuffix(street, m[0]))
	}
	m := endsInState.FindStringSubmatch(street)
	if m == nil || numbered.MatchString(m[1]) || !IsState(strings.ToUpper(m[2])) {
		return false
	}
	if !slices.Contains(streetEnds, strings.ToUpper(m[2])) {
		return true
	}
	_, city, hasCity := strings.Cut(strings.TrimSuffix(street, m[2]), ", ")
	return hasCity && !hasDigit.MatchString(city)
}

// line takes one line of text.
func line(v, field string, limit int, fail failing) string {
	trimmed := strings.TrimSpace(v)
	switch {
	case trimmed == "":
		fail(field, "letter.form."+field+".required")
	case utf8.RuneCountInString(trimmed) > limit:
		fail(field, "letter.form.too_long", "Max", limit)
	case !utf8.ValidString(trimmed) || strings.ContainsFunc(trimmed, breaksLine) || strings.Contains(trimmed, encodedWord):
		fail(field, "letter.form.one_line")
	}
	return trimmed
}

// encodedWord begins text that a mail program would show as other text
// (RFC 2047), so that the letter would not read as it was confirmed.
const encodedWord = "=?"

// breaksLine finds control characters and the marks that change the direction
// or order of what follows, with which a line can pretend to be another.
func breaksLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

// text takes paragraphs.
func text(v, field string, limit int, fail failing) string {
	v = strings.ReplaceAll(strings.ReplaceAll(v, "\r\n", "\n"), "\r", "\n")
	v = strings.TrimSpace(v)
	switch {
	case utf8.RuneCountInString(v) > limit:
		fail(field, "letter.form.too_long", "Max", limit)
	case !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return r != '\n' && r != '\t' && breaksLine(r) }):
		fail(field, "letter.form.characters")
	}
	return v
}

func each(values map[string]string, clean func(string) string) map[string]string {
	out := make(map[string]string, len(values))
	for k, v := range values {
		out[k] = clean(v)
	}
	return out
}

// once keeps the first fault of each field.
func once(fields []fault.Field) []fault.Field {
	seen := map[string]bool{}
	var out []fault.Field
	for _, f := range fields {
		if !seen[f.Name] {
			seen[f.Name] = true
			out = append(out, f)
		}
	}
	return out
}

// typed is what the form held for a prepared text: under its own key, or in
// the plain field, or under a key of the same ask whose words have changed
// since the form was shown.
func typed(values map[string]string, key, askKey string) (string, bool) {
	for _, k := range []string{key, ""} {
		if v, ok := values[k]; ok {
			return v, true
		}
	}
	found, n := "", 0
	for k, v := range values {
		if before, _, _ := strings.Cut(k, "."); before == askKey {
			found, n = v, n+1
		}
	}
	return found, n == 1
}
