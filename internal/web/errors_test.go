package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/labstack/echo/v4"

	"redress/internal/api"
	"redress/internal/fault"
	"redress/views/layout"
	"redress/views/parts"
)

func TestErrorsBecomePages(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	secret := errors.New("canary@example.org")
	for i, test := range []struct {
		err    error
		status int
		says   string
	}{
		{fault.NotFound("errors.not_found.message"), 404, "There is no page here"},
		{fault.NotFound("a.key.without.words").Because(secret), 404, "There is no page here"},
		{fmt.Errorf("wrapped: %w", fault.Conflict("errors.conflict.message")), 409, "Something has changed"},
		{fault.Forbidden("errors.forbidden.message"), 403, "This came from another site"},
		{fault.Invalid("errors.invalid.message"), 422, "There is a problem"},
		{fault.Busy("errors.busy.message", 90*time.Second), 429, "Try again in 2 minutes."},
		{fault.Unavailable("errors.unavailable.message", secret), 503, "We can’t do this right now"},
		{secret, 500, "Something went wrong on our side"},
		{&pgconn.PgError{Code: "57P01", Message: "canary@example.org"}, 503, "We can’t do this right now"},
		{&pgconn.PgError{Code: "23505", Detail: "Key (email)=(canary@example.org)"}, 500, "Something went wrong on our side"},
		{fmt.Errorf("x: %w", &http.MaxBytesError{Limit: 1}), 413, "That is too long"},
		{fmt.Errorf("x: %w", echo.ErrMethodNotAllowed), 405, "That can’t be done here"},
		{echo.NewHTTPError(http.StatusBadRequest, "canary@example.org"), 422, "There is a problem"},
	} {
		path := fmt.Sprint("/test/fails/", i)
		s.add().open(path, func(echo.Context) error { return test.err })
		apiRouter{s.add()}.Get(path, func(echo.Context) (api.Answer, error) { return api.Answer{}, test.err })

		r := s.get(path)
		page := strings.ReplaceAll(bodyOf(t, r), "&#39;", "'")
		if r.StatusCode != test.status || !strings.Contains(page, test.says) {
			t.Errorf("%v: %d, want %d and %q in\n%s", test.err, r.StatusCode, test.status, test.says, page)
		}
		if r.Header.Get("Cache-Control") != "private, no-store" || !strings.Contains(page, `content="noindex"`) || !strings.Contains(page, centerName) {
			t.Errorf("%v: Cache-Control %q, or no noindex, or no name", test.err, r.Header.Get("Cache-Control"))
		}
		if hasID := strings.Contains(page, r.Header.Get("X-Request-Id")); hasID != (test.status >= 500) {
			t.Errorf("%v: request id on the page: %v", test.err, hasID)
		}

		problem := s.get("/api/v1" + path)
		text := bodyOf(t, problem)
		var said map[string]any
		if err := json.Unmarshal([]byte(text), &said); err != nil {
			t.Errorf("%v: problem is %q", test.err, text)
		}
		if problem.StatusCode != test.status || problem.Header.Get("Content-Type") != "application/problem+json" || said["status"] != float64(test.status) {
			t.Errorf("%v: problem %d %s %s", test.err, problem.StatusCode, problem.Header.Get("Content-Type"), text)
		}
		if strings.Contains(page+text, "canary") {
			t.Errorf("%v: the page or problem quotes the error", test.err)
		}
	}
	if strings.Contains(s.log.String(), "canary") {
		t.Errorf("the log quotes an error:\n%s", s.log)
	}
	if !strings.Contains(s.log.String(), `"postgres":"sqlstate 57P01"`) {
		t.Error("the log doesn't say what PostgreSQL said")
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	r := s.get("/maya-ortiz/token-123?email=maya@example.org", "Referer", "http://x/ref-456")
	page := bodyOf(t, r)
	for _, has := range []string{`action="/search"`, `href="/issues"`, `href="/representatives"`} {
		if r.StatusCode != http.StatusNotFound || !strings.Contains(page, has) {
			t.Errorf("the 404 page (%d) lacks %s", r.StatusCode, has)
		}
	}
	if r := s.get("/api/v1/nothing"); r.Header.Get("Content-Type") != "application/problem+json" || r.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown path of the API: %d %s", r.StatusCode, r.Header.Get("Content-Type"))
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		r := s.ask(method, "/representatives", nil)
		if allow := r.Header.Get("Allow"); r.StatusCode != http.StatusMethodNotAllowed || !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
			t.Errorf("%s: %d, Allow %q", method, r.StatusCode, allow)
		}
	}
	s.ask("MAYA-ORTIZ", "/representatives", nil)
	for _, canary := range []string{"ortiz", "ORTIZ", "token-123", "maya@", "ref-456"} {
		if strings.Contains(s.log.String(), canary) {
			t.Errorf("the log holds %q:\n%s", canary, s.log)
		}
	}
	if !strings.Contains(s.log.String(), `"route":"(none)"`) {
		t.Errorf("an unknown path has a route in the log:\n%s", s.log)
	}
}

