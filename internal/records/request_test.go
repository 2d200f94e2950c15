package records

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"redress/internal/fault"
)

var guide = Guide{Choices: []Choice{
	{Key: "policies", Title: "Policies", Ask: "The policies in force."},
	{Key: "video", Title: "Video", Ask: "Video of the event."},
}}

func omar() Typed {
	return Typed{
		Agency: "Records Unit, Springfield Police", AgencyStreet: "5 Court St", AgencyCity: "Springfield", AgencyState: "KY", AgencyZip: "40069",
		AgencyEmail: "records@example.org", Choices: []string{"policies"}, Description: "Of the traffic unit.", From: "2025-01-01", Until: "2025-12-31",
		Format: FormatElectronic, FeeLimit: "25",
		GivenName: "Omar", FamilyName: "Núñez", Street: "1 Elm St", City: "Springfield", State: "KY", Zip: "40069", Email: "omar@example.org",
	}
}

var today = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func composed(t *testing.T, code string, typed Typed) Draft {
	t.Helper()
	law, ok := LawOf(code)
	if !ok {
		t.Fatalf("no law %s", code)
	}
	r, err := typed.Request(guide)
	if err != nil {
		t.Fatal(err)
	}
	return Compose(t.Context(), law, r, today)
}

func TestTheLetterSaysWhatWasAsked(t *testing.T) {
	t.Parallel()
	text := composed(t, "KY", omar()).Text()
	for _, has := range []string{
		"Omar Núñez\n1 Elm St\nSpringfield, KY 40069\nomar@example.org\n\nNovember 28, 2026\n\nRecords Unit, Springfield Police\n5 Court St\nSpringfield, KY 40069\n",
		"Kentucky Open Records Act (KRS 61.870 to 61.884)", "I am a resident of Kentucky.", "1. The policies in force.", "2. Of the traffic unit.",
		"from January 1, 2025 to December 31, 2025", "over $25", "within five working days", "electronic copies", "\nOmar Núñez\n",
	} {
		if !strings.Contains(text, has) {
			t.Errorf("the letter lacks %q:\n%s", has, text)
		}
	}
	if strings.Contains(text, "Video") {
		t.Error("the letter asks for what wasn't chosen")
	}
}

func TestTheLetterClaimsNothingUnsure(t *testing.T) {
	t.Parallel()
	typed := omar()
	typed.State = "OH"
	d := composed(t, "KY", typed)
	if strings.Contains(d.Text(), "resident") || !d.NotOfState {
		t.Errorf("someone from Ohio: %t\n%s", d.NotOfState, d.Text())
	}
	if text := composed(t, "SC", omar()).Text(); strings.Contains(text, "days") {
		t.Errorf("a time that was not verified is in the letter:\n%s", text)
	}
	if d := composed(t, "OH", omar()); strings.Contains(d.Text(), "resident") || d.NotOfState {
		t.Error("Ohio's law asks nobody where they live")
	}
	if text := composed(t, "CO", omar()).Text(); !strings.Contains(text, "Criminal Justice Records Act") {
		t.Error("Colorado's second law isn't named")
	}
}

func TestEveryLawMakesALetter(t *testing.T) {
	t.Parallel()
	for _, l := range Laws() {
		d := composed(t, l.Code, omar())
		if text := d.Text(); !strings.Contains(text, l.Cite) || strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
			t.Errorf("%s:\n%s", l.Code, text)
		}
		if l.Time.Verified && !slices.Contains(d.Paragraphs, l.Time.Letter) {
			t.Errorf("%s: the verified time is missing", l.Code)
		}
	}
}

func TestLittleIsEnough(t *testing.T) {
	t.Parallel()
	text := composed(t, "US", Typed{
		Agency: "FBI", AgencyState: "DC", Description: "The manual.", GivenName: "O", FamilyName: "N", Street: "1 Elm", City: "X", State: "CO", Zip: "80203", Email: "o@example.org",
	}).Text()
	if !strings.Contains(text, "\n\nFBI\n\n") || !strings.Contains(text, "\n\nThe manual.\n\n") || !strings.Contains(text, "how much it will be") {
		t.Errorf("a short request:\n%s", text)
	}
	for limit, has := range map[string]string{"0": "waive all fees", "$1500": "over $1,500"} {
		typed := omar()
		typed.FeeLimit = limit
		if text := composed(t, "OH", typed).Text(); !strings.Contains(text, has) {
			t.Errorf("a limit of %s:\n%s", limit, text)
		}
	}
}

