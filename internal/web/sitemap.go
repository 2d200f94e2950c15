package web

import (
	"context"
	"encoding/xml"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/issue"
	issues "redress/views/issue"
)

// The sitemap, as sitemaps.org describes it.
type (
	sitemap struct {
		XMLName xml.Name      `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		Pages   []sitemapPage `xml:"url"`
	}
	sitemapPage struct {
		Loc     string `xml:"loc"`
		Lastmod string `xml:"lastmod,omitempty"`
	}
)

func (m *sitemap) add(loc string, updated time.Time) {
	page := sitemapPage{Loc: loc}
	if !updated.IsZero() {
		page.Lastmod = updated.Format(time.DateOnly)
	}
	m.Pages = append(m.Pages, page)
}

// showSitemap is the sitemap: every page that is worth finding.
func (s *Site) showSitemap(c echo.Context) (Page, error) {
	ctx, base := c.Request().Context(), s.Config.BaseURL
	var m sitemap
	for _, path := range []string{"/", "/issues", "/representatives", "/organizations", "/terms", "/terms/today", "/terms/days"} {
		m.add(base+path, time.Time{})
	}
	for _, fill := range []func(context.Context, *sitemap) error{s.mapIssues, s.mapUpdates, s.mapMeetings, s.mapTerms, s.mapOrganizations, s.mapPages} {
		if err := fill(ctx, &m); err != nil {
			return Page{}, err
		}
	}
	return xmlPage(m, "application/xml; charset=utf-8")
}

func (s *Site) mapIssues(ctx context.Context, m *sitemap) error {
	list, err := s.Issues.List(ctx)
	for _, i := range list {
		m.add(s.Config.BaseURL+issues.Path(i.Slug), i.Updated)
		for _, a := range i.Actions {
			if path := issues.ActionPath(a); path != "" {
				m.add(s.Config.BaseURL+path, time.Time{})
				if a.Kind == issue.ActionPledge {
					m.add(s.Config.BaseURL+issues.Path(i.Slug, "results"), time.Time{})
				}
			}
		}
	}
	return err
}

func (s *Site) mapTerms(ctx context.Context, m *sitemap) error {
	terms, err := s.Terms.List(ctx)
	for _, t := range terms {
		m.add(s.Config.BaseURL+"/terms/"+t.Slug, time.Time{})
	}
	return err
}

func (s *Site) mapOrganizations(ctx context.Context, m *sitemap) error {
	organizations, err := s.Organizations.List(ctx)
	for _, o := range organizations {
		m.add(s.Config.BaseURL+"/organizations/"+o.Slug, time.Time{})
	}
	return err
}

func (s *Site) mapPages(ctx context.Context, m *sitemap) error {
	pages, err := s.Centers.Pages(ctx)
	for _, p := range pages {
		m.add(s.Config.BaseURL+"/"+p.Slug, p.Updated)
	}
	return err
}

// showRobots is robots.txt. Pages with tokens say noindex themselves; the lines
// here spare crawlers the way.
func (s *Site) showRobots(echo.Context) (Page, error) {
	text := "User-agent: *\nDisallow: /messages/\nDisallow: /signatures/\nDisallow: /manage/\nDisallow: /search\nDisallow: /dev/\n" +
		"\nSitemap: " + s.Config.BaseURL + "/sitemap.xml\n"
	return Page{Raw: []byte(text), Type: "text/plain; charset=utf-8"}, nil
}
