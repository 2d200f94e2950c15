// Package issue draws the list of issues and the explainer with its actions.
package issue

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"redress/internal/civics"
	"redress/internal/content/prose"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/organization"
	"redress/internal/pledge"
	"redress/views/layout"
	"redress/views/parts"
)

// Explainer is everything that an issue's page shows.
type Explainer struct {
	issue.Issue
	Organizations []organization.Organization
	Pledge        *Signing        // nil: the issue has none
	Sponsors      map[string]bool // ids of sponsors who have a page here
	Updates       []issue.Update  // newest first
	Now           time.Time       // in the center's time zone
	From          string          // the source code in the page's path, which its links and forms carry; "": none
}

// Signing is how an issue's pledge stands.
type Signing struct {
	pledge.Pledge
	Count pledge.Count
	Names []pledge.Name // the latest of those who agreed to be shown
	Open  bool
}

// Brief is one issue in a list.
type Brief struct {
	issue.Issue
	Pledge *Signing
}

// Path is an issue's page, or with a step a page under it.
func Path(slug string, step ...string) string {
	return "/issues/" + strings.Join(append([]string{slug}, step...), "/")
}

// ActionPath is the page on which an action is done; "" for those that have none
// of their own.
func ActionPath(a issue.Action) string {
	switch a.Kind {
	case issue.ActionLetter, issue.ActionPledge, issue.ActionCall, issue.ActionRecords:
		return Path(a.IssueSlug, a.Kind)
	case issue.ActionMeeting:
		return Path(a.IssueSlug, "meetings")
	}
	return ""
}

func (e Explainer) path(step string) string { return Path(e.Slug, step) }

// onward is a page under the issue that counts by which code people came.
func (e Explainer) onward(step string) string { return parts.Onward(e.path(step), e.From) }

func raw(h prose.HTML) templ.Component { return templ.Raw(string(h)) }

// hasDefenders tells whether the center's view can link to the other side's case.
func (e Explainer) hasDefenders() bool {
	_, ok := e.Section(issue.DefendersAnchor)
	return ok
}

// contents are the sections that the page's list of contents names.
func (e Explainer) contents() []issue.Section {
	var named []issue.Section
	for _, s := range e.Sections {
		if s.ID != "" {
			named = append(named, s)
		}
	}
	return named
}

// action is one of the issue's actions; ok is false when it asks for no such thing.
func (e Explainer) action(kind string) (a issue.Action, ok bool) { return e.Action(kind) }

// goal is where a plain action leads.
func (e Explainer) goal(a issue.Action) string {
	switch a.Kind {
	case issue.ActionLetter, issue.ActionPledge: // the sheet has a place of its own for them
		return ""
	case issue.ActionOrganizations:
		if e.places(issue.TableOrganizations) {
			return "#" + organizationsAnchor
		}
		return "/organizations"
	}
	if path := ActionPath(a); path != "" {
		return parts.Onward(path, e.From)
	}
	return ""
}

// Anchors of the page's own; the prefix keeps them apart from those that the
// text's headings bring.
const (
	organizationsAnchor = "at-organizations"
	sourcesAnchor       = "at-sources"
	updatesAnchor       = "at-updates"
	shareAnchor         = "at-share"
)

// places tells whether the text has a place for a table.
func (e Explainer) places(table issue.Table) bool {
	for _, s := range e.Sections {
		for _, p := range s.Parts {
			if p.Table == table {
				return true
			}
		}
	}
	return false
}

// aside says beside an action what it takes: minutes, or how many there are.
func (e Explainer) aside(ctx context.Context, a issue.Action) string {
	switch {
	case a.Kind == issue.ActionOrganizations && len(e.Organizations) > 0:
		return i18n.Number(ctx, int64(len(e.Organizations)))
	case a.Minutes > 0:
		return i18n.T(ctx, "issue.minutes", "Count", a.Minutes)
	}
	return ""
}

// day is a signature's day: "today" or its date.
func (e Explainer) day(ctx context.Context, on time.Time) string {
	if on.Format(time.DateOnly) == e.Now.Format(time.DateOnly) {
		return i18n.T(ctx, "issue.today")
	}
	return i18n.MonthDay(ctx, on)
}

