package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/api"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/postgres"
	"redress/views/layout"
	"redress/views/parts"
)

// statusOf is the status of each kind of fault.
var statusOf = map[fault.Kind]int{
	fault.KindInternal:    http.StatusInternalServerError,
	fault.KindInvalid:     http.StatusUnprocessableEntity,
	fault.KindNotFound:    http.StatusNotFound,
	fault.KindConflict:    http.StatusConflict,
	fault.KindForbidden:   http.StatusForbidden,
	fault.KindBusy:        http.StatusTooManyRequests,
	fault.KindUnavailable: http.StatusServiceUnavailable,
}

// rooms are where the words for each status stand in the catalog.
var rooms = map[int]string{
	http.StatusForbidden:             "errors.forbidden",
	http.StatusNotFound:              "errors.not_found",
	http.StatusMethodNotAllowed:      "errors.method",
	http.StatusConflict:              "errors.conflict",
	http.StatusRequestEntityTooLarge: "errors.too_large",
	http.StatusUnprocessableEntity:   "errors.invalid",
	http.StatusTooManyRequests:       "errors.busy",
	http.StatusInternalServerError:   "errors.internal",
	http.StatusServiceUnavailable:    "errors.unavailable",
}

// fail is the one error handler. It turns an error into a status and a page, or
// a problem document under /api, and says nothing of the error but its key.
func (s *Site) fail(err error, c echo.Context) {
	if c.Response().Committed {
		s.logFault(c, c.Response().Status, err)
		return
	}
	if hungUp(c, err) {
		c.Response().WriteHeader(statusHungUp) // nobody reads it; it is counted
		return
	}
	f := s.faultOf(err)
	status := s.statusFor(err, f)
	s.logFault(c, status, err)
	setPrivate(c)
	setRetry(c, f)
	if err := s.showFailure(c, status, f); err != nil {
		s.Log.Error("error page failed", "route", routeOf(c), "type", typeName(err))
		if !c.Response().Committed {
			c.Response().WriteHeader(http.StatusInternalServerError)
		}
	}
}

// statusHungUp is how requests are counted whose visitor went away before they were
// answered: no status of HTTP's own; nginx made it known (ngx_http_request.h).
const statusHungUp = 499

// hungUp reports that nothing went wrong but that the visitor didn't wait. What they
// asked for is done or not, as it came.
func hungUp(c echo.Context, err error) bool {
	return errors.Is(c.Request().Context().Err(), context.Canceled) && (errors.Is(err, context.Canceled) || postgres.IsCanceled(err))
}

// titles are the headings of faults that say more than their status does.
var titles = map[string]string{"token.unknown": "token.unknown_title", "token.expired": "token.expired_title",
	"messages.gone.erased": "messages.gone.title", "messages.gone.expired": "messages.gone.title"}

func (s *Site) showFailure(c echo.Context, status int, f *fault.Error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), 2*time.Second) // time may be what ran out
	defer cancel()
	if strings.HasPrefix(c.Request().URL.Path, "/api/") {
		return api.WriteProblem(ctx, c.Response(), status, f, requestID(c))
	}
	room := rooms[status]
	page := layout.Page{Title: i18n.T(ctx, room+".title"), NoIndex: true}
	if title, ok := titles[f.Key]; ok {
		page.Title = i18n.T(ctx, title)
	}
	shown := parts.Failed{
		Heading: page.Title,
		Message: i18n.T(ctx, room+".message"),
		Search:  status < http.StatusInternalServerError && status != http.StatusTooManyRequests,
	}
	if f.Key != "" && i18n.Has(f.Key) && status == statusOf[f.Kind] {
		shown.Message = i18n.T(ctx, f.Key, f.Args...)
	}
	if status == http.StatusTooManyRequests && f.RetryAfter > 0 {
		shown.Retry = i18n.T(ctx, "errors.busy.retry", "Count", int(math.Ceil(f.RetryAfter.Minutes())))
	}
	if status >= http.StatusInternalServerError {
		shown.RequestID = requestID(c)
	}
	body, err := draw(layout.WithFrame(ctx, s.lastFrame(ctx)), page, parts.Failure(shown))
	if err != nil {
		return err
	}
	return c.Blob(status, htmlType, body)
}

