// Package civics shows who represents a place, and each official.
package civics

import (
	"context"
	"slices"
	"strings"
	"time"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/views/parts"
)

// switchboard connects to the office of every member of Congress.
const switchboard = "202-224-3121"

// Find is the page with both forms and, once a place is known, its answer.
type Find struct {
	Form    parts.Form     // fields zip and address, as typed
	Answer  *civics.Answer // nil: nothing was asked, or it couldn't be answered
	Several []string       // addresses to choose from
	Down    bool           // the map that places addresses is away
	Stale   bool           // facts about people are old
}

// title is the heading, which names the place once it is known.
func (f Find) title(ctx context.Context) string {
	if f.Answer == nil || f.Answer.Place == "" {
		return i18n.T(ctx, "representatives.title")
	}
	return i18n.T(ctx, "representatives.title_for", "Place", f.Answer.Place)
}

// asksAddress reports whether only an address can decide.
func (f Find) asksAddress() bool { return f.Answer != nil && f.Answer.Ambiguous }

// group is one level of government in an answer.
type group struct {
	level      civics.Level
	heading    string
	officials  []*civics.Official
	candidates []civics.Candidate
}

// groups lists the answer by level, nearest power first to last.
func (f Find) groups(ctx context.Context) []group {
	var list []group
	for _, level := range []civics.Level{civics.Federal, civics.State} {
		g := group{level: level, heading: f.heading(ctx, level)}
		for _, o := range f.Answer.Officials {
			if o.Level == level {
				g.officials = append(g.officials, o)
			}
		}
		for _, c := range f.Answer.Candidates {
			if c.Level == level {
				g.candidates = append(g.candidates, c)
			}
		}
		if level == civics.Federal || len(g.officials)+len(g.candidates) > 0 {
			list = append(list, g)
		}
	}
	return list
}

func (f Find) heading(ctx context.Context, level civics.Level) string {
	switch {
	case level == civics.Federal:
		return i18n.T(ctx, "representatives.congress")
	case f.Answer.State == "DC":
		return i18n.T(ctx, "representatives.council")
	case f.Answer.State != "":
		return i18n.T(ctx, "representatives.legislature", "State", civics.StateName(f.Answer.State))
	default:
		return i18n.T(ctx, "representatives.legislatures")
	}
}

// missing are the sentences on what the answer can't say, without the one that
// stands in the notice at the top.
func (f Find) missing(ctx context.Context) []string {
	var list []string
	for _, key := range f.Answer.Missing {
		if key != civics.MissingZip {
			list = append(list, i18n.T(ctx, key))
		}
	}
	return list
}

// byDivision are the officials of one of a candidate's divisions.
func byDivision(c civics.Candidate, d *civics.Division) []*civics.Official {
	var list []*civics.Official
	for _, o := range c.Officials {
		if o.DivisionID == d.ID {
			list = append(list, o)
		}
	}
	return list
}

// path is the page of one official.
func path(o *civics.Official) string { return "/officials/" + o.ID }

// tel is the link that dials a number.
func tel(number string) string {
	number, extension, has := strings.Cut(number, " x")
	link := "tel:+1-" + number
	if has {
		link += ";ext=" + extension
	}
	return link
}

// link is the value of the first channel of a kind, "" without one.
func link(o *civics.Official, kind string) string {
	for _, c := range o.Channels {
		if c.Kind == kind {
			return c.Value
		}
	}
	return ""
}

// asksInOrder is how a person fills in a form; the data lists fields by name.
var asksInOrder = []string{
	"name_prefix", "name_first", "name_last", "address_street", "address_city", "address_state", "address_state_postal_abbrev",
	"address_state_full", "address_zip5", "address_zip4", "email", "phone", "topic", "subject", "message",
}

// fields says in words what a web form asks for.
func fields(ctx context.Context, c civics.Channel) string {
	var words []string
	for _, ask := range asksInOrder {
		key := "representatives.asks." + ask
		if !slices.Contains(c.Asks, ask) || !i18n.Has(key) {
			continue
		}
		if word := i18n.T(ctx, key); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// termEnds reports whether the end of the term is worth saying: one in the past
// says nothing, since the seat isn't empty.
func (p Profile) termEnds() bool { return p.Official.TermEnds.After(p.Now) }

// Profile is the page of one official or one vacant seat.
type Profile struct {
	Official *civics.Official
	Now      time.Time
	Stale    bool
}

// officeName says where an office is.
func officeName(ctx context.Context, o civics.Office) string {
	if o.Kind == civics.OfficeCapitol {
		return i18n.T(ctx, "representatives.official.capitol")
	}
	return i18n.T(ctx, "representatives.official.district", "City", o.City)
}