// signer says where and when someone signed.
func (e Explainer) signer(ctx context.Context, n pledge.Name) string {
	if n.StateCode == "" {
		return e.day(ctx, n.On)
	}
	return i18n.T(ctx, "issue.signed_place", "Place", civics.StateName(n.StateCode), "Day", e.day(ctx, n.On))
}

// share is one plain way to pass the page on.
type share struct{ label, href string }

// mailEscape writes a value for a mailto link, where a plus stays a plus.
func mailEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func (e Explainer) shares(ctx context.Context) []share {
	link := layout.Absolute(ctx, Path(e.Slug))
	both := e.Title + " " + link
	escape := url.QueryEscape
	return []share{
		{i18n.T(ctx, "issue.share.email"), "mailto:?subject=" + mailEscape(e.Title) + "&body=" + mailEscape(link)},
		{i18n.T(ctx, "issue.share.bluesky"), "https://bsky.app/intent/compose?text=" + escape(both)},
		{i18n.T(ctx, "issue.share.facebook"), "https://www.facebook.com/sharer/sharer.php?u=" + escape(link)},
		{i18n.T(ctx, "issue.share.whatsapp"), "https://wa.me/?text=" + escape(both)},
		{i18n.T(ctx, "issue.share.x"), "https://x.com/intent/post?text=" + escape(e.Title) + "&url=" + escape(link)},
	}
}

// stance says what the center wants to happen to a bill.
func stance(ctx context.Context, b issue.Bill) string {
	if b.Stance == issue.StanceOppose {
		return i18n.T(ctx, "issue.bill.oppose")
	}
	return i18n.T(ctx, "issue.bill.support")
}

func (e Explainer) expires(ctx context.Context, b issue.Bill) string {
	switch {
	case b.Expires.IsZero():
		return i18n.T(ctx, "issue.bill.no_end")
	case b.Expired(e.Now):
		return i18n.T(ctx, "issue.bill.expired", "Date", i18n.Date(ctx, b.Expires))
	}
	return i18n.Date(ctx, b.Expires)
}

// lawName says how far a state's change goes.
func lawName(ctx context.Context, status string) string {
	switch status {
	case issue.StateLawFull:
		return i18n.T(ctx, "issue.map.law")
	case issue.StateLawPartial:
		return i18n.T(ctx, "issue.map.partial")
	case issue.StateLawCity:
		return i18n.T(ctx, "issue.map.city")
	}
	return i18n.T(ctx, "issue.map.none")
}

// square is one state on the map.
type square struct {
	issue.Tile
	Law issue.StateLaw // zero: none listed
}

const (
	tileSide = 44
	tileStep = 48
)

func (s square) x() string     { return strconv.Itoa(s.Col * tileStep) }
func (s square) y() string     { return strconv.Itoa(s.Row * tileStep) }
func (s square) textX() string { return strconv.Itoa(s.Col*tileStep + tileSide/2) }
func (s square) textY() string { return strconv.Itoa(s.Row*tileStep + tileSide/2 + 6) }

func (s square) class() string {
	if s.Law.Status == "" {
		return "tile"
	}
	return "tile tile-" + s.Law.Status
}

func (s square) title(ctx context.Context) string {
	return i18n.T(ctx, "issue.map.state", "State", civics.StateName(s.Code), "Law", lawName(ctx, s.Law.Status))
}

// squares are all states, with the furthest that each has gone.
func (e Explainer) squares() []square {
	rank := map[string]int{issue.StateLawCity: 1, issue.StateLawPartial: 2, issue.StateLawFull: 3}
	all := make([]square, len(issue.Tiles))
	for i, tile := range issue.Tiles {
		all[i] = square{Tile: tile}
		for _, law := range e.States {
			if law.Code == tile.Code && rank[law.Status] > rank[all[i].Law.Status] {
				all[i].Law = law
			}
		}
	}
	return all
}

// statuses are the kinds of change that the map's legend explains.
var statuses = []string{issue.StateLawFull, issue.StateLawPartial, issue.StateLawCity}

func legendClass(status string) string { return "legend-square legend-" + status }

// pledgeTitle is what the action that asks to sign is called.
func (e Explainer) pledgeTitle(ctx context.Context) string {
	if a, ok := e.Action(issue.ActionPledge); ok {
		return a.Title
	}
	return i18n.T(ctx, "issue.sign_heading")
}
