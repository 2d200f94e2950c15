package pages

import (
	"context"
	"net/url"
	"strings"
	"time"

	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/i18n"
)

// Data is what the page about data shows besides its text.
type Data struct {
	Page        center.Page
	Center      center.Center // to whom wrong entries are reported; may be zero
	Datasets    []civics.Dataset
	Congress    int // whose districts are in force
	Known       civics.Inventory
	Corrections []Correction
	Now         time.Time
}

// Correction is a correction in force, as people read it.
type Correction struct {
	Name   string // the official's; "" when none by this id holds a seat
	Path   string // the official's page, "" without one
	ID     string
	Field  string // as in the list of corrections
	Value  string // "" takes away what the source says
	Source string
	Until  time.Time // zero: until it is taken out of the list
}

// inUse reports whether answers are made from a dataset now: those of another
// Congress wait for their day, or are kept for who sat before.
func (d Data) inUse(set civics.Dataset) bool { return set.Congress == 0 || set.Congress == d.Congress }

// stale reports whether a page must warn of a dataset's age.
func (d Data) stale(set civics.Dataset) bool { return d.inUse(set) && set.Stale(d.Now) }

// old are the datasets whose age is worth a warning.
func (d Data) old() []civics.Dataset {
	var list []civics.Dataset
	for _, set := range d.Datasets {
		if d.stale(set) {
			list = append(list, set)
		}
	}
	return list
}

// holdsMail reports whether letters by mail wait because of a dataset's age. A
// letter rests on who holds a post; the list of forms is for filling in by hand.
func (d Data) holdsMail() bool {
	for _, set := range d.old() {
		if set.Kind != civics.DatasetContactForms && civics.TooOldToMail(set.AsOf, d.Now) {
			return true
		}
	}
	return false
}

// force says when a dataset on one Congress holds, "" for the others.
func (d Data) force(ctx context.Context, set civics.Dataset) string {
	if set.Congress == 0 {
		return ""
	}
	from, until := i18n.Date(ctx, civics.CongressBegins(set.Congress)), i18n.Date(ctx, civics.CongressBegins(set.Congress+1))
	switch {
	case set.Congress > d.Congress:
		return i18n.T(ctx, "pages.data.takes_effect", "Date", from)
	case set.Congress < d.Congress:
		return i18n.T(ctx, "pages.data.ended", "Date", until)
	default:
		return i18n.T(ctx, "pages.data.in_force", "From", from, "Until", until)
	}
}

// vacant are the vacant seats of Congress or of the states.
func (d Data) vacant(level civics.Level) []*civics.Official {
	var list []*civics.Official
	for _, o := range d.Known.Vacant {
		if o.Level == level {
			list = append(list, o)
		}
	}
	return list
}

// fault names something known to be wrong or missing in the data, by the keys
// of its words.
type fault struct{ heading, text string }

// redrawnFor is the Congress before which ten states drew new lines.
const redrawnFor = 120

// faults are what a visitor should know of the data, what meets most people
// first.
func (d Data) faults() []fault {
	var list []fault
	for _, name := range []string{"boxes", "zips", "redrawn", "forms", "homes", "emails", "overlays", "tribes", "wards", "coast"} {
		if name == "redrawn" && d.Congress >= redrawnFor {
			continue // the new lines are in force
		}
		list = append(list, fault{"pages.data.fault." + name + ".heading", "pages.data.fault." + name + ".text"})
	}
	return list
}

// reportLink is a mail to the center that asks for what a correction needs; ""
// when the center has no address.
func (d Data) reportLink(ctx context.Context) string {
	if d.Center.Email == "" {
		return ""
	}
	return "mailto:" + d.Center.Email + "?subject=" + inMailto(i18n.T(ctx, "pages.data.report.subject")) +
		"&body=" + inMailto(i18n.T(ctx, "pages.data.report.body"))
}

// inMailto writes text for a mailto link (RFC 6068): spaces as %20, lines ended
// by %0D%0A.
func inMailto(text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\n", "\r\n")
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
