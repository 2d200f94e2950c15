package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showReceipt is the receipt: each delivery and its true state.
func (s *Site) showReceipt(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}

// showMessageConfirm shows each letter as it will go.
func (s *Site) showMessageConfirm(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}

// confirmMessage confirms and begins the deliveries.
func (s *Site) confirmMessage(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}

// markDone notes that the writer sent one delivery.
func (s *Site) markDone(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}