func TestPanicsAreSurvivedWithoutTheirValues(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.add().open("/test/panics/:token", func(echo.Context) error { panic("canary@example.org") })
	s.add().page("/test/page-panics", func(echo.Context) (Page, error) { panic(errors.New("canary@example.org")) })
	for _, path := range []string{"/test/panics/token-123", "/test/page-panics"} {
		r := s.get(path)
		page := bodyOf(t, r)
		if id := r.Header.Get("X-Request-Id"); r.StatusCode != http.StatusInternalServerError || !strings.Contains(page, id) || !strings.Contains(s.log.String(), id) {
			t.Errorf("%s: %d; the id must be on the page and in the log", path, r.StatusCode)
		}
		if strings.Contains(page, "canary") {
			t.Errorf("%s: the page shows the panic", path)
		}
	}
	log := s.log.String()
	if strings.Contains(log, "canary") || strings.Contains(log, "token-123") || strings.Contains(log, ".go:") {
		t.Errorf("the log shows the panic's value, a path or a file:\n%s", log)
	}
	if !strings.Contains(log, `"panic":"string"`) || !strings.Contains(log, "TestPanicsAreSurvived") {
		t.Errorf("the log doesn't name type and functions:\n%s", log)
	}
}

func signForm(f parts.Form) templ.Component {
	return templ.Join(parts.ErrorSummary(f), parts.Field(f, parts.Input{Name: "email", Label: "E-mail", Type: "email"}))
}

func TestAFormComesBackWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	var answer error
	s.add().form("/test/sign", "sign", func(c echo.Context) error {
		values, _ := c.FormParams()
		return s.showAgain(c, answer, values, layout.Page{Title: "Sign"}, signForm)
	})
	post := func() (*http.Response, string) {
		r := s.ask(http.MethodPost, "/test/sign", strings.NewReader(url.Values{"email": {"<maya"}}.Encode()))
		return r, bodyOf(t, r)
	}
	answer = fault.Invalid("errors.invalid.message", fault.Field{Name: "email", Key: "errors.too_large.title"})
	r, page := post()
	for _, has := range []string{`value="&lt;maya"`, `href="#field-email"`, `aria-invalid="true"`, `role="alert"`, "<title>Error: Sign", "That is too long"} {
		if !strings.Contains(page, has) {
			t.Errorf("the form lacks %s", has)
		}
	}
	if r.StatusCode != http.StatusUnprocessableEntity || r.Header.Get("Cache-Control") != "private, no-store" || r.Header.Get("X-Robots-Tag") != "noindex" {
		t.Errorf("%d, %v", r.StatusCode, r.Header)
	}
	answer = fmt.Errorf("sign: %w", &pgconn.PgError{Code: "57P03"})
	r, page = post()
	if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(page, `value="&lt;maya"`) || r.Header.Get("Retry-After") == "" {
		t.Errorf("with PostgreSQL away: %d", r.StatusCode)
	}
	answer = fault.NotFound("errors.not_found.message")
	if r, _ = post(); r.StatusCode != http.StatusNotFound {
		t.Errorf("other errors: %d, want 404", r.StatusCode)
	}
	if strings.Contains(s.log.String(), "maya") {
		t.Error("the log holds what was typed")
	}
}

func TestErrorPagesWithPostgreSQLAway(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.db.Close()
	r := s.get("/test/nothing")
	if page := bodyOf(t, r); r.StatusCode != http.StatusNotFound || !strings.Contains(page, "There is no page here") {
		t.Errorf("%d: %s", r.StatusCode, page)
	}
}
