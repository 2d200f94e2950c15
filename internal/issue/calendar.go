package issue

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Event is what a calendar file says about one meeting. The words are for
// people and come translated.
type Event struct {
	UID                  string // stable over every change
	Summary, Description string
	Location, URL        string
	Starts, Ends         time.Time // Ends may be zero
	Changed              time.Time
	Sequence             int
}

// ICS is the event as a calendar file (RFC 5545). Times are in UTC, so that no
// table of a time zone's rules has to travel with one moment. The file holds
// nothing but its event: the same event gives the same bytes.
//
// It is written here and not by a library: one event with ten fixed properties
// needs escaping and folding, and both are a screenful that tests can read back.
func (e Event) ICS() []byte {
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Redress//Meetings//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("BEGIN", "VEVENT")
	line("UID", escape(e.UID))
	line("DTSTAMP", utc(e.Changed))
	line("LAST-MODIFIED", utc(e.Changed))
	line("SEQUENCE", strconv.Itoa(e.Sequence))
	line("DTSTART", utc(e.Starts))
	if !e.Ends.IsZero() {
		line("DTEND", utc(e.Ends))
	}
	line("SUMMARY", escape(e.Summary))
	if e.Location != "" {
		line("LOCATION", escape(e.Location))
	}
	if e.Description != "" {
		line("DESCRIPTION", escape(e.Description))
	}
	if e.URL != "" {
		line("URL", oneLine(e.URL))
	}
	line("END", "VEVENT")
	line("END", "VCALENDAR")
	return []byte(b.String())
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escape writes a text value (3.3.11). Line breaks become \n; other control
// characters have no place in a file.
func escape(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsControl(r) && r != '\t':
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// oneLine keeps a value that isn't text, such as an address, on its line.
func oneLine(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, value)
}

// widest is how many octets a line may have without its break (3.1).
const widest = 75

// fold writes a content line, broken where it is too long: never inside a
// character, and each further line begins with a space that counts.
func fold(b *strings.Builder, line string) {
	room := widest
	for len(line) > room {
		at := room
		for at > 0 && !utf8.RuneStart(line[at]) {
			at--
		}
		b.WriteString(line[:at])
		b.WriteString("\r\n ")
		line, room = line[at:], widest-1
	}
	b.WriteString(line)
	b.WriteString("\r\n")
}
