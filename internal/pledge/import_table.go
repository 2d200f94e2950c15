package pledge

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/pledge/csvfile"
	"redress/internal/supporter"
)

// columnNames are the header names under which a column is known, in small letters
// with everything but letters and digits as a single underscore. The first is the
// one that Export writes; the others are what petition programs call theirs.
var columnNames = map[string][]string{
	"given_name":   {"given_name", "first_name", "firstname", "given", "fname", "signer_first_name", "nombre"},
	"family_name":  {"family_name", "last_name", "lastname", "surname", "lname", "signer_last_name", "apellido"},
	"name":         {"name", "full_name", "fullname", "signer", "signer_name"},
	"email":        {"email", "email_address", "e_mail", "e_mail_address", "signer_email", "correo"},
	"zip":          {"zip", "zip_code", "zipcode", "zip_postal_code", "postal_code", "postcode", "can2_user_zip_code"},
	"signed_on":    {"signed_on", "signed_at", "date_signed", "signature_date", "created_at", "created_date", "created_date_utc", "timestamp", "timestamp_est", "submitted_at", "date"},
	"consent_text": {"consent_text", "consent", "opt_in_text"},
	"consent_date": {"consent_date", "consent_given", "opt_in_date"},
	"language":     {"language", "lang", "locale"},
	"source":       {"source", "source_code"},
	"show_name":    {"show_name", "public", "display_publicly"},
}

// table is a file of signatures with its columns found.
type table struct {
	*csvfile.Reader
	at map[string]int // by our name of the column
}

// openTable reads the header.
func openTable(file io.Reader) (*table, error) {
	reader, err := csvfile.New(file)
	if err != nil {
		return nil, err
	}
	header, err := reader.Next()
	if errors.Is(err, io.EOF) || err == nil && header.Fault != "" {
		return nil, fault.Invalid("pledge.import.header")
	}
	if err != nil {
		return nil, err
	}
	t := &table{Reader: reader, at: map[string]int{}}
	for column, names := range columnNames {
		best := len(names)
		for i, field := range header.Fields {
			if rank := slices.Index(names, headerName(field)); rank >= 0 && rank < best {
				t.at[column], best = i, rank
			}
		}
	}
	_, named := t.at["name"]
	_, given := t.at["given_name"]
	_, family := t.at["family_name"]
	_, email := t.at["email"]
	_, signed := t.at["signed_on"]
	if !email || !signed || !named && (!given || !family) {
		return nil, fault.Invalid("pledge.import.columns")
	}
	return t, nil
}

// headerName is a header in the spelling of columnNames.
func headerName(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "_")
}

// cell is a record's value, without the apostrophe that keeps spreadsheets from
// taking it for a formula.
func (t *table) cell(fields []string, column string) string {
	at, is := t.at[column]
	if !is || at >= len(fields) {
		return ""
	}
	text := strings.TrimSpace(fields[at])
	if len(text) > 1 && text[0] == '\'' && strings.ContainsRune("=+-@\t\r\n", rune(text[1])) {
		text = text[1:]
	}
	return text
}

// candidate makes a record's rows, or says why there can be none.
func (r *importing) candidate(record csvfile.Record, now time.Time) candidate {
	c := candidate{line: record.Line}
	if record.Fault != "" {
		c.refuse("row", faultKeys[record.Fault])
		return c
	}
	read := func(column string) string { return r.table.cell(record.Fields, column) }
	signed, key := r.signedOn(read("signed_on"), now)
	if key != "" {
		c.refuse("signed_on", key)
		return c
	}
	entered := Signing{Pledge: r.pledge.IssueSlug, GivenName: read("given_name"), FamilyName: read("family_name"), Email: read("email"), Zip: r.usualZip(read("zip"))}
	if entered.GivenName == "" && entered.FamilyName == "" {
		entered.GivenName, entered.FamilyName = split(read("name"))
	}
	entered, err := r.checkImported(entered)
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		c.refuse(f.Fields[0].Name, f.Fields[0].Key)
		return c
	}
	entered.ShowName, entered.Source = yes(read("show_name")), codeOf(read("source"))
	words, given, key := r.consentOf(read("consent_text"), read("consent_date"), signed, now)
	if key != "" {
		c.refuse("consent_date", key)
		return c
	}
	entered.Updates, entered.UpdatesWords = words != "", words
	c.signature, c.person = r.draw(r.pledge, entered, langOf(read("language")), signed)
	c.signature.Origin, c.signature.State, c.signature.ConfirmedAt = OriginImport, Confirmed, &signed
	if words != "" {
		c.consent = &supporter.Consent{
			Kind: supporter.Updates, Words: words, Given: given, SourceKind: "signature", SourceID: c.signature.ID, Email: entered.Email,
			Issue: r.pledge.IssueSlug, // whatever else the words of another petition may speak of
		}
	}
	return c
}

