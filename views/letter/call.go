package letter

import (
	"context"
	"time"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/internal/letter"
	"redress/views/parts"
)

// listed is how many district offices are shown beside the capitol's.
const listed = 3

// unfolded is how many numbers stand open to be pressed: the nearest office's and the
// capitol's.
const unfolded = 2

// Calls is what numbers are laid ready with: when the page is made, and where
// offices are. Without Now nothing is said of their hours; whoever isn't in Near
// has the offices that the official lists.
type Calls struct {
	Now  time.Time
	Near letter.Nearby
}

// CallRound is whom somebody calls, one after the other: the officials named, or
// else those of the ZIP code; Called are those they have called. It holds no
// address: it goes through forms and links.
type CallRound struct {
	From      string // the source code that they came by; "": none
	Zip       string
	Officials []string
	Called    []string
}

// roundFor is a round of those in an answer. Whoever a ZIP code alone found is
// found by it again; the others are named.
func roundFor(at civics.Answer, from string) CallRound {
	round := CallRound{From: from, Zip: at.Zip}
	if at.Zip != "" && at.Confidence != civics.ConfidenceAddress {
		return round
	}
	for _, o := range at.Officials {
		if o.Offered() {
			round.Officials = append(round.Officials, o.ID)
		}
	}
	return round
}

// RoundOf is a round of those whom a message is for, for the receipt.
func RoundOf(letters []letter.Tracked, from string) CallRound {
	round := CallRound{From: from}
	for _, t := range letters {
		if t.Official.Offered() {
			round.Officials = append(round.Officials, t.Official.ID)
		}
	}
	return round
}

// line is one number to call, and whether anybody is there.
type line struct {
	number, where string
	open          bool
	word, hours   string // "Closed now", "opens tomorrow at 9 a.m. (Mountain time)"; word is "" when only the hours are known
}

// numbers are an official's, each once: of the nearest office, with the capitol's
// beside it, and of a few more. Where the nearest isn't known, the capitol's is
// the first.
func numbers(ctx context.Context, o *civics.Official, calls Calls) []line {
	near, known := calls.Near[o.ID]
	if !known {
		near = letter.NearOffices{Offices: o.Offices}
	}
	var capitol, district []civics.Office
	for _, office := range near.Offices {
		switch {
		case office.Phone == "":
		case office.Kind == civics.OfficeCapitol:
			capitol = append(capitol, office)
		default:
			district = append(district, office)
		}
	}
	district = district[:min(listed, len(district))]
	first := 0
	if near.Sure {
		first = min(1, len(district))
	}
	var lines []line
	seen := map[string]bool{"": true}
	add := func(office civics.Office, where string) {
		if !seen[office.Phone] {
			seen[office.Phone] = true
			lines = append(lines, lineOf(ctx, office, where, calls.Now))
		}
	}
	for _, office := range district[:first] {
		add(office, officeName(ctx, office, "call.nearest"))
	}
	for _, office := range capitol {
		add(office, i18n.T(ctx, "call.capitol"))
	}
	add(civics.Office{Phone: o.Phone()}, i18n.T(ctx, "call.office"))
	for _, office := range district[first:] {
		add(office, officeName(ctx, office, "call.district"))
	}
	return lines
}

func officeName(ctx context.Context, office civics.Office, key string) string {
	if office.City == "" {
		return i18n.T(ctx, "call.office")
	}
	return i18n.T(ctx, key, "City", office.City)
}

