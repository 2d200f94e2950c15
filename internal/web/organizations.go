package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// listOrganizations is the directory.
func (s *Site) listOrganizations(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}

// showOrganization is one organization.
func (s *Site) showOrganization(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}
