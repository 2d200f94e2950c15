package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
)

// showFeed is the Atom feed.
func (s *Site) showFeed(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}

// showSitemap is the sitemap.
func (s *Site) showSitemap(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}

// showRobots is robots.txt.
func (s *Site) showRobots(c echo.Context) (Page, error) {
	return Page{}, fault.NotFound("errors.not_found.message")
}
