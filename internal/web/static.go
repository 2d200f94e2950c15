package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showAsset serves the stylesheet, scripts and images.
func (s *Site) showAsset(c echo.Context) error {
	if !s.assets.Serve(c.Response(), c.Request()) {
		return fault.NotFound("errors.not_found.message")
	}
	return nil
}