func TestWhatCannotBeTaken(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10_000)
	for name, c := range map[string]struct {
		change func(*Typed)
		fields string
	}{
		"nothing":               {func(q *Typed) { *q = Typed{} }, "description agency given_name family_name street city home_state zip email"},
		"nothing asked":         {func(q *Typed) { q.Choices, q.Description = nil, " \n " }, "description"},
		"an unknown choice":     {func(q *Typed) { q.Choices = []string{"policies", "everything"} }, "choices"},
		"a line break":          {func(q *Typed) { q.Agency = "Police\r\nBcc: all@example.org" }, "agency"},
		"control characters":    {func(q *Typed) { q.GivenName, q.Description = "O\x00mar", "a\x07b" }, "description given_name"},
		"reversed text":         {func(q *Typed) { q.FamilyName = "a\u202egpj.exe" }, "family_name"},
		"no text":               {func(q *Typed) { q.City, q.Description = "\xff", "\xfe" }, "description city"},
		"10,000 characters":     {func(q *Typed) { q.Agency, q.Street, q.Description, q.GivenName = long, long, long, long }, "description agency given_name street"},
		"a long mail address":   {func(q *Typed) { q.Email = long + "@example.org" }, "email"},
		"headers in a mail":     {func(q *Typed) { q.AgencyEmail = "a@example.org?bcc=b@example.org&x" }, "agency_email"},
		"two mail addresses":    {func(q *Typed) { q.AgencyEmail = "a@example.org,b@example.org" }, "agency_email"},
		"a name and address":    {func(q *Typed) { q.AgencyEmail = "A <a@example.org>" }, "agency_email"},
		"an unknown state":      {func(q *Typed) { q.State, q.AgencyState = "ZZ", "US" }, "agency_state home_state"},
		"a short ZIP code":      {func(q *Typed) { q.Zip, q.AgencyZip = "8020", "x" }, "agency_zip zip"},
		"no day":                {func(q *Typed) { q.From, q.Until = "yesterday", "2025-02-30" }, "from until"},
		"the end first":         {func(q *Typed) { q.From, q.Until = "2025-02-02", "2025-02-01" }, "until"},
		"a year too far":        {func(q *Typed) { q.From = "0001-01-01" }, "from"},
		"a fee below nothing":   {func(q *Typed) { q.FeeLimit = "-1" }, "fee_limit"},
		"a fee too high":        {func(q *Typed) { q.FeeLimit = "99999999999999999999" }, "fee_limit"},
		"a fee in words":        {func(q *Typed) { q.FeeLimit = "a lot" }, "fee_limit"},
		"a format of one's own": {func(q *Typed) { q.Format = "fax" }, "format"},
	} {
		typed := omar()
		c.change(&typed)
		_, err := typed.Request(guide)
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.KindInvalid {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var fields []string
		for _, field := range f.Fields {
			fields = append(fields, field.Name)
		}
		if got := strings.Join(fields, " "); got != c.fields {
			t.Errorf("%s is wrong in %q, want %q", name, got, c.fields)
		}
		if strings.Contains(err.Error(), "omar@") || strings.Contains(err.Error(), "Elm") {
			t.Errorf("%s: the error tells what was typed", name)
		}
	}
}

func TestTheMailLink(t *testing.T) {
	t.Parallel()
	typed := omar()
	typed.AgencyEmail, typed.Description = "o'neil+records&more@example.org", "A & B = 100% + “x”?"
	d := composed(t, "OH", typed)
	link, _ := d.Mailto()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	if to, err := url.PathUnescape(u.Opaque); err != nil || to != typed.AgencyEmail {
		t.Errorf("the mail goes to %q", to)
	}
	query, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery, "+", "%2B"))
	if err != nil || len(query) != 2 || query.Get("subject") != d.Subject || strings.ReplaceAll(query.Get("body"), "\r\n", "\n") != d.Text() {
		t.Errorf("the link holds %v", query)
	}
	typed.Description = strings.Repeat("word ", 500)
	if _, ok := composed(t, "OH", typed).Mailto(); ok {
		t.Error("a letter too long for a link gets one")
	}
}

// FuzzRequest types anything into every field: what is taken makes a letter of
// plain lines, in which nothing stands that the checks refuse.
func FuzzRequest(f *testing.F) {
	f.Add("Police", "What was paid.", "Omar", "o@example.org", "25", "2025-01-01")
	f.Add("a\nb", "x\x00", "\u202e", "a@b", "-", "x")
	f.Add("=?utf-8?q?x?=", "{{.}}", "<b>", "\"a b\"@example.org", "0", "")
	f.Fuzz(func(t *testing.T, agency, description, name, email, fee, day string) {
		typed := omar()
		typed.Agency, typed.Description, typed.GivenName, typed.AgencyEmail, typed.FeeLimit, typed.From = agency, description, name, email, fee, day
		typed.Until = ""
		r, err := typed.Request(guide)
		if err != nil {
			if fault.KindOf(err) != fault.KindInvalid {
				t.Fatal(err)
			}
			return
		}
		law, _ := LawOf("KY")
		d := Compose(t.Context(), law, r, today)
		text := d.Text()
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			t.Fatalf("no plain text: %q", text)
		}
		for _, line := range slices.Concat(d.From, d.To, []string{d.Subject, d.Name, d.Email}) {
			if strings.ContainsAny(line, "\r\n") {
				t.Fatalf("a line breaks: %q", line)
			}
		}
		link, _ := d.Mailto()
		u, err := url.Parse(link)
		if err != nil || u.Scheme != "mailto" || strings.Count(link, "?") != 1 || strings.Count(link, "&") != 1 {
			t.Fatalf("the link is %q: %v", link, err)
		}
	})
}
