package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showPledge is the pledge and its form.
func (s *Site) showPledge(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}

// signPledge takes a signature.
func (s *Site) signPledge(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}

// pledgeCount is count.json.
func (s *Site) pledgeCount(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}
