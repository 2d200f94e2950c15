package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"redress/internal/i18n"
	"redress/internal/search"
	"redress/views/layout"
	found "redress/views/search"
)

// showSearch answers a search. What was asked is the visitor's: the page is
// made for them alone and kept nowhere.
func (s *Site) showSearch(c echo.Context) error {
	ctx, query := c.Request().Context(), search.Clean(c.QueryParam("q"))
	results, err := s.Search.Find(ctx, query)
	if err != nil {
		return err
	}
	setPrivate(c)
	return s.render(c, http.StatusOK, layout.Page{
		Title: i18n.T(ctx, "search.heading"), Description: i18n.T(ctx, "search.about"),
		Path: "/search", Section: layout.SectionSearch,
	}, found.Page(query, results))
}
