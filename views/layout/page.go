// Package layout is the frame of every page: head, header, navigation, notices
// and footer. A page's own view is what stands inside <main>; it never writes
// the frame itself.
package layout

import (
	"context"
	"time"

	"redress/internal/center"
	"redress/internal/i18n"
)

// Page is what one page tells its frame.
type Page struct {
	Title       string // translated; the center's name is added to it
	Description string // one translated sentence for search engines and shared links
	Path        string // canonical path from the root, without a query: "/issues/x"
	Section     string // which entry of the navigation is lit: one of the Section constants
	NoIndex     bool   // keeps the page out of search engines
	HasErrors   bool   // a form that came back: says so at the head of the title
	Writes      bool   // the page is part of writing to an office: shows the capture notice
	Article     bool   // og:type article
	Image       Image  // what stands for it where its link is shared; zero: the site's own
	Published   time.Time
	Updated     time.Time
	Scripts     []string // plain names of the modules that this page needs: "copy.js"
	Feed        Feed     // what the page's own news can be followed by, beside the site's
	Wide        bool     // two columns on a desk; otherwise one column on the reading measure
}

// Feed is an Atom feed. The zero one is none.
type Feed struct{ Title, Path string }

// The entries of the navigation.
const (
	SectionIssues          = "issues"
	SectionRepresentatives = "representatives"
	SectionOrganizations   = "organizations"
	SectionTerms           = "terms"
	SectionSearch          = "search"
)

// Frame is what all pages show. The web layer puts it into the context of
// every render.
type Frame struct {
	Center   center.Center
	BaseURL  string                   // "https://act.example.org", no slash at the end
	Captured bool                     // nothing that is written here reaches an office
	Asset    func(name string) string // plain name of a static file → its fingerprinted path
}

type frameKey struct{}

// WithFrame gives a render its frame.
func WithFrame(ctx context.Context, f Frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

// FrameOf is the frame of this render.
func FrameOf(ctx context.Context) Frame {
	f, _ := ctx.Value(frameKey{}).(Frame)
	return f
}

// Asset is the path of a static file.
func Asset(ctx context.Context, name string) string {
	f := FrameOf(ctx)
	if f.Asset == nil {
		return ""
	}
	return f.Asset(name)
}

// Absolute is the full address of a path on this site; links that leave the
// site (mail, feeds, shared links) need it.
func Absolute(ctx context.Context, path string) string {
	return FrameOf(ctx).BaseURL + path
}

// title is the text of <title>: what is wrong first, then the page, then whose
// site this is.
func (p Page) title(ctx context.Context) string {
	name := FrameOf(ctx).Center.Name
	text := p.Title
	switch {
	case text == "":
		text = name
	case name != "" && name != text:
		text = i18n.T(ctx, "layout.title", "Page", p.Title, "Center", name)
	}
	if p.HasErrors {
		text = i18n.T(ctx, "layout.title_error", "Title", text)
	}
	return text
}

// section is one entry of the navigation.
type section struct{ name, path, key string }

var sections = []section{
	{SectionIssues, "/issues", "layout.nav.issues"},
	{SectionRepresentatives, "/representatives", "layout.nav.representatives"},
	{SectionOrganizations, "/organizations", "layout.nav.organizations"},
	{SectionTerms, "/terms", "layout.nav.terms"},
	{SectionSearch, "/search", "layout.nav.search"},
}

// about are the footer's links to what the site says of itself.
var about = []section{
	{"about", "/about", "layout.footer.about"},
	{"contact", "/contact", "layout.footer.contact"},
	{"privacy", "/privacy", "layout.footer.privacy"},
	{"accessibility", "/accessibility", "layout.footer.accessibility"},
	{"legal", "/legal", "layout.footer.legal"},
	{"manage", "/manage", "layout.footer.manage"},
	{"data", "/data", "layout.footer.data"},
	{"feed", "/feed.xml", "layout.footer.feed"},
}
