package records

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"redress/internal/fault"
	"redress/internal/supporter"
)

// What fits in a field, in characters.
const (
	maxName        = 60
	maxAgency      = 120
	maxStreet      = 120
	maxCity        = 60
	maxDescription = 3000
	maxFee         = 10_000 // dollars
)

// How the copies are to come.
const (
	FormatElectronic = "electronic"
	FormatPaper      = "paper"
	FormatInspect    = "inspect"
)

// Formats are all ways in which copies can come, the first being the usual one.
var Formats = []string{FormatElectronic, FormatPaper, FormatInspect}

// Typed is the form as a visitor sent it.
type Typed struct {
	Agency, AgencyStreet, AgencyCity, AgencyState, AgencyZip, AgencyEmail string

	Choices     []string // keys of the guide's
	Description string
	From, Until string // days, as 2026-01-31; may be empty
	Format      string
	FeeLimit    string // whole dollars; empty: not said

	GivenName, FamilyName, Street, City, State, Zip, Email string
}

// Request is what a visitor asks of an office, checked.
type Request struct {
	Agency      Agency
	Choices     []Choice
	Description string
	From, Until time.Time // zero: not said
	Format      string
	FeeLimit    int // whole dollars; -1: not said
	Writer      Writer
}

// Agency is the office that is asked. Only its name is always there.
type Agency struct{ Name, Street, City, State, Zip, Email string }

// Writer is who asks.
type Writer struct{ GivenName, FamilyName, Street, City, State, Zip, Email string }

// Name is the writer's whole name.
func (w Writer) Name() string { return w.GivenName + " " + w.FamilyName }

// Request checks what was typed against the guide that offered the choices.
// Everything that can't be taken comes back as one invalid fault.
func (t Typed) Request(g Guide) (Request, error) {
	var c check // faults come in the order of the form
	r := Request{
		Choices:     c.choices(g, t.Choices),
		Description: c.text("description", t.Description, maxDescription),
	}
	if len(r.Choices) == 0 && r.Description == "" && !c.has("choices") && !c.has("description") {
		c.fail("description", "records.form.nothing")
	}
	r.From = c.day("from", t.From)
	r.Until = c.day("until", t.Until)
	r.Format = c.format(t.Format)
	r.FeeLimit = c.fee(t.FeeLimit)
	r.Agency = Agency{
		Name:   c.line("agency", t.Agency, maxAgency, "records.form.agency.required"),
		Email:  c.email("agency_email", t.AgencyEmail, ""),
		Street: c.line("agency_street", t.AgencyStreet, maxStreet, ""),
		City:   c.line("agency_city", t.AgencyCity, maxCity, ""),
		State:  c.state("agency_state", t.AgencyState, ""),
		Zip:    c.zip("agency_zip", t.AgencyZip, ""),
	}
	r.Writer = Writer{
		GivenName:  c.line("given_name", t.GivenName, maxName, "records.form.given_name.required"),
		FamilyName: c.line("family_name", t.FamilyName, maxName, "records.form.family_name.required"),
		Street:     c.line("street", t.Street, maxStreet, "records.form.street.required"),
		City:       c.line("city", t.City, maxCity, "records.form.city.required"),
		State:      c.state("home_state", t.State, "records.form.home_state.required"),
		Zip:        c.zip("zip", t.Zip, "records.form.zip.required"),
		Email:      c.email("email", t.Email, "records.form.email.required"),
	}
	if !r.From.IsZero() && !r.Until.IsZero() && r.Until.Before(r.From) {
		c.fail("until", "records.form.until.before")
	}
	if len(c.wrong) > 0 {
		return Request{}, fault.Invalid("records.form.invalid", c.wrong...)
	}
	return r, nil
}

// check gathers what is wrong, once for each field.
type check struct{ wrong []fault.Field }

func (c *check) fail(field, key string, args ...any) {
	if !c.has(field) {
		c.wrong = append(c.wrong, fault.Field{Name: field, Key: key, Args: args})
	}
}

func (c *check) has(field string) bool {
	return slices.ContainsFunc(c.wrong, func(f fault.Field) bool { return f.Name == field })
}

// line takes one line of text. required is the message for an empty one, "" for
// a line that may be empty.
func (c *check) line(field, typed string, limit int, required string) string {
	trimmed := strings.TrimSpace(typed)
	switch {
	case trimmed == "" && required != "":
		c.fail(field, required)
	case utf8.RuneCountInString(trimmed) > limit:
		c.fail(field, "records.form.too_long", "Max", limit)
	case !utf8.ValidString(trimmed) || strings.ContainsFunc(trimmed, breaksLine):
		c.fail(field, "records.form.one_line")
	}
	return trimmed
}

// breaksLine finds control characters and the marks that change the direction
// or order of what follows, with which a line can pretend to be another.
func breaksLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

func (c *check) text(field, typed string, limit int) string {
	plain := strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(typed, "\r\n", "\n"), "\r", "\n"))
	switch {
	case utf8.RuneCountInString(plain) > limit:
		c.fail(field, "records.form.too_long", "Max", limit)
	case !utf8.ValidString(plain) || strings.ContainsFunc(plain, func(r rune) bool { return r != '\n' && r != '\t' && breaksLine(r) }):
		c.fail(field, "records.form.characters")
	}
	return plain
}

func (c *check) state(field, typed, required string) string {
	code := strings.ToUpper(strings.TrimSpace(typed))
	_, known := LawOf(code)
	switch {
	case code == "" && required == "":
	case code == "":
		c.fail(field, required)
	case !known || code == Federal:
		c.fail(field, "records.form.state.unknown")
	}
	return code
}

var zipShape = regexp.MustCompile(`^[0-9]{5}(-[0-9]{4})?$`)

func (c *check) zip(field, typed, required string) string {
	zip := strings.TrimSpace(typed)
	switch {
	case zip == "" && required == "":
	case zip == "":
		c.fail(field, required)
	case !zipShape.MatchString(zip):
		c.fail(field, "records.form.zip.shape")
	}
	return zip
}

func (c *check) email(field, typed, required string) string {
	email := c.line(field, typed, 254, required)
	if email != "" {
		if _, err := supporter.Canonical(email); err != nil {
			c.fail(field, "records.form.email.shape")
		}
	}
	return email
}

func (c *check) choices(g Guide, keys []string) []Choice {
	var chosen []Choice
	for _, choice := range g.Choices {
		if slices.Contains(keys, choice.Key) {
			chosen = append(chosen, choice)
		}
	}
	if slices.ContainsFunc(keys, func(key string) bool { _, ok := g.Choice(key); return !ok }) {
		c.fail("choices", "records.form.choices.unknown") // the campaign changed them meanwhile
	}
	return chosen
}

func (c *check) day(field, typed string) time.Time {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, typed)
	if err != nil || day.Year() < 1900 || day.Year() > 2199 {
		c.fail(field, "records.form.day.shape")
		return time.Time{}
	}
	return day
}

func (c *check) format(typed string) string {
	if typed == "" {
		return FormatElectronic
	}
	if !slices.Contains(Formats, typed) {
		c.fail("format", "records.form.format.unknown")
	}
	return typed
}

func (c *check) fee(typed string) int {
	typed = strings.TrimPrefix(strings.TrimSpace(typed), "$")
	if typed == "" {
		return -1
	}
	dollars, err := strconv.Atoi(typed)
	if err != nil || dollars < 0 || dollars > maxFee {
		c.fail("fee_limit", "records.form.fee_limit.shape", "Max", maxFee)
	}
	return dollars
}
