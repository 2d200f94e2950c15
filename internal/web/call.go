package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/views/layout"
	letters "redress/views/letter"
	"redress/views/parts"
)

// showCall is the script, the numbers, the hours. It is kept until the first of
// the offices that it shows opens or closes.
func (s *Site) showCall(c echo.Context) (Page, error) {
	ctx, zip := c.Request().Context(), c.QueryParam("zip")
	iss, err := s.Issues.Facts(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	if _, err := s.Letters.BySlug(ctx, iss.Slug); err != nil {
		return Page{}, err
	}
	page := Page{Frame: callFrame(c, iss), Tags: []string{civics.Tag}, Expires: s.firstDeath(iss)}
	if zip == "" {
		page.Body = letters.Call(s.calling(iss, nil, s.carrying(c, parts.Form{})))
		return page, nil
	}
	answer, err := s.Atlas.ByZIP(zip)
	if form, ok := placeForm(c, "zip", err); ok {
		page.Frame.HasErrors, page.Frame.NoIndex, page.Status = true, true, http.StatusUnprocessableEntity
		page.Body = letters.Call(s.calling(iss, nil, s.carrying(c, form)))
		return page, nil
	}
	if err != nil {
		return Page{}, err
	}
	composed, err := s.Letters.Compose(ctx, iss.Slug, answer)
	if err != nil {
		return Page{}, err
	}
	calling := s.calling(iss, &composed, s.carrying(c, parts.Form{}))
	page.Body, page.Frame.NoIndex = letters.Call(calling), true
	page.Expires = sooner(page.Expires, firstTurn(calling.Calls))
	return page, nil
}

func (s *Site) calling(iss issue.Issue, found *letter.Composition, form parts.Form) letters.Calling {
	c := letters.Calling{IssueSlug: iss.Slug, IssueTitle: iss.Title, Form: form, Found: found}
	if found != nil {
		c.Stale = s.civicsStale(found.Answer.AsOf)
		c.Calls = letters.Calls{Now: s.Now(), Near: letter.Near(s.Atlas, found.Answer)}
	}
	return c
}

// firstTurn is when the first of some offices opens or closes, or its day ends:
// what a page says of it is true until then. Zero when no office's clock is known.
func firstTurn(calls letters.Calls) (first time.Time) {
	for _, near := range calls.Near {
		for _, office := range near.Offices {
			if hours, known := letter.HoursOf(office, calls.Now); known {
				first = sooner(first, hours.Until)
			}
		}
	}
	return first
}

func callFrame(c echo.Context, iss issue.Issue) layout.Page {
	ctx := c.Request().Context()
	return layout.Page{
		Title: i18n.T(ctx, "call.title", "Issue", iss.Title), Description: i18n.T(ctx, "call.description", "Issue", iss.Title),
		Path: "/issues/" + iss.Slug + "/call", Section: layout.SectionIssues, Scripts: []string{"focus.js", "call.js"},
	}
}
