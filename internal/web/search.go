package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showSearch answers a search.
func (s *Site) showSearch(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}
