package web

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

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
	return Page{
		Frame: layout.Page{
			Title: i18n.T(ctx, "glossary.heading"), Description: i18n.T(ctx, "glossary.about"),
			Path: "/terms", Section: layout.SectionTerms,
		},
		Body: terms.List(all),
	}, nil
}

// showTerm is one term, or the picture that stands for it where it is shared.
func (s *Site) showTerm(c echo.Context) (Page, error) {
	if slug, ok := strings.CutSuffix(c.Param("slug"), cardEnding); ok {
		return s.termCard(c.Request().Context(), slug)
	}
	entry, err := s.entry(c.Request().Context(), c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{
			Title: entry.Title, Description: entry.Definition,
			Path: "/terms/" + entry.Slug, Section: layout.SectionTerms, Article: true,
			Image: cardOf(c.Request().Context(), "/terms/"+entry.Slug, entry.Title, entry.Definition),
		},
		Body: terms.Term(entry),
	}, nil
}

// entry gathers what a term's page shows.
func (s *Site) entry(ctx context.Context, slug string) (entry terms.Entry, err error) {
	if entry.Term, err = s.Terms.BySlug(ctx, slug); err != nil {
		return entry, err
	}
	if entry.Issues, err = s.Issues.Named(ctx, entry.IssueSlugs); err != nil {
		return entry, err
	}
	entry.Articles, err = s.Issues.ArticlesOnTerm(ctx, slug)
	return entry, err
}
