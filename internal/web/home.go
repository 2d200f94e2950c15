package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showHome is the issues, the term of the day, what has been achieved.
func (s *Site) showHome(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}
