package issue

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// agendaFront is the front matter of meetings/<issue>.md.
type agendaFront struct {
	Title    string         `yaml:"title"`
	Intro    string         `yaml:"intro"`
	Meetings []meetingFront `yaml:"meetings"`
}

// meetingFront is one meeting. Its times are as the clock at its place shows
// them, in its zone.
type meetingFront struct {
	Key          string   `yaml:"key"`
	Board        string   `yaml:"board"`
	Title        string   `yaml:"title"`
	Starts       string   `yaml:"starts"`
	Ends         string   `yaml:"ends"`
	Zone         string   `yaml:"zone"`
	Place        string   `yaml:"place"`
	Address      string   `yaml:"address"`
	OnlineURL    string   `yaml:"online_url"`
	City         string   `yaml:"city"`
	State        string   `yaml:"state"`
	Attend       string   `yaml:"attend"`
	Speak        string   `yaml:"speak"`
	SignUpBy     string   `yaml:"sign_up_by"`
	SpeakMinutes int      `yaml:"speak_minutes"`
	Points       []string `yaml:"points"`
	Note         string   `yaml:"note"`
	SourceTitle  string   `yaml:"source_title"`
	SourceURL    string   `yaml:"source_url"`
}

// What fits, in characters and in number: the points stand on a card that one
// can hold.
const (
	maxMeetingLine = 160
	maxMeetingText = 800
	maxPoints      = 5
	maxPoint       = 240
	maxMeetings    = 100
)

// SaveMeetings returns what writes the meetings of one issue from their file.
// now is for when they were changed.
func (s *Issues) SaveMeetings(now func() time.Time) func(context.Context, *postgres.Tx, item.Item) error {
	return func(_ context.Context, tx *postgres.Tx, it item.Item) error {
		var f agendaFront
		c := it.Decode(&f)
		c.Max("title", f.Title, 120)
		c.Max("intro", f.Intro, maxMeetingText)
		c.Body()
		meetings := f.meetings(c, it)
		if err := c.Err(); err != nil {
			return err
		}
		agenda := Agenda{IssueSlug: it.Slug, Lang: it.Lang, Title: strings.TrimSpace(f.Title), Intro: strings.TrimSpace(f.Intro), Body: it.Body}
		return saveMeetings(tx, agenda, meetings, now().UTC().Truncate(time.Second))
	}
}

// MeetingsOver returns what notes the meetings of a file that are past: that is
// no reason to refuse the file, but perhaps a year was mistyped.
func MeetingsOver(now func() time.Time) func(item.Item) []string {
	return func(it item.Item) []string {
		var f agendaFront
		if err := yaml.Unmarshal(it.Front, &f); err != nil {
			return nil // saving said so
		}
		var notes []string
		for _, m := range f.meetings(it.Decode(&agendaFront{}), it) {
			if m.IsOver(now()) {
				notes = append(notes, fmt.Sprintf("the meeting %q is over and is not listed", m.Key))
			}
		}
		return notes
	}
}

func (f agendaFront) meetings(c *item.Check, it item.Item) []Meeting {
	if len(f.Meetings) > maxMeetings {
		c.Fail("meetings", "has %d meetings; %d fit", len(f.Meetings), maxMeetings)
	}
	var all []Meeting
	keys := map[string]bool{}
	for n, m := range f.Meetings {
		at := fmt.Sprintf("meetings[%d].", n)
		c.Slug(at+"key", m.Key)
		if keys[m.Key] {
			c.Fail(at+"key", "another meeting has the key %q", m.Key)
		}
		keys[m.Key] = true
		m.checkWords(c, at)
		all = append(all, m.meeting(c, at, it))
	}
	return all
}

