package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/views/layout"
	letters "redress/views/letter"
	"redress/views/parts"
)

// showCall is the script, the numbers, the hours.
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
		page.Body = letters.Call(s.calling(iss, nil, parts.Form{}))
		return page, nil
	}
	answer, err := s.Atlas.ByZIP(zip)
	if form, ok := placeForm(c, "zip", err); ok {
		page.Frame.HasErrors, page.Frame.NoIndex, page.Status = true, true, http.StatusUnprocessableEntity
		page.Body = letters.Call(s.calling(iss, nil, form))
		return page, nil
	}
	if err != nil {
		return Page{}, err
	}
	composed, err := s.Letters.Compose(ctx, iss.Slug, answer)
	page.Body = letters.Call(s.calling(iss, &composed, parts.Form{}))
	page.Frame.NoIndex = true
	return page, err
}

func (s *Site) calling(iss issue.Issue, found *letter.Composition, form parts.Form) letters.Calling {
	c := letters.Calling{IssueSlug: iss.Slug, IssueTitle: iss.Title, Form: form, Found: found}
	if found != nil {
		c.Stale = s.civicsStale(found.Answer.AsOf)
		c.Offices = s.officesNear(found.Answer)
	}
	return c
}

// officesNear are the offices of everybody in an answer, those near its place
// first where that can be told.
func (s *Site) officesNear(at civics.Answer) map[string][]civics.Office {
	near := make(map[string][]civics.Office, len(at.Officials))
	for _, o := range at.Officials {
		if at.Lat != 0 || at.Lon != 0 {
			near[o.ID] = s.Atlas.Nearest(at.Lat, at.Lon, o.Offices)
		} else {
			near[o.ID], _ = s.Atlas.NearestToZIP(at.Zip, o.Offices)
		}
	}
	return near
}

func callFrame(c echo.Context, iss issue.Issue) layout.Page {
	ctx := c.Request().Context()
	return layout.Page{
		Title: i18n.T(ctx, "call.title", "Issue", iss.Title), Description: i18n.T(ctx, "call.description", "Issue", iss.Title),
		Path: "/issues/" + iss.Slug + "/call", Section: layout.SectionIssues, Scripts: []string{"focus.js"},
	}
}
