package web

import (
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"redress/internal/i18n"
	"redress/internal/issue"
	issues "redress/views/issue"
	"redress/views/layout"
)

// listUpdates is the news on an issue.
func (s *Site) listUpdates(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	iss, err := s.Issues.Facts(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	all, err := s.Issues.Updates(ctx, iss.Slug)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{
			Title: i18n.T(ctx, "issue.update.title", "Issue", iss.Title), Description: i18n.T(ctx, "issue.update.about", "Issue", iss.Title),
			Path: issues.UpdatesPath(iss.Slug), Section: layout.SectionIssues, NoIndex: len(all) == 0,
			Image: cardOf(ctx, issues.Path(iss.Slug), iss.Title, iss.Summary),
		},
		Body: issues.UpdateList(issues.Updates{IssueSlug: iss.Slug, IssueTitle: iss.Title, All: all}),
	}, nil
}

// showUpdate is one update.
func (s *Site) showUpdate(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	iss, err := s.Issues.Facts(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	told := issues.Told{IssueTitle: iss.Title}
	if told.Update, err = s.Issues.UpdateByKey(ctx, iss.Slug, c.Param("key")); err != nil {
		return Page{}, err
	}
	if told.Others, err = s.Issues.Updates(ctx, iss.Slug); err != nil {
		return Page{}, err
	}
	told.Others = slices.DeleteFunc(told.Others, func(u issue.Update) bool { return u.Key == told.Key })
	return Page{
		Frame: layout.Page{
			Title: told.Title, Description: told.Summary, Path: issues.UpdatesPath(iss.Slug, told.Key), Section: layout.SectionIssues,
			Article: true, Published: told.Date, Image: cardOf(ctx, issues.Path(iss.Slug), iss.Title, iss.Summary),
		},
		Body: issues.OneUpdate(told),
	}, nil
}

// mapUpdates puts each issue's updates, and the list where there are any, on the
// sitemap.
func (s *Site) mapUpdates(ctx context.Context, m *sitemap) error {
	list, err := s.Issues.List(ctx)
	if err != nil {
		return err
	}
	for _, i := range list {
		all, err := s.Issues.Updates(ctx, i.Slug)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			m.add(s.Config.BaseURL+issues.UpdatesPath(i.Slug), all[0].Date)
		}
		for _, u := range all {
			m.add(s.Config.BaseURL+issues.UpdatesPath(i.Slug, u.Key), u.Date)
		}
	}
	return nil
}
