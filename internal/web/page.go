package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/civics"
	"redress/internal/telemetry"
	"redress/internal/web/pagecache"
	"redress/views/layout"
)

// Page is what the handler of a public page gives back. It is rendered once
// and then served from memory until a tag moves or it expires.
type Page struct {
	Frame   layout.Page
	Body    templ.Component // stands inside <main>
	Tags    []string        // what it depends on: "content" is always among them; "civics", "pledge:<slug>"
	Expires time.Time       // its next change by the calendar; zero: midnight is enough. With the tag "civics" the next change of those facts is meant, too
	Counts  bool            // it shows counts: its pledge tags re-render it at most once a second

	Status int    // not 0 or 200: shown to this visitor only, never kept (a form that came back)
	Raw    []byte // instead of Body and Frame: the bytes of a feed, a sitemap, JSON
	Type   string // of Raw
}

// pageRoute is a cached route with its counters at hand.
type pageRoute struct {
	pattern string
	params  []string
	header  []headerLine // beside those that every page has
	counter *telemetry.Counter
}

// unkept carries a page that must not be kept out of the cache.
type unkept struct{ page Page }

func (*unkept) Error() string { return "a page that is not kept" }

// cached serves a page from memory, or renders it. The render gets a request
// made anew from path and declared parameters: it can't depend on anything else
// that the visitor sent. Every answer carries header, an error too.
func (s *Site) cached(pattern string, show func(echo.Context) (Page, error), params []string, header ...headerLine) echo.HandlerFunc {
	slices.Sort(params)
	route := &pageRoute{pattern: pattern, params: params, header: header, counter: s.Metrics.Counter(pattern)}
	return func(c echo.Context) error {
		for _, line := range header {
			c.Response().Header()[line.name] = line.values
		}
		query := declared(s.withKnownSource(c), params)
		if oddlySpelled(c.QueryParam("zip")) {
			return s.showOdd(c, query, show)
		}
		key := c.Request().URL.Path
		if query != "" {
			key += "?" + query
		}
		entry, how, err := s.cache.Get(c.Request().Context(), key, route, s.renderOf(c, query, show))
		s.Metrics.Served(string(how))
		var alone *unkept
		switch {
		case errors.As(err, &alone):
			return s.renderAlone(c, alone.page)
		case err != nil:
			return err
		}
		status, length := entry.Serve(c.Response(), c.Request())
		c.Response().Status, c.Response().Size = status, int64(length)
		return nil
	}
}

// oddlySpelled reports a ZIP code that isn't written as links and most people
// write it. Pages for every other spelling, valid or not, are endless, so they are
// made for their visitor alone and limited like a search: nobody can fill the
// cache with them.
func oddlySpelled(zip string) bool { return zip != "" && !civics.PlainZip(zip) }

func (s *Site) showOdd(c echo.Context, query string, show func(echo.Context) (Page, error)) error {
	if err := s.Limits.Allow(abuse.Search, addressOf(c)); err != nil {
		return err
	}
	page, err := s.pageOf(c, query, show)(c.Request().Context())
	if err != nil {
		return err
	}
	return s.renderAlone(c, page)
}

// declared is the query's declared parameters in a fixed order and spelling:
// the first value of each, without the empty ones.
func declared(query url.Values, params []string) string {
	kept := url.Values{}
	for _, name := range params {
		if value := query.Get(name); value != "" {
			kept.Set(name, value)
		}
	}
	return kept.Encode()
}

// renderOf is the render of one page for the cache.
func (s *Site) renderOf(c echo.Context, query string, show func(echo.Context) (Page, error)) pagecache.Render {
	pattern, render := c.Path(), s.pageOf(c, query, show)
	return func(ctx context.Context) (made pagecache.Rendered, err error) {
		defer s.catch(pattern, &err)
		change := s.Atlas.NextChange(s.Now()) // before anybody is looked up: a page that meets it doesn't outlive it
		page, err := render(ctx)
		if err != nil {
			return pagecache.Rendered{}, err
		}
		if page.Status != 0 && page.Status != http.StatusOK {
			return pagecache.Rendered{}, &unkept{page}
		}
		if slices.Contains(page.Tags, civics.Tag) {
			page.Expires = sooner(page.Expires, change)
		}
		return s.made(ctx, page)
	}
}

// sooner is the earlier of two moments; a zero one is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// pageOf is the handler on a request that holds path and declared parameters
// only. Its own context, parameters copied, since it may outlive the request
// that asked.
func (s *Site) pageOf(c echo.Context, query string, show func(echo.Context) (Page, error)) func(context.Context) (Page, error) {
	path, pattern := c.Request().URL.Path, c.Path()
	names, values := slices.Clone(c.ParamNames()), slices.Clone(c.ParamValues())
	return func(ctx context.Context) (Page, error) {
		request := &http.Request{
			Method: http.MethodGet,
			URL:    &url.URL{Path: path, RawQuery: query},
			Header: http.Header{},
			Host:   s.Config.Base.Host,
		}
		alone := s.echo.NewContext(request.WithContext(ctx), nil)
		alone.SetPath(pattern)
		alone.SetParamNames(names...)
		alone.SetParamValues(values...)
		return show(alone)
	}
}

// made is a page as the cache keeps it.
func (s *Site) made(ctx context.Context, page Page) (pagecache.Rendered, error) {
	body, contentType, err := s.bytesOf(ctx, page)
	if err != nil {
		return pagecache.Rendered{}, err
	}
	made := pagecache.Rendered{Body: body, ContentType: contentType, Expires: page.Expires, Counts: page.Counts}
	made.Tags = append(made.Tags, "content") // the frame shows the center
	for _, tag := range page.Tags {
		if page.Counts && strings.HasPrefix(tag, "pledge:") {
			made.CountTags = append(made.CountTags, tag)
		} else {
			made.Tags = append(made.Tags, tag)
		}
	}
	return made, nil
}

// renderAlone answers with a page for this visitor only.
func (s *Site) renderAlone(c echo.Context, page Page) error {
	body, contentType, err := s.bytesOf(c.Request().Context(), page)
	if err != nil {
		return err
	}
	setPrivate(c)
	return c.Blob(cmp.Or(page.Status, http.StatusOK), contentType, body)
}

// cachedHeader are the header lines of every cached page: the security headers,
// and leave to fetch such pages ahead.
func (s *Site) cachedHeader() http.Header {
	h := http.Header{}
	for _, line := range s.headers {
		h[line.name] = line.values
	}
	h["Speculation-Rules"] = []string{`"` + s.assets.SpeculationRules() + `"`}
	return h
}
