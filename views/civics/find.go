// Package civics shows who represents a place, and each official.
package civics

import (
	"context"
	"slices"
	"strings"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/views/parts"
)

// switchboard connects to the office of every member of Congress.
const switchboard = "202-224-3121"

// Find is the page with its forms and, once a place is known, its answer.
type Find struct {
	// Form holds what was sent: zip or address or lat, lon, accuracy and
	// ask_census, and what was pointed to, by chamber.
	Form     parts.Form
	Answer   *civics.Answer             // nil: nothing was asked, or it couldn't be answered
	Outlines map[string]*civics.Outline // small maps of the districts to choose from, by division
	Chosen   []*civics.Division         // what the visitor pointed to
	Kept     bool                       // the districts were kept in the visitor's browser
	Ended    bool                       // some of those are no longer in force
	Several  []string                   // addresses to choose from
	Down     bool                       // the map that places addresses is away
	Stale    bool                       // facts about people are old
}

// located reports whether the device's place was asked about.
func (f Find) located() bool { return f.Form.Value("lat") != "" }

// title is the heading, which names the place once it is known by a ZIP code or
// an address.
func (f Find) title(ctx context.Context) string {
	if f.Answer == nil || f.Answer.Place == "" || f.located() {
		return i18n.T(ctx, "representatives.title")
	}
	return i18n.T(ctx, "representatives.title_for", "Place", f.Answer.Place)
}

// addressed reports whether an address was asked about. What its answer leaves
// open, asking for the address once more can't decide.
func (f Find) addressed() bool { return f.Answer != nil && f.Form.Value("address") != "" }

// asksAddress reports whether only an address can decide.
func (f Find) asksAddress() bool {
	if f.addressed() && f.Answer.Confidence == civics.ConfidenceAddress {
		return f.Ended
	}
	return f.Answer.Ambiguous || f.Ended || f.Answer.Confidence == civics.ConfidenceState
}

// asksState reports whether the answer for a point lacks the state's legislators
// for want of leave or of a ZIP code.
func (f Find) asksState() bool {
	return f.located() && slices.ContainsFunc(f.Answer.Missing, asksForState)
}

func asksForState(key string) bool {
	return key == civics.MissingStateUnasked || key == civics.MissingStateInexact || key == civics.MissingStateDown || key == civics.MissingZipElsewhere
}

// group is one level of government in an answer.
type group struct {
	level      civics.Level
	heading    string
	officials  []*civics.Official
	candidates []civics.Candidate // to choose from
	overlays   []civics.Candidate // possible beside the others
}

// groups lists the answer by level, nearest power first to last.
func (f Find) groups(ctx context.Context) []group {
	var list []group
	for _, level := range []civics.Level{civics.Federal, civics.State} {
		g := group{level: level}
		for _, o := range f.Answer.Officials {
			if o.Level == level {
				g.officials = append(g.officials, o)
			}
		}
		for _, c := range f.Answer.Candidates {
			switch {
			case c.Level == level && c.Overlay:
				g.overlays = append(g.overlays, c)
			case c.Level == level:
				g.candidates = append(g.candidates, c)
			}
		}
		if level == civics.Federal || len(g.officials)+len(g.candidates)+len(g.overlays) > 0 {
			g.heading = f.heading(ctx, level)
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

// missing are the sentences on what the answer can't say, without those that
// stand where something can be done about them.
func (f Find) missing(ctx context.Context) []string {
	var list []string
	for _, key := range f.Answer.Missing {
		if key != civics.MissingZip && (!f.asksState() || !asksForState(key)) {
			list = append(list, i18n.T(ctx, key))
		}
	}
	return list
}

// names lists divisions in a sentence.
func names(ctx context.Context, divisions []*civics.Division) string {
	var list []string
	for _, d := range divisions {
		list = append(list, d.Name)
	}
	return sentence(ctx, "representatives.and", list)
}

// sentence joins names, which may hold commas, by the words of a key: "A", "A and
// B", "A; B and C".
func sentence(ctx context.Context, key string, words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return i18n.T(ctx, key, "First", strings.Join(words[:last], "; "), "Last", words[last])
}

// onlyState says that no more than the state, or one of several, can be told.
func (f Find) onlyState(ctx context.Context) string {
	if states := f.states(); len(states) > 0 {
		return i18n.T(ctx, "representatives.prefix.states", "Names", sentence(ctx, "representatives.or", states))
	}
	return i18n.T(ctx, "representatives.prefix.heading")
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

// onJudiciary reports whether an official sits on one of the two committees that
// bills about the courts go to.
func onJudiciary(o *civics.Official) bool {
	return o.Level == civics.Federal && (o.OnCommittee("HSJU") || o.OnCommittee("SSJU"))
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
