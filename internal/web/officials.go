package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	civicsview "redress/views/civics"
	"redress/views/layout"
)

// showOfficial is one official, or one vacant seat.
func (s *Site) showOfficial(c echo.Context) (Page, error) {
	official, ok := s.Atlas.Official(c.Param("id"))
	if !ok {
		return Page{}, fault.NotFound("representatives.official.not_found")
	}
	ctx := c.Request().Context()
	title := official.Name
	if official.Vacant {
		title = i18n.T(ctx, "representatives.vacant.name") + ": " + official.SeatName
	}
	return Page{
		Frame: layout.Page{
			Title: title,
			Description: i18n.T(ctx, "representatives.official.description",
				"Title", official.Title, "Name", title, "Seat", official.SeatName),
			Path: "/officials/" + official.ID, Section: layout.SectionRepresentatives,
		},
		Body:    civicsview.ProfilePage(civicsview.Profile{Official: official, Now: s.Now(), Stale: s.civicsStale(official.AsOf)}),
		Tags:    []string{civics.Tag},
		Expires: s.Atlas.NextChange(s.Now()),
	}, nil
}
