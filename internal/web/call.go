package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showCall is the script, the numbers, the hours.
func (s *Site) showCall(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}
