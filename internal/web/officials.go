package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showOfficial is one official.
func (s *Site) showOfficial(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}