// faultKeys are the messages of what csvfile couldn't read.
var faultKeys = map[csvfile.Fault]string{
	csvfile.TooLong:  "pledge.import.too_long",
	csvfile.NotText:  "pledge.import.not_text",
	csvfile.BadQuote: "pledge.import.quote",
}

// checkImported holds a record to the form's rules, but for the ZIP code, which
// not every petition asked for.
func (p *Pledges) checkImported(s Signing) (Signing, error) {
	without := s.Zip == ""
	if without {
		s.Zip = "00000"
	}
	checked, err := p.check(s)
	f, ok := fault.As(err)
	if !without || !ok && err != nil {
		return checked, err
	}
	checked.Zip = ""
	if ok {
		f.Fields = slices.DeleteFunc(f.Fields, func(f fault.Field) bool { return f.Name == "zip" })
		if len(f.Fields) == 0 {
			err = nil
		}
	}
	return checked, err
}

// usualZip puts back the zeros that spreadsheets take from the front.
func (p *Pledges) usualZip(zip string) string {
	if n := len(zip); n != 3 && n != 4 || strings.Trim(zip, "0123456789") != "" {
		return zip
	}
	return strings.Repeat("0", 5-len(zip)) + zip
}

// split takes the last word of a name for the family's.
func split(name string) (given, family string) {
	words := strings.Fields(name)
	if len(words) < 2 {
		return name, ""
	}
	return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
}

// times are the ways in which petition programs write a moment. Those without a
// zone are in the center's; a day alone is its noon. Months come before days, as
// in the United States.
var times = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05-07", "2006-01-02 15:04:05 UTC",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "1/2/2006 15:04:05", "1/2/2006 15:04", "1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM",
}

var days = []string{time.DateOnly, "1/2/2006", "January 2, 2006", "Jan 2, 2006"}

func (p *Pledges) moment(text string) (time.Time, bool) {
	for _, layout := range times {
		zone := p.opt.Zone
		if strings.HasSuffix(layout, "UTC") {
			zone = time.UTC
		}
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at.UTC().Truncate(time.Microsecond), true
		}
	}
	for _, layout := range days {
		if at, err := time.ParseInLocation(layout, text, p.opt.Zone); err == nil {
			return at.Add(12 * time.Hour).UTC(), true
		}
	}
	return time.Time{}, false
}

// oldest is before any petition on the web.
var oldest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

func (p *Pledges) signedOn(text string, now time.Time) (at time.Time, key string) {
	at, ok := p.moment(text)
	switch {
	case text == "":
		return at, "pledge.import.no_date"
	case !ok || at.Before(oldest):
		return at, "pledge.import.date"
	case at.After(now.Add(24 * time.Hour)): // a day's noon may be to come
		return at, "pledge.import.future"
	case at.After(now):
		at = now.UTC().Truncate(time.Microsecond)
	}
	return at, ""
}

// consentLimit is in bytes.
const consentLimit = 1000

// consentOf is a record's consent. Without a date of its own it was given with the
// signature, on whose form it stood.
func (r *importing) consentOf(words, date string, signed, now time.Time) (string, time.Time, string) {
	if words == "" {
		words = r.o.Consent
	}
	words = strings.Join(strings.Fields(words), " ")
	if words == "" {
		return "", signed, ""
	}
	if len(words) > consentLimit {
		return "", signed, "pledge.import.consent_long"
	}
	if date == "" {
		return words, signed, ""
	}
	given, key := r.signedOn(date, now)
	if key != "" {
		key = "pledge.import.consent_date"
	}
	return words, given, key
}

func yes(text string) bool {
	return slices.Contains([]string{"true", "yes", "y", "1", "t", "on"}, strings.ToLower(text))
}

// codeOf is a source as a code, or none when it can't be one: an address in that
// column must not be kept in clear.
func codeOf(text string) string {
	if code := strings.ReplaceAll(headerName(text), "_", "-"); !strings.Contains(text, "@") && IsCode(code) {
		return code
	}
	return ""
}

var languagePattern = regexp.MustCompile(`^[a-z]{2,3}$`)

// langOf is a language's code, also of one that the site doesn't speak: its mails
// then are in the default language, and an export says what it was.
func langOf(text string) string {
	code, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(text, "_", "-")), "-")
	if languagePattern.MatchString(code) {
		return code
	}
	return i18n.Default
}
