package issue

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// readICS reads a calendar file as RFC 5545 says: lines end in CRLF, a line that
// begins with a space goes on with the one before.
func readICS(t interface{ Fatalf(string, ...any) }, file []byte) map[string]string {
	if !bytes.HasSuffix(file, []byte("\r\n")) || !utf8.Valid(file) {
		t.Fatalf("no calendar file: %q", file)
	}
	lines := strings.Split(strings.TrimSuffix(string(file), "\r\n"), "\r\n")
	for _, line := range lines {
		if len(line) > 75 || line == "" || line == " " {
			t.Fatalf("a line of %d octets: %q", len(line), line)
		}
		if !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("a line is broken inside a character: %q", line)
		}
	}
	values := map[string]string{}
	for _, line := range strings.Split(strings.ReplaceAll(strings.Join(lines, "\r\n"), "\r\n ", ""), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("no property: %q", line)
		}
		if _, twice := values[name]; twice && name != "BEGIN" && name != "END" {
			t.Fatalf("%s stands twice", name)
		}
		values[name] = value
	}
	return values
}

// unescaped reads a text value back.
func unescaped(value string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\,`, ",", `\;`, ";").Replace(value)
}

// asText is what a text can be in a calendar file.
func asText(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// TestCalendarFilesSayWhatTheyWereTold writes any words into a calendar file and
// reads them back by the standard's rules.
func TestCalendarFilesSayWhatTheyWereTold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching("[a-zäé🗽;,\\\\\r\n\x00\t: ]{0,200}"))
		starts := time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "starts"), 0)
		e := Event{
			UID: rapid.StringMatching("[a-z0-9-]{1,100}@[a-z.]{1,40}").Draw(t, "uid"), Summary: text.Draw(t, "summary"), Description: text.Draw(t, "description"),
			Location: text.Draw(t, "location"), URL: "https://example.org/" + text.Draw(t, "url"), Starts: starts, Changed: starts,
			Sequence: rapid.IntRange(0, 1000).Draw(t, "sequence"),
		}
		if rapid.Bool().Draw(t, "ends") {
			e.Ends = starts.Add(time.Hour)
		}
		file := e.ICS()
		if !bytes.Equal(file, e.ICS()) {
			t.Fatal("the same event gives other bytes")
		}
		got := readICS(t, file)
		for name, want := range map[string]string{"SUMMARY": e.Summary, "DESCRIPTION": e.Description, "LOCATION": e.Location} {
			if want = asText(want); unescaped(got[name]) != want {
				t.Fatalf("%s is %q, want %q", name, unescaped(got[name]), want)
			}
		}
		if unescaped(got["UID"]) != e.UID || got["DTSTART"] != starts.UTC().Format("20060102T150405Z") || (got["DTEND"] != "") == e.Ends.IsZero() {
			t.Fatalf("the file says %v", got)
		}
		if got["VERSION"] != "2.0" || got["PRODID"] == "" || got["DTSTAMP"] == "" || got["END"] != "VCALENDAR" {
			t.Fatalf("the file lacks what every one has: %v", got)
		}
	})
}

func TestACalendarFileInFull(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 6, 9, 0, 0, 0, 0, time.UTC)
	got := string(Event{
		UID: "board.water@example.org", Summary: "Board; Denver", Description: "One\nTwo, three", URL: "https://example.org/x\r\nX:y",
		Starts: at, Ends: at.Add(2 * time.Hour), Changed: at.AddDate(0, -1, 0), Sequence: 3,
	}.ICS())
	want := strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Redress//Meetings//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
BEGIN:VEVENT
UID:board.water@example.org
DTSTAMP:20270509T000000Z
LAST-MODIFIED:20270509T000000Z
SEQUENCE:3
DTSTART:20270609T000000Z
DTEND:20270609T020000Z
SUMMARY:Board\; Denver
DESCRIPTION:One\nTwo\, three
URL:https://example.org/xX:y
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
