// Package meeting draws the meetings at which people can speak: the list, and
// one with its speaker's card.
package meeting

import (
	"context"
	"strings"
	"time"

	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/views/layout"
)

// Listing is the list of an issue's coming meetings.
type Listing struct {
	IssueSlug, IssueTitle string
	From                  string // the source code that somebody came by; "": none
	Agenda                issue.Agenda
	Meetings              []issue.Meeting
}

// Showing is one meeting.
type Showing struct {
	IssueSlug, IssueTitle string
	From                  string // the source code that somebody came by; "": none
	issue.Meeting
	Now time.Time
}

// Path is the list, or with a key a meeting.
func Path(slug string, key ...string) string {
	return "/issues/" + strings.Join(append([]string{slug, "meetings"}, key...), "/")
}

func (l Listing) title(ctx context.Context) string {
	if l.Agenda.Title != "" {
		return l.Agenda.Title
	}
	return i18n.T(ctx, "meeting.heading")
}

// Name is who meets, and for what.
func Name(m issue.Meeting) string {
	if m.Title == "" {
		return m.Board
	}
	return m.Board + ": " + m.Title
}

// Day is the meeting's date at its place.
func Day(ctx context.Context, m issue.Meeting) string { return i18n.Date(ctx, m.There(m.Starts)) }

// hours are from when to when, as the clock there shows it, with its zone.
func hours(ctx context.Context, m issue.Meeting) string {
	starts := m.There(m.Starts)
	zone := starts.Format("MST")
	if m.Ends.IsZero() {
		return i18n.T(ctx, "meeting.zone", "Time", i18n.Clock(ctx, starts), "Zone", zone)
	}
	both := i18n.T(ctx, "meeting.until", "From", i18n.Clock(ctx, starts), "Until", i18n.Clock(ctx, m.There(m.Ends)))
	return i18n.T(ctx, "meeting.zone", "Time", both, "Zone", zone)
}

func when(ctx context.Context, m issue.Meeting) string {
	return i18n.T(ctx, "meeting.list_when", "Date", Day(ctx, m), "Time", hours(ctx, m))
}

func signUpBy(ctx context.Context, m issue.Meeting) string {
	by := m.There(m.SignUpBy)
	clock := i18n.T(ctx, "meeting.zone", "Time", i18n.Clock(ctx, by), "Zone", by.Format("MST"))
	return i18n.T(ctx, "meeting.list_when", "Date", i18n.Date(ctx, by), "Time", clock)
}

// place is where, in one line.
func place(m issue.Meeting) string {
	var parts []string
	for _, p := range []string{m.Place, m.Address, m.City + ", " + m.State} {
		if p != "" && !strings.Contains(strings.Join(parts, ", "), p) {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// Event is a meeting as its calendar file says it.
func Event(ctx context.Context, m issue.Meeting) issue.Event {
	link := layout.Absolute(ctx, Path(m.IssueSlug, m.Key))
	e := issue.Event{
		Summary: Name(m), Location: place(m), URL: link, Starts: m.Starts, Ends: m.Ends, Changed: m.ChangedAt, Sequence: m.Sequence,
	}
	var lines []string
	say := func(line string) { lines = append(lines, line) }
	if m.Note != "" {
		say(m.Note)
	}
	if m.Attend != "" {
		say(i18n.T(ctx, "meeting.ics_attend", "Text", m.Attend))
	}
	say(i18n.T(ctx, "meeting.ics_speak", "Text", m.Speak))
	if !m.SignUpBy.IsZero() {
		say(i18n.T(ctx, "meeting.ics_sign_up", "When", signUpBy(ctx, m)))
	}
	if m.SpeakMinutes > 0 {
		say(i18n.T(ctx, "meeting.minutes", "Count", m.SpeakMinutes))
	}
	if m.OnlineURL != "" {
		say(i18n.T(ctx, "meeting.ics_online", "URL", m.OnlineURL))
	}
	for _, point := range m.Points {
		say("• " + point)
	}
	say(link)
	e.Description = strings.Join(lines, "\n")
	return e
}
