package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showRepresentatives is the form, and the answer for a ZIP code.
func (s *Site) showRepresentatives(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}

// findRepresentatives answers for an address or a point.
func (s *Site) findRepresentatives(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}
