package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showSigned is the page after signing: check your mail.
func (s *Site) showSigned(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}

// showSignatureConfirm is the button that confirms.
func (s *Site) showSignatureConfirm(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}

// confirmSignature confirms a signature.
func (s *Site) confirmSignature(c echo.Context) error {
	return fault.NotFound("errors.not_found.message")
}
