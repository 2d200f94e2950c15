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
	ctx := c.Request().Context()
	asked := found.Asked{Empty: c.QueryParams().Has("q")}
	asked.Query, asked.Cut = search.Clean(c.QueryParam("q"))
	answer, err := s.Search.Find(ctx, asked.Query)
	if err != nil {
		return err
	}
	setPrivate(c)
	return s.render(c, http.StatusOK, layout.Page{
		Title: asked.Title(ctx), Description: i18n.T(ctx, "search.about"),
		Path: "/search", Section: layout.SectionSearch, Scripts: []string{"suggest.js"},
	}, found.Page(asked, answer))
}

// suggest answers suggest.js while somebody types. That is theirs as much as a
// search is: no cache keeps it, and no log says it.
func (s *Site) suggest(c echo.Context) error {
	ctx := c.Request().Context()
	query, _ := search.Clean(c.QueryParam("q"))
	suggestions, err := s.Search.Suggest(ctx, query)
	if err != nil {
		return err
	}
	setPrivate(c)
	return c.JSON(http.StatusOK, found.Suggest(ctx, suggestions))
}
