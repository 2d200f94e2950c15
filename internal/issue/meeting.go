package issue

import (
	"context"
	"slices"
	"time"

	"redress/internal/content/prose"
	"redress/internal/fault"
)

// Agenda is what an issue says about meetings at which one can speak, beside
// the meetings themselves.
type Agenda struct {
	IssueSlug, Lang string `gorm:"primaryKey"`
	Title           string // empty: the page's own
	Intro           string
	Body            string // Markdown: how to find the meetings near oneself

	HTML prose.HTML `gorm:"-"` // Body
}

// Meeting is one meeting of a public body at which people can speak.
type Meeting struct {
	IssueSlug, Lang string    `gorm:"primaryKey"`
	Key             string    `gorm:"primaryKey"` // a slug, part of its address and its calendar id
	Board           string    // who meets
	Title           string    // what kind of meeting; may be empty
	Starts          time.Time // a moment; Zone says how the clock there reads
	Ends            time.Time `gorm:"default:null"` // zero: not said
	Zone            string    // IANA: "America/Denver"
	Place           string    // building and room; may be empty when it meets online
	Address         string
	OnlineURL       string
	City            string    // "Denver"
	State           string    // "CO"
	Attend          string    // who may come
	Speak           string    // how to sign up, and the rules
	SignUpBy        time.Time `gorm:"default:null"` // zero: not said
	SpeakMinutes    int       // for each speaker; 0: not said
	Points          []string  `gorm:"serializer:json"` // what one can say
	Note            string    // that it is a sample, that it moved
	SourceTitle     string
	SourceURL       string
	Sequence        int // how often it was changed (RFC 5545, 3.8.7.4)
	ChangedAt       time.Time
}

// supposed is how long a meeting lasts whose end isn't said.
const supposed = 3 * time.Hour

// Over is the moment from which the meeting is past.
func (m Meeting) Over() time.Time {
	if m.Ends.IsZero() {
		return m.Starts.Add(supposed)
	}
	return m.Ends
}

// IsOver tells whether the meeting is past.
func (m Meeting) IsOver(now time.Time) bool { return !now.Before(m.Over()) }

// SignUpOpen tells whether there is still time to sign up, as far as is known.
func (m Meeting) SignUpOpen(now time.Time) bool { return m.SignUpBy.IsZero() || now.Before(m.SignUpBy) }

// There is a moment as the clock at the meeting's place shows it.
func (m Meeting) There(t time.Time) time.Time {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return t.UTC() // can't be: saving checks the zone
	}
	return t.In(zone)
}

// Changes is when a page that shows the meeting must be made anew: when its
// sign-up closes or it is over. Zero when neither lies ahead.
func (m Meeting) Changes(now time.Time) time.Time {
	var next time.Time
	for _, at := range []time.Time{m.SignUpBy, m.Over()} {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}

// Meetings returns what an issue says about meetings, and those that are not
// over, soonest first. An issue without an agenda has the empty one.
func (s *Issues) Meetings(ctx context.Context, issue string, now time.Time) (Agenda, []Meeting, error) {
	agenda, all, err := s.agenda(ctx, issue)
	if err != nil {
		return Agenda{}, nil, err
	}
	agenda.HTML = prose.Render(agenda.Body, nil).HTML()
	return agenda, slices.DeleteFunc(all, func(m Meeting) bool { return m.IsOver(now) }), nil
}

// Meeting returns one meeting, past or not.
func (s *Issues) Meeting(ctx context.Context, issue, key string) (Meeting, error) {
	_, all, err := s.agenda(ctx, issue)
	if err != nil {
		return Meeting{}, err
	}
	if n := slices.IndexFunc(all, func(m Meeting) bool { return m.Key == key }); n >= 0 {
		return all[n], nil
	}
	return Meeting{}, fault.NotFound("meeting.unknown")
}
