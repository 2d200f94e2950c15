package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showDevMail lists captured mail.
func (s *Site) showDevMail(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}

// showDevMessage shows one captured mail.
func (s *Site) showDevMessage(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}
