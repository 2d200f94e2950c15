package web

import (
	"maps"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"redress/views/parts"
)

// sourced registers a public page whose path ends in a source code. Only codes
// that staff made have a page of their own, so that nobody fills the memory with
// others; from any other one it leads to the plain page.
func (r *router) sourced(pattern string, show func(echo.Context) (Page, error), params ...string) {
	s := r.site
	cached := s.cached(pattern, show, params)
	r.get(pattern, func(c echo.Context) error {
		known, err := s.Pledges.IsSource(c.Request().Context(), c.Param("slug"), c.Param("code"))
		if err != nil {
			return err
		}
		if !known {
			setPrivate(c) // staff may make the code tomorrow
			return c.Redirect(http.StatusFound, "/issues/"+url.PathEscape(c.Param("slug")))
		}
		return cached(c)
	})
}

// withKnownSource is the query without a source code that the issue of the path
// doesn't have: such a page is the plain one.
func (s *Site) withKnownSource(c echo.Context) url.Values {
	query := c.QueryParams()
	if !query.Has(parts.SourceField) || s.sourceOf(c) != "" {
		return query
	}
	plain := maps.Clone(query)
	delete(plain, parts.SourceField)
	return plain
}

// sourceOf is the code that a link or a form carries, "" when it carries none that
// the issue of the path has. While that can't be known there is none: nothing is
// refused for want of a statistic.
func (s *Site) sourceOf(c echo.Context) string { return s.sourceFor(c, c.Param("slug")) }

// sourceFor is sourceOf where the path names no issue.
func (s *Site) sourceFor(c echo.Context, slug string) string {
	code := c.FormValue(parts.SourceField)
	if code == "" {
		return ""
	}
	known, err := s.Pledges.IsSource(c.Request().Context(), slug, code)
	if err != nil || !known {
		return ""
	}
	return code
}

// carrying puts the code that somebody came by into the form that they are shown.
func (s *Site) carrying(c echo.Context, form parts.Form) parts.Form {
	code := s.sourceOf(c)
	values := url.Values{}
	maps.Copy(values, form.Values)
	values.Del(parts.SourceField)
	if code != "" {
		values.Set(parts.SourceField, code)
	}
	form.Values = values
	return form
}
