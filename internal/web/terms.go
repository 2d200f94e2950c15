package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// listTerms is the glossary.
func (s *Site) listTerms(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}

// showTerm is one term.
func (s *Site) showTerm(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}
