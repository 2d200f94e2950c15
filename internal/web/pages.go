package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showPage is one of the standing pages; its path names it.
func (s *Site) showPage(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}

// showData says where civic data comes from and how old it is.
func (s *Site) showData(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}