func (m meetingFront) checkWords(c *item.Check, at string) {
	c.Required(at+"board", m.Board)
	c.Required(at+"city", m.City)
	for _, line := range []struct{ name, value string }{
		{"board", m.Board}, {"title", m.Title}, {"place", m.Place}, {"address", m.Address}, {"city", m.City}, {"source_title", m.SourceTitle},
	} {
		c.Max(at+line.name, line.value, maxMeetingLine)
	}
	for _, text := range []struct{ name, value string }{{"attend", m.Attend}, {"speak", m.Speak}, {"note", m.Note}} {
		c.Max(at+text.name, text.value, maxMeetingText)
	}
	c.Required(at+"speak", m.Speak)
	if !IsState(m.State) {
		c.Fail(at+"state", "%q is not a state's code such as CO", m.State)
	}
	if strings.TrimSpace(m.Place) == "" && m.OnlineURL == "" {
		c.Fail(at+"place", "a meeting needs a place or an online_url")
	}
	c.HTTPS(at+"online_url", m.OnlineURL)
	c.HTTPS(at+"source_url", m.SourceURL)
	if m.SourceURL != "" {
		c.Required(at+"source_title", m.SourceTitle)
	}
	if m.SpeakMinutes < 0 || m.SpeakMinutes > 60 {
		c.Fail(at+"speak_minutes", "must be between 0 and 60")
	}
	if len(m.Points) > maxPoints {
		c.Fail(at+"points", "has %d points; %d fit on a speaker's card", len(m.Points), maxPoints)
	}
	for n, point := range m.Points {
		field := fmt.Sprintf("%spoints[%d]", at, n)
		c.Required(field, point)
		c.Max(field, point, maxPoint)
	}
}

// meeting reads the moments and makes the row.
func (m meetingFront) meeting(c *item.Check, at string, it item.Item) Meeting {
	made := Meeting{
		IssueSlug: it.Slug, Lang: it.Lang, Key: m.Key, Board: strings.TrimSpace(m.Board), Title: strings.TrimSpace(m.Title), Zone: m.Zone,
		Place: strings.TrimSpace(m.Place), Address: strings.TrimSpace(m.Address), OnlineURL: m.OnlineURL,
		City: strings.TrimSpace(m.City), State: m.State, Attend: strings.TrimSpace(m.Attend), Speak: strings.TrimSpace(m.Speak),
		SpeakMinutes: m.SpeakMinutes, Points: item.List(m.Points), Note: strings.TrimSpace(m.Note),
		SourceTitle: m.SourceTitle, SourceURL: m.SourceURL,
	}
	zone, ok := zoneOf(c, at+"zone", m.Zone)
	if !ok {
		return made
	}
	c.Required(at+"starts", m.Starts)
	made.Starts = moment(c, at+"starts", m.Starts, zone)
	made.Ends = moment(c, at+"ends", m.Ends, zone)
	made.SignUpBy = moment(c, at+"sign_up_by", m.SignUpBy, zone)
	if !made.Ends.IsZero() && !made.Starts.IsZero() && !made.Ends.After(made.Starts) {
		c.Fail(at+"ends", "must come after starts")
	}
	if made.SignUpBy.After(made.Over()) && !made.Starts.IsZero() {
		c.Fail(at+"sign_up_by", "must not come after the meeting")
	}
	return made
}

func zoneOf(c *item.Check, field, name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		c.Fail(field, "is required: the time zone of the place, such as America/Denver")
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		c.Fail(field, "%q is no time zone such as America/Denver", name)
		return nil, false
	}
	return zone, true
}

// momentLayout is how files write a moment.
const momentLayout = "2006-01-02T15:04"

func moment(c *item.Check, field, typed string, zone *time.Location) time.Time {
	typed = strings.Replace(strings.TrimSpace(typed), " ", "T", 1)
	if typed == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(momentLayout, typed, zone)
	switch {
	case err != nil:
		c.Fail(field, "a time is written as 2027-03-09T18:00")
		return time.Time{}
	case t.Format(momentLayout) != typed:
		c.Fail(field, "the clocks in %s skip this time", zone)
	case t.Year() < 2000 || t.Year() > 2199:
		c.Fail(field, "the year can't be right")
	}
	return t
}
