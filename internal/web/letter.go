package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showLetter finds recipients, then with a ZIP code is the writing step.
func (s *Site) showLetter(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}

// letterRecipients answers the writing step for an address, a point or chosen officials.
func (s *Site) letterRecipients(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}

// submitLetter takes a letter.
func (s *Site) submitLetter(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}
