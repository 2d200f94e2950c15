package civics

import (
	"context"
	"net/url"
	"strings"
	"time"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/views/layout"
	"redress/views/parts"
)

// Profile is the page of one official or one vacant seat.
type Profile struct {
	Official *civics.Official
	Now      time.Time
	Form     parts.Form         // field zip, as typed
	Zip      string             // the ZIP code that was asked for, "" without one
	Sorted   bool               // Offices stand in the order of their distance from it
	Offices  []civics.Office    // in the order in which they are shown
	Holders  []*civics.Official // of someone who left: who holds the seat now, or the state's seats in the Senate
	Marks    []Mark             // committees of theirs that have a bill of an issue
	Facts    []Facts            // where this page's facts come from
}

// Mark says that an official sits on a committee that has a bill.
type Mark struct {
	Committee civics.Committee
	Number    string // H.R. 3602
	Bill      string // its title
	Issue     string // the issue's title
	IssuePath string
	Letter    bool // the issue has a letter
}

// Facts are a group of facts on an official and where they are from.
type Facts struct {
	What   string // key of the words that name them
	AsOf   time.Time
	Source string
	URL    string    // "" where the source has no page
	Until  time.Time // of a correction: when it ends; zero otherwise
	Old    bool      // someone may have left or arrived since
}

// termEnds reports whether the end of the term is worth saying: one in the past
// says nothing, since the seat isn't empty.
func (p Profile) termEnds() bool {
	return p.Official.Serves.Until.IsZero() && p.Official.TermEnds.After(p.Now)
}

// of are the offices of a kind, in the page's order.
func (p Profile) of(kind string) []civics.Office {
	var list []civics.Office
	for _, o := range p.Offices {
		if o.Kind == kind {
			list = append(list, o)
		}
	}
	return list
}

// HasNearest reports whether an official has offices of which one may be nearer
// than another.
func HasNearest(o *civics.Official) bool {
	n := 0
	for _, office := range o.Offices {
		if office.Kind == civics.OfficeDistrict {
			n++
		}
	}
	return o.Level == civics.Federal && n > 1
}

// pathNear is the page of one official, with the office nearest to a ZIP code
// first where that makes a difference. zip is five digits, or "".
func pathNear(o *civics.Official, zip string) string {
	if zip == "" || !HasNearest(o) {
		return path(o)
	}
	return path(o) + "?zip=" + zip
}

// zip is the ZIP code that was asked about, for links; "" where an address or the
// device's place was, of which nothing belongs into a URL.
func (f Find) zip() string {
	if f.Answer.Confidence == civics.ConfidenceAddress || f.located() {
		return ""
	}
	return f.Answer.Zip
}

// nearHint says what the order of the offices is, "" without a ZIP code.
func (p Profile) nearHint(ctx context.Context) string {
	switch {
	case p.Zip == "":
		return ""
	case p.Sorted:
		return i18n.T(ctx, "representatives.official.near_sorted", "Zip", p.Zip)
	default:
		return i18n.T(ctx, "representatives.official.near_unknown", "Zip", p.Zip)
	}
}

// capitolHeading names where an official's legislature sits.
func capitolHeading(ctx context.Context, o *civics.Official) string {
	if o.Level == civics.Federal {
		return i18n.T(ctx, "representatives.official.at_washington")
	}
	return i18n.T(ctx, "representatives.official.at_capitol")
}

// letterPath is the letter of a mark's issue, with the ZIP code that is known.
func (p Profile) letterPath(m Mark) string {
	if p.Zip == "" {
		return m.IssuePath + "/letter"
	}
	return m.IssuePath + "/letter?zip=" + p.Zip
}

// officeName says where an office is.
func officeName(ctx context.Context, o civics.Office) string {
	switch {
	case o.Kind == civics.OfficeCapitol:
		return i18n.T(ctx, "representatives.official.capitol")
	case o.City == "":
		return i18n.T(ctx, "representatives.official.somewhere")
	default:
		return i18n.T(ctx, "representatives.official.district", "City", o.City)
	}
}

// subject is whom or what a report is about.
func (p Profile) subject(ctx context.Context) string {
	if p.Official.Vacant {
		return i18n.T(ctx, "representatives.vacant.name") + ", " + p.Official.SeatName
	}
	return p.Official.Name
}

// reportLink is a mail to the center with the official named and what to say;
// "" when the center has no address.
func (p Profile) reportLink(ctx context.Context) string {
	frame := layout.FrameOf(ctx)
	if frame.Center.Email == "" {
		return ""
	}
	name := p.subject(ctx)
	body := i18n.T(ctx, "representatives.official.report_body",
		"Name", name, "ID", p.Official.ID, "Page", frame.BaseURL+path(p.Official))
	return "mailto:" + frame.Center.Email +
		"?subject=" + inMailto(i18n.T(ctx, "representatives.official.report_subject", "Name", name)) +
		"&body=" + inMailto(body)
}

// inMailto writes text for a mailto link (RFC 6068): spaces as %20, lines ended
// by %0D%0A.
func inMailto(text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\n", "\r\n")
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// leftWord says that someone no longer holds the seat, and since when if known.
func leftWord(ctx context.Context, p Profile) string {
	if p.Official.Serves.Until.IsZero() {
		return i18n.T(ctx, "representatives.official.left")
	}
	return i18n.T(ctx, "representatives.official.left_since", "Date", i18n.Date(ctx, p.Official.Serves.Until))
}

// holdersHeading names who is listed: the seat's holder, or a state's senators,
// since nobody tells which of the two followed whom.
func holdersHeading(ctx context.Context, p Profile) string {
	if len(p.Holders) == 1 {
		return i18n.T(ctx, "representatives.official.holder")
	}
	return i18n.T(ctx, "representatives.official.holders", "Seat", p.Official.SeatName)
}
