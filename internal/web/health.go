package web

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// showHealth answers while the process is alive.
func (s *Site) showHealth(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.String(http.StatusOK, "ok\n")
}

// showReadiness answers 200 while the site should be sent visitors: it has
// started, isn't stopping, and reaches PostgreSQL.
func (s *Site) showReadiness(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	if !s.ready.Load() {
		return c.String(http.StatusServiceUnavailable, "not serving\n")
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	if err := s.DB.Ping(ctx); err != nil {
		return c.String(http.StatusServiceUnavailable, "database away\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
