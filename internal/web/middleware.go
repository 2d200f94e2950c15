package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/config"
	"redress/internal/fault"
)

// answerWithin is how long a request may work before it is given up.
const answerWithin = 20 * time.Second

// bodyLimit is the most that a form or an API request may send; a letter may
// hold several long texts, and letters beyond ASCII grow to six and more bytes
// each in a form's encoding.
const (
	bodyLimit   = 64 << 10
	letterLimit = 512 << 10
)

const (
	idKey      = "redress.request_id"
	privateKey = "redress.private"
)

// unmatched stands in logs and metrics for requests that no route took.
const unmatched = "(none)"

// observe gives the request its id, and logs and counts it when it is answered.
func (s *Site) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := time.Now()
		id := s.ids.next()
		c.Set(idKey, id)
		c.Response().Header()["X-Request-Id"] = []string{id}
		if err := next(c); err != nil {
			c.Error(err)
		}
		took := time.Since(begun)
		route, status := routeOf(c), c.Response().Status
		s.Metrics.Answered(route, c.Request().Method, status, took)
		s.logAnswer(route, c.Request().Method, status, c.Response().Size, took, id)
		return nil
	}
}

// logAnswer is one line of the access log. It names the route by its pattern:
// paths, queries and referrers hold tokens and places.
func (s *Site) logAnswer(route, method string, status int, size int64, took time.Duration, id string) {
	attrs := [6]slog.Attr{
		slog.String("route", route),
		slog.String("method", knownMethod(method)),
		slog.Int("status", status),
		slog.Int64("bytes", size),
		slog.Int64("us", took.Microseconds()),
	}
	n := 5
	if id != "" {
		attrs[5], n = slog.String("id", id), 6
	}
	s.Log.LogAttrs(context.Background(), slog.LevelInfo, "answered", attrs[:n]...)
}

// knownMethod keeps what a visitor made up out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// routeOf is the pattern of the route that took the request.
func routeOf(c echo.Context) string {
	if route := c.Path(); route != "" {
		return route
	}
	return unmatched
}

// panicked is a panic without its value: the value may hold anything.
type panicked struct {
	kind   string   // the type of the value
	frames []string // functions, innermost first
}

func (p *panicked) Error() string { return "panic of type " + p.kind }

// recoverPanics turns a panic into an error for the error handler.
func (s *Site) recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer s.catch(routeOf(c), &err)
		return next(c)
	}
}

// catch is deferred where a panic must become an error. http.ErrAbortHandler is
// how a handler asks to drop the connection; it goes on.
func (s *Site) catch(route string, err *error) {
	value := recover()
	if value == nil {
		return
	}
	if value == http.ErrAbortHandler { //nolint:errorlint // compared as net/http does
		panic(value)
	}
	s.Metrics.Panicked(route)
	*err = &panicked{kind: fmt.Sprintf("%T", value), frames: functionsBelow()}
}

// functionsBelow names the functions of this stack below the panic.
func functionsBelow() []string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)])
	var names []string
	for {
		frame, more := frames.Next()
		if frame.Function != "" {
			names = append(names, frame.Function)
		}
		if !more || len(names) == 12 {
			return names
		}
	}
}

// headerLine is one header line with its slice ready made.
type headerLine struct {
	name   string
	values []string
}

// securityHeaders are on every answer.
func securityHeaders(c *config.Config) []headerLine {
	policy := []string{
		"default-src 'self'",
		"img-src 'self'",
		"form-action 'self'",
		"frame-ancestors 'none'",
		"base-uri 'none'",
		"object-src 'none'",
	}
	lines := []headerLine{
		{"Content-Security-Policy", []string{strings.Join(policy, "; ")}},
		{"Referrer-Policy", []string{"same-origin"}}, // never no-referrer: old browsers would send Origin: null with forms
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"X-Frame-Options", []string{"DENY"}},
		{"Permissions-Policy", []string{"geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	}
	if c.Base != nil && c.Base.Scheme == "https" {
		lines = append(lines, headerLine{"Strict-Transport-Security", []string{"max-age=31536000; includeSubDomains"}})
	}
	return lines
}

// secure sets the security headers before anything else can answer.
func (s *Site) secure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		for _, line := range s.headers {
			h[line.name] = line.values
		}
		return next(c)
	}
}

// bound ends a request that takes too long, but for streams, which end by
// themselves.
func bound(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Path() == watchPattern {
			return next(c)
		}
		ctx, cancel := context.WithTimeout(c.Request().Context(), answerWithin)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

// boundBody refuses a body over the limit: at once when its length is told,
// else as soon as it is read.
func boundBody(c echo.Context, limit int64) error {
	r := c.Request()
	if r.ContentLength > limit {
		return &http.MaxBytesError{Limit: limit}
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
	if _, err := c.FormParams(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return tooLarge
		}
		return fault.Invalid("errors.invalid.message").Because(errUnreadable)
	}
	return nil
}

// errUnreadable stands for a form that can't be parsed; the parser's own text
// quotes it.
var errUnreadable = errors.New("unreadable form")

// keepPrivate marks the answer as this visitor's own.
func keepPrivate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		setPrivate(c)
		return next(c)
	}
}

// setPrivate keeps an answer out of every cache and search engine.
func setPrivate(c echo.Context) {
	c.Set(privateKey, true)
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Robots-Tag", "noindex")
}

func isPrivate(c echo.Context) bool { return c.Get(privateKey) != nil }

func requestID(c echo.Context) string {
	id, _ := c.Get(idKey).(string)
	return id
}
