package web

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/glossary"
	"redress/internal/i18n"
	terms "redress/views/glossary"
	"redress/views/layout"
)

// listTerms is the glossary.
func (s *Site) listTerms(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	all, err := s.Terms.List(ctx)
	if err != nil {
		return Page{}, err
	}
	today, err := s.termOfTheDay(ctx)
	if err != nil {
		return Page{}, err
	}
	feed, err := s.termFeed(ctx)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{
			Title: i18n.T(ctx, "glossary.heading"), Description: i18n.T(ctx, "glossary.about"),
			Path: terms.Path, Section: layout.SectionTerms, Feed: feed, Wide: true,
		},
		Body: terms.List(all, today),
		Tags: []string{glossary.Tag},
	}, nil
}

// showTerm is one term, or the picture that stands for it where it is shared.
func (s *Site) showTerm(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	if slug, ok := strings.CutSuffix(c.Param("slug"), cardEnding); ok {
		return s.termCard(ctx, slug)
	}
	t, err := s.Terms.BySlug(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	entry, err := s.entry(ctx, t)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{
			Title: entry.Title, Description: entry.Definition,
			Path: terms.TermPath(entry.Slug), Section: layout.SectionTerms, Article: true,
			Image: cardOf(ctx, terms.TermPath(entry.Slug), entry.Title, entry.Definition),
		},
		Body: terms.Term(entry),
	}, nil
}

// entry gathers what a term's page shows.
func (s *Site) entry(ctx context.Context, t glossary.Term) (entry terms.Entry, err error) {
	entry.Term = t
	if entry.Issues, err = s.Issues.Named(ctx, t.IssueSlugs); err != nil {
		return entry, err
	}
	entry.Articles, err = s.Issues.ArticlesOnTerm(ctx, t.Slug)
	return entry, err
}

// termOfTheDay is today's term, nil while there are no terms. The page that
// shows it carries glossary.Tag, and is made anew at midnight.
func (s *Site) termOfTheDay(ctx context.Context) (*glossary.Term, error) {
	today, err := s.Terms.Today(ctx)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil, nil //nolint:nilnil // an empty glossary is no error
	}
	return &today.Term, err
}
