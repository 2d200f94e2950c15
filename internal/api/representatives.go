package api

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showRepresentatives answers for a ZIP code.
func (a *API) showRepresentatives(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}

// findRepresentatives answers for an address or a point.
func (a *API) findRepresentatives(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}