func lineOf(ctx context.Context, office civics.Office, where string, now time.Time) line {
	l := line{number: office.Phone, where: where}
	if now.IsZero() {
		return l
	}
	hours, known := letter.HoursOf(office, now)
	switch zone := i18n.T(ctx, "call.zone."+string(hours.Zone)); {
	case !known:
		l.hours = i18n.T(ctx, "call.hours.unknown", "Opens", hour(ctx, letter.OfficeOpens), "Closes", hour(ctx, letter.OfficeCloses))
	case hours.Open:
		l.open = true
		l.word = i18n.T(ctx, "call.hours.open")
		l.hours = i18n.T(ctx, "call.hours.until", "Hour", hour(ctx, hours.Turns.Hour()), "Zone", zone)
	default:
		l.word = i18n.T(ctx, "call.hours.closed")
		if hours.Holiday {
			l.word = i18n.T(ctx, "call.hours.holiday")
		}
		l.hours = i18n.T(ctx, "call.hours.opens", "Day", dayFrom(ctx, hours.Now, hours.Turns), "Hour", hour(ctx, hours.Turns.Hour()), "Zone", zone)
	}
	return l
}

// dayFrom is how a day within the week is called on another: "tomorrow", "on
// Monday".
func dayFrom(ctx context.Context, now, day time.Time) string {
	switch {
	case day.YearDay() == now.YearDay():
		return i18n.T(ctx, "call.hours.today")
	case day.YearDay() == now.AddDate(0, 0, 1).YearDay():
		return i18n.T(ctx, "call.hours.tomorrow")
	}
	return i18n.T(ctx, weekdayKeys[day.Weekday()])
}

var weekdayKeys = [...]string{
	"call.hours.sunday", "call.hours.monday", "call.hours.tuesday", "call.hours.wednesday", "call.hours.thursday", "call.hours.friday", "call.hours.saturday",
}

// hour is a full hour of the day: "9 a.m."
func hour(ctx context.Context, h int) string {
	half := "format.am"
	if h >= 12 {
		half = "format.pm"
	}
	if h %= 12; h == 0 {
		h = 12
	}
	return i18n.T(ctx, "call.hours.hour", "Hour", h, "Half", i18n.T(ctx, half))
}

// look is a line's word in its color: only an open office has one.
func (l line) look() parts.State {
	if l.open {
		return parts.StateSent
	}
	return parts.StateNote
}

// closed reports whether every office whose clock is known, of those shown for
// these officials, is closed.
func closed(ctx context.Context, officials []*civics.Official, calls Calls) bool {
	told := false
	for _, o := range officials {
		if !o.Offered() {
			continue
		}
		for _, l := range numbers(ctx, o, calls) {
			if l.open {
				return false
			}
			told = told || l.word != ""
		}
	}
	return told
}

// first is the number to try first: of the first office that is open, else the
// first. There is one.
func first(lines []line) line {
	for _, l := range lines {
		if l.open {
			return l
		}
	}
	return lines[0]
}

func ofLevel(officials []*civics.Official, level civics.Level) []*civics.Official {
	var out []*civics.Official
	for _, o := range officials {
		if o.Level == level {
			out = append(out, o)
		}
	}
	return out
}

// scriptFor is what to say to an official, nil when the issue asks nothing of
// them by phone.
func scriptFor(ctx context.Context, o *civics.Official, found letter.Composition) []letter.Spoken {
	for _, r := range found.Recipients() {
		if r.Official.ID == o.ID {
			return r.Script(ctx, letter.TownOf(found.Answer))
		}
	}
	return nil
}

// asksCaller reports whether any script has a place for the caller's name or town.
func asksCaller(recipients []letter.Recipient) bool {
	for _, r := range recipients {
		for _, p := range r.Script(context.Background(), "") {
			if p.Field != "" {
				return true
			}
		}
	}
	return false
}

// Called is the page after a call was counted. Left are those still to call, the
// next one first.
type Called struct {
	IssueSlug  string
	IssueTitle string
	Official   *civics.Official
	Outcome    letter.CallOutcome
	Round      CallRound
	Left       []letter.Recipient
	Calls      Calls
}

func (c Called) later(ctx context.Context) string { return names(ctx, officialsOf(c.Left[1:])) }

// callOutcomeKeys are the words on the buttons.
var callOutcomeKeys = map[letter.CallOutcome]string{
	letter.CallSpoke: "call.log.spoke", letter.CallVoicemail: "call.log.voicemail", letter.CallBusy: "call.log.busy", letter.CallNoAnswer: "call.log.no_answer",
}
