package web

import (
	"cmp"
	"context"
	"encoding/xml"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	issues "redress/views/issue"
)

// The Atom feed (RFC 4287): the issues, each anew when it is updated, and the latest
// news on them.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  atomAuthor  `xml:"author"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomAuthor struct {
		Name string `xml:"name"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID        string   `xml:"id"`
		Title     string   `xml:"title"`
		Published string   `xml:"published"`
		Updated   string   `xml:"updated"`
		Link      atomLink `xml:"link"`
		Summary   string   `xml:"summary"`
	}
)

// feedUpdates is how many updates the feed holds at most.
const feedUpdates = 40

// showFeed is the Atom feed.
func (s *Site) showFeed(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	list, err := s.Issues.List(ctx)
	if err != nil {
		return Page{}, err
	}
	news, err := s.Issues.LatestUpdates(ctx, feedUpdates)
	if err != nil {
		return Page{}, err
	}
	name, err := s.centerName(ctx)
	if err != nil {
		return Page{}, err
	}
	return xmlPage(s.feed(ctx, name, list, news), "application/atom+xml; charset=utf-8")
}

func (s *Site) feed(ctx context.Context, name string, list []issue.Issue, news []issue.Update) atomFeed {
	base := s.Config.BaseURL
	feed := atomFeed{
		Lang: i18n.Lang(ctx), ID: base + "/", Title: i18n.T(ctx, "pages.feed", "Center", name),
		Author: atomAuthor{Name: name},
		Links:  []atomLink{{Rel: "self", Href: base + "/feed.xml"}, {Href: base + "/"}},
	}
	for _, i := range list {
		feed.add(base+issues.Path(i.Slug), i.Title, i.Summary, i.Published, i.Updated)
	}
	for _, u := range news {
		feed.add(base+issues.UpdatesPath(u.IssueSlug, u.Key), u.Title, u.Summary, u.Date, u.Date)
	}
	slices.SortStableFunc(feed.Entries, func(a, b atomEntry) int { return cmp.Compare(b.Updated, a.Updated) })
	feed.Updated = time.Unix(0, 0).UTC().Format(time.RFC3339)
	if len(feed.Entries) > 0 {
		feed.Updated = feed.Entries[0].Updated
	}
	return feed
}

// add puts in an entry; its times are dates, and so they compare as text.
func (f *atomFeed) add(link, title, summary string, published, updated time.Time) {
	f.Entries = append(f.Entries, atomEntry{
		ID: link, Title: title, Published: published.Format(time.RFC3339), Updated: updated.Format(time.RFC3339),
		Link: atomLink{Href: link}, Summary: summary,
	})
}

// centerName is who runs the site; before any content is loaded nobody does.
func (s *Site) centerName(ctx context.Context) (string, error) {
	center, err := s.Centers.Current(ctx)
	if fault.KindOf(err) == fault.KindNotFound {
		return i18n.T(ctx, "layout.home"), nil
	}
	return center.Name, err
}

func xmlPage(document any, contentType string) (Page, error) {
	text, err := xml.MarshalIndent(document, "", " ")
	if err != nil {
		return Page{}, err
	}
	return Page{Raw: append([]byte(xml.Header), append(text, '\n')...), Type: contentType}, nil
}
