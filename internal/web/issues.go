package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// listIssues lists the issues.
func (s *Site) listIssues(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}

// showIssue is an explainer with its actions.
func (s *Site) showIssue(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}
