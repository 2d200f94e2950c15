package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/api"
	"redress/internal/civics"
	"redress/internal/fault"
)

// router registers routes. Its methods are the only way to add one, so that no
// route lacks its guards.
type router struct {
	site *Site
	echo *echo.Echo
}

// page registers a public page that is kept in memory. params are the query
// parameters that its content depends on; all others are ignored.
func (r *router) page(pattern string, show func(echo.Context) (Page, error), params ...string) {
	r.get(pattern, r.site.cached(pattern, show, params))
}

// open registers a GET that is made for each visitor and depends on nothing
// personal. It is not kept here, and shared caches are told the same.
func (r *router) open(pattern string, show echo.HandlerFunc) { r.get(pattern, show) }

// limited registers a GET that is made for each visitor at a cost that no cache
// spares the database. action names what is limited per network.
func (r *router) limited(pattern, action string, show echo.HandlerFunc) {
	r.open(pattern, func(c echo.Context) error {
		if err := r.site.Limits.Allow(action, addressOf(c)); err != nil {
			return err
		}
		return show(c)
	})
}

// private registers a GET that carries a token or shows something personal.
func (r *router) private(pattern string, show echo.HandlerFunc) { r.get(pattern, keepPrivate(show)) }

// loopback registers a GET that exists only while the whole site is private to
// this machine, and answers only requests that come straight from it.
func (r *router) loopback(pattern string, show echo.HandlerFunc) {
	if r.site.Config.Private() {
		r.get(pattern, keepPrivate(onlyLoopback(show)))
	}
}

// form registers a POST. action names what is limited per network. The answer
// is private by construction.
func (r *router) form(pattern, action string, take echo.HandlerFunc) {
	r.echo.POST(pattern, r.site.guard(action, keepPrivate(take)))
}

// program registers a POST that a mail provider's program makes, from anywhere: the token in its path is all the proof there
// is, so no origin is asked for. Its answer is private, its body bounded, and its action limited per network like a form's.
func (r *router) program(pattern, action string, take echo.HandlerFunc) {
	r.echo.POST(pattern, r.site.bounded(action, bodyLimit, keepPrivate(take)))
}

func (r *router) get(pattern string, show echo.HandlerFunc) {
	r.echo.GET(pattern, show)
	r.echo.HEAD(pattern, show)
}

// guard is what stands before every unsafe method: the same origin, a bounded
// body, a limit per network, and the network's name for the geocoder's guard.
func (s *Site) guard(action string, take echo.HandlerFunc) echo.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	// A proxy may send a Host of its own, and older browsers name the origin only.
	_ = protection.AddTrustedOrigin(s.Config.BaseURL) // fails for what is no origin, which settings are not
	limit := int64(bodyLimit)
	if action == abuse.Letter {
		limit = letterLimit
	}
	bounded := s.bounded(action, limit, take)
	return func(c echo.Context) error {
		if err := protection.Check(c.Request()); err != nil {
			return fault.Forbidden("errors.forbidden.message").Because(err)
		}
		return bounded(c)
	}
}

// bounded is guard without the origin.
func (s *Site) bounded(action string, limit int64, take echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := boundBody(c, limit); err != nil {
			return err
		}
		s.noticeProxy(c.Request())
		if err := s.Limits.Allow(action, addressOf(c)); err != nil {
			return err
		}
		// So that the questions of one network leave the geocoder time for others'.
		asker := abuse.Network(addressOf(c))
		c.SetRequest(c.Request().WithContext(civics.WithAsker(c.Request().Context(), asker)))
		return take(c)
	}
}

// apiRouter lends the API the same guards, under its own prefix.
type apiRouter struct{ *router }

var _ api.Router = apiRouter{}

// Get registers a public answer for programs under /api. It is kept in memory
// like a page, and scripts of any site may read it. What has to be made is
// limited per network; what is in memory is given before anything is counted.
func (r apiRouter) Get(pattern string, answer func(echo.Context) (api.Answer, error), params ...string) {
	show := r.site.cached(api.Prefix+pattern, func(c echo.Context) (Page, error) {
		made, err := answer(c)
		return Page{Raw: made.JSON, Type: echo.MIMEApplicationJSON, Tags: made.Tags, Expires: made.Expires}, err
	}, params, openHeaders...)
	r.get(api.Prefix+pattern, func(c echo.Context) error {
		if err := r.site.Limits.Allow(abuse.APIRead, addressOf(c)); err != nil {
			for _, line := range openHeaders { // the script that asks must be able to read that it is to wait
				c.Response().Header()[line.name] = line.values
			}
			return err
		}
		return show(c)
	})
	r.echo.OPTIONS(api.Prefix+pattern, preflight(r.methodsOf(api.Prefix+pattern)))
}

// methodsOf lists the methods of a pattern, once all are registered.
func (r *router) methodsOf(pattern string) func() string {
	return sync.OnceValue(func() string {
		var methods []string
		for _, route := range r.echo.Routes() {
			if route.Path == pattern {
				methods = append(methods, route.Method)
			}
		}
		slices.Sort(methods)
		return strings.Join(methods, ", ")
	})
}

// openHeaders let scripts of any site read an answer.
var openHeaders = []headerLine{
	{echo.HeaderAccessControlAllowOrigin, []string{"*"}},
	{echo.HeaderAccessControlExposeHeaders, []string{"ETag, Retry-After, X-Request-Id"}},
	{"Cross-Origin-Resource-Policy", []string{"cross-origin"}},
}

// preflight tells a browser what scripts of other sites may do: read, with any
// header but credentials. For anything else it names no origin, which is a no.
func preflight(methods func() string) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderAllow, methods())
		h.Set(echo.HeaderVary, echo.HeaderAccessControlRequestMethod)
		switch c.Request().Header.Get(echo.HeaderAccessControlRequestMethod) {
		case http.MethodGet, http.MethodHead:
			h.Set(echo.HeaderAccessControlAllowOrigin, "*")
			h.Set(echo.HeaderAccessControlAllowMethods, "GET, HEAD")
			h.Set(echo.HeaderAccessControlAllowHeaders, "*")
			h.Set(echo.HeaderAccessControlMaxAge, "86400")
		}
		return c.NoContent(http.StatusNoContent)
	}
}

// Post registers an unsafe method under /api with the guards of a form.
func (r apiRouter) Post(pattern, action string, take echo.HandlerFunc) {
	r.form(api.Prefix+pattern, action, take)
}

// plainParameters decodes a route's parameters once and for all: Echo gives them
// as they were written when the path holds unusual escapes ("bioguide%3AD000197").
// A parameter that holds a slash, or what is no text (PostgreSQL refuses it),
// matches nothing; nor does one with a question mark, which would share the cache's
// key, and so a render on its way, with a page that has a query.
func plainParameters(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		values := c.ParamValues()
		for i, name := range c.ParamNames() {
			value := values[i]
			if c.Request().URL.RawPath != "" {
				plain, err := url.PathUnescape(value)
				if err != nil {
					return echo.ErrNotFound
				}
				value = plain
			}
			if name != "*" && (strings.ContainsAny(value, "/\\?\x00") || !utf8.ValidString(value)) {
				return echo.ErrNotFound
			}
			values[i] = value
		}
		return next(c)
	}
}