// faultOf is the fault in an error's chain; an error without one is our mistake
// unless it says that PostgreSQL is away.
func (s *Site) faultOf(err error) *fault.Error {
	if f, ok := fault.As(err); ok {
		if f.Kind == fault.KindInternal && isAway(err) {
			return awayFault(err)
		}
		return f
	}
	var tooLarge *http.MaxBytesError
	var echoed *echo.HTTPError
	switch {
	case errors.As(err, &tooLarge):
		return &fault.Error{Kind: fault.KindInvalid, Key: "errors.too_large.message", Cause: err}
	case errors.As(err, &echoed):
		return faultOfEcho(echoed)
	case isAway(err):
		return awayFault(err)
	}
	return &fault.Error{Kind: fault.KindInternal, Key: "errors.internal.message", Cause: err}
}

func awayFault(err error) *fault.Error {
	f := fault.Unavailable("errors.unavailable.message", err)
	f.RetryAfter = 10 * time.Second
	return f
}

// faultOfEcho knows the errors of Echo's own router and binder.
func faultOfEcho(err *echo.HTTPError) *fault.Error {
	switch err.Code {
	case http.StatusNotFound:
		return fault.NotFound("errors.not_found.message")
	case http.StatusMethodNotAllowed:
		return &fault.Error{Kind: fault.KindInvalid, Key: "errors.method.message"}
	case http.StatusRequestEntityTooLarge:
		return &fault.Error{Kind: fault.KindInvalid, Key: "errors.too_large.message"}
	case http.StatusServiceUnavailable:
		return fault.Unavailable("errors.unavailable.message", err)
	}
	if err.Code >= 400 && err.Code < 500 {
		return fault.Invalid("errors.invalid.message").Because(err)
	}
	return &fault.Error{Kind: fault.KindInternal, Key: "errors.internal.message", Cause: err}
}

// statusFor is the fault's status, finer where HTTP is finer than kinds.
func (s *Site) statusFor(err error, f *fault.Error) int {
	switch f.Key {
	case "errors.method.message":
		return http.StatusMethodNotAllowed
	case "errors.too_large.message":
		return http.StatusRequestEntityTooLarge
	}
	return statusOf[f.Kind]
}

// logFault notes what an operator must know: our own mistakes as errors, what
// is away as warnings. What visitors get wrong is in the access log already.
func (s *Site) logFault(c echo.Context, status int, err error) {
	level := slog.LevelError
	switch {
	case status == http.StatusServiceUnavailable:
		level = slog.LevelWarn
	case status < http.StatusInternalServerError:
		return
	}
	attrs := []slog.Attr{
		slog.String("route", routeOf(c)),
		slog.Int("status", status),
		slog.String("id", requestID(c)),
		slog.String("type", typeName(err)),
	}
	f, told := fault.As(err)
	if why := postgres.Describe(err); why != "other" && (!told || f.Kind != fault.KindUnavailable) { // else its key says what is away
		attrs = append(attrs, slog.String("postgres", why))
	}
	var caught *panicked
	if errors.As(err, &caught) {
		attrs = append(attrs, slog.String("panic", caught.kind), slog.Any("stack", caught.frames))
	}
	if told {
		attrs = append(attrs, slog.String("key", f.Key))
	}
	s.Log.LogAttrs(c.Request().Context(), level, "request failed", attrs...)
}

// isAway reports that PostgreSQL, or another thing that a page needs, is away.
func isAway(err error) bool {
	return postgres.IsUnavailable(err) || fault.KindOf(err) == fault.KindUnavailable
}

func setRetry(c echo.Context, f *fault.Error) {
	if f.RetryAfter > 0 {
		seconds := int(math.Ceil(f.RetryAfter.Seconds()))
		c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
	}
}

// typeName is the type of the innermost error, which is safe to log where the
// text isn't.
func typeName(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return fmt.Sprintf("%T", err)
		}
		err = inner
	}
}
