package web

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/pledge"
	issues "redress/views/issue"
	"redress/views/layout"
)

// issueLines is how many of the latest names stand beside an explainer.
const issueLines = 2

// listIssues lists the issues.
func (s *Site) listIssues(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	briefs, err := s.briefs(ctx)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{
			Title: i18n.T(ctx, "issue.list.heading"), Description: i18n.T(ctx, "issue.list.about"),
			Path: "/issues", Section: layout.SectionIssues,
		},
		Body:   issues.List(briefs),
		Tags:   pledgeTags(briefs),
		Counts: true,
	}, nil
}

// showIssue is an explainer with its actions: the one page that issue, pledge,
// organizations and officials share. Or it is the picture that stands for the page.
func (s *Site) showIssue(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	if slug, ok := strings.CutSuffix(c.Param("slug"), cardEnding); ok {
		return s.issueCard(ctx, slug)
	}
	e, err := s.explainer(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	e.From = c.Param("code")
	page := Page{
		Frame: layout.Page{
			Title: e.Title, Description: e.Summary, Path: issues.Path(e.Slug), Section: layout.SectionIssues,
			Article: true, Published: e.Published, Updated: e.Updated, Wide: true,
			Image:   cardOf(ctx, issues.Path(e.Slug), e.Title, e.Summary),
			Scripts: []string{"count.js", "copy.js", "share.js"},
		},
		Body:    issues.Page(e),
		Tags:    []string{civics.Tag, pledge.Tag(e.Slug)},
		Counts:  true,
		Expires: s.firstDeath(e.Issue),
	}
	if e.Pledge != nil {
		page.Expires = sooner(page.Expires, e.Pledge.Changes(s.Now()))
	}
	return page, nil
}

// explainer gathers what an issue's page shows.
func (s *Site) explainer(ctx context.Context, slug string) (e issues.Explainer, err error) {
	e.Now = s.Now().In(s.Config.Location)
	if e.Issue, err = s.Issues.BySlug(ctx, slug); err != nil {
		return e, err
	}
	if e.Organizations, err = s.Organizations.Named(ctx, e.OrganizationSlugs); err != nil {
		return e, err
	}
	if e.Updates, err = s.Issues.Updates(ctx, slug); err != nil {
		return e, err
	}
	if e.Pledge, err = s.signing(ctx, slug, issueLines); err != nil {
		return e, err
	}
	e.Sponsors = s.sponsors(e.Bills)
	return e, nil
}

// signing is how an issue's pledge stands, nil when there is none.
func (s *Site) signing(ctx context.Context, slug string, names int) (*issues.Signing, error) {
	found, err := s.Pledges.BySlug(ctx, slug)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil, nil //nolint:nilnil // an issue without a pledge is no error
	}
	if err != nil {
		return nil, err
	}
	signing := &issues.Signing{Pledge: found, Open: found.StateAt(s.Now()) == pledge.Open}
	if signing.Count, err = s.Pledges.Count(ctx, slug); err != nil {
		return nil, err
	}
	signing.Names, err = s.Pledges.Latest(ctx, found, names)
	return signing, err
}

// sponsors are the ids of bills' sponsors who have a page here.
func (s *Site) sponsors(bills []issue.Bill) map[string]bool {
	known := map[string]bool{}
	for _, b := range bills {
		_, known[b.SponsorID] = s.Atlas.Official(b.SponsorID)
	}
	return known
}

// briefs are the issues as lists show them.
func (s *Site) briefs(ctx context.Context) ([]issues.Brief, error) {
	list, err := s.Issues.List(ctx)
	if err != nil {
		return nil, err
	}
	briefs := make([]issues.Brief, len(list))
	for n, i := range list {
		briefs[n].Issue = i
		if briefs[n].Pledge, err = s.signing(ctx, i.Slug, 0); err != nil {
			return nil, err
		}
	}
	return briefs, nil
}

func pledgeTags(briefs []issues.Brief) []string {
	var tags []string
	for _, b := range briefs {
		if b.Pledge != nil {
			tags = append(tags, pledge.Tag(b.Slug))
		}
	}
	return tags
}
