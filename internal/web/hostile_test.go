package web

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/fault"
)

func TestPathsThatAreNoTextMatchNothing(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	for _, route := range s.echo.Routes() {
		before, _, found := strings.Cut(route.Path, "/:")
		if !found || route.Method == http.MethodHead {
			continue
		}
		after := concrete(strings.TrimPrefix(route.Path, before))[len("/x"):]
		for _, odd := range []string{"%ff", "%c3%28", "a%00b", "a%2Fb", "%ed%a0%80"} {
			target := before + "/" + odd + after
			if r := s.ask(route.Method, target, strings.NewReader("")); r.StatusCode != http.StatusNotFound {
				t.Errorf("%s %s: %d, want 404", route.Method, target, r.StatusCode)
			}
		}
	}
}

func TestAnEscapedQuestionMarkIsNoQuery(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	const odd = "/representatives%3Fzip=80203"
	for _, when := range []string{"before", "after"} {
		if r := s.get(odd); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s its page is in memory: %d, want 404", when, r.StatusCode)
		}
		if r := s.get("/representatives?zip=80203"); r.StatusCode != http.StatusOK {
			t.Fatalf("the page itself: %d", r.StatusCode)
		}
	}
}

func TestARedirectOfATokenIsNotKept(t *testing.T) {
	t.Parallel()
	r := newTestSite(t).get("/signatures/token-123/confirm/")
	if r.StatusCode != http.StatusMovedPermanently || r.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%d, Cache-Control %q", r.StatusCode, r.Header.Get("Cache-Control"))
	}
}

func TestSearchingIsLimitedPerNetwork(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	s.Limits = abuse.New(abuse.Options{On: true})
	for range 200 {
		switch r := s.get("/search?q=court"); r.StatusCode {
		case http.StatusOK:
		case http.StatusTooManyRequests:
			if r.Header.Get("Retry-After") == "" || r.Header.Get("Cache-Control") != "private, no-store" {
				t.Errorf("the refusal's header: %v", r.Header)
			}
			return
		default:
			t.Fatalf("%d", r.StatusCode)
		}
	}
	t.Error("200 searches within a moment")
}

func TestSuggestingIsLimitedPerNetworkAndApartFromSearching(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	s.Limits = abuse.New(abuse.Options{On: true})
	for n := range 400 {
		r := s.get("/search/suggest?q=court")
		if r.StatusCode == http.StatusOK {
			continue
		}
		if n < 60 || r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
			t.Errorf("the suggestion number %d: %d, %v", n, r.StatusCode, r.Header)
		}
		if r := s.get("/search?q=court"); r.StatusCode != http.StatusOK {
			t.Errorf("whoever typed much can't search: %d", r.StatusCode)
		}
		return
	}
	t.Error("400 suggestions within a moment")
}

func TestTheLogBlamesWhatIsAway(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	away := &net.OpError{Op: "dial", Err: errors.New("no route")}
	s.add().open("/away/map", func(echo.Context) error { return fault.Unavailable("civics.geocoder.down", away) })
	s.add().open("/away/database", func(echo.Context) error { return away })
	for path, blames := range map[string]bool{"/away/map": false, "/away/database": true} {
		before := len(s.log.String())
		if r := s.get(path); r.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
		if got := strings.Contains(s.log.String()[before:], `"postgres":`); got != blames {
			t.Errorf("%s: blames PostgreSQL %v\n%s", path, got, s.log.String()[before:])
		}
	}
}

func TestAProxyThatIsNotNamedIsNoticedOnce(t *testing.T) {
	t.Parallel()
	const warning = "REDRESS_TRUSTED_PROXIES doesn't name"
	s := newTestSite(t, "REDRESS_TRUSTED_PROXIES", "10.0.0.0/8")
	s.add().form("/test/take", "test", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	for _, quiet := range [][]string{
		{"RemoteAddr", "172.18.0.1:1"},
		{"RemoteAddr", "10.0.0.1:1", "X-Forwarded-For", "203.0.113.7"},
		{"RemoteAddr", "203.0.113.7:1", "X-Forwarded-For", "10.0.0.1"}, // a stranger's invention
	} {
		s.ask(http.MethodPost, "/test/take", strings.NewReader("a=b"), quiet...)
	}
	if strings.Contains(s.log.String(), warning) {
		t.Errorf("a warning for nothing:\n%s", s.log)
	}
	for range 3 {
		s.ask(http.MethodPost, "/test/take", strings.NewReader("a=b"), "RemoteAddr", "172.18.0.1:1", "X-Forwarded-For", "203.0.113.7")
	}
	if n := strings.Count(s.log.String(), warning); n != 1 {
		t.Errorf("%d warnings", n)
	}
}

func TestOurOwnOriginIsTrustedBehindAProxysHost(t *testing.T) {
	t.Parallel()
	s := newTestSite(t, "REDRESS_BASE_URL", "https://act.example.org")
	s.add().form("/test/take", "test", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	for origin, want := range map[string]int{
		"https://act.example.org": http.StatusNoContent, "http://act.example.org": http.StatusForbidden, "https://evil.example": http.StatusForbidden, "null": http.StatusForbidden,
	} {
		r := s.ask(http.MethodPost, "/test/take", strings.NewReader("a=b"), "Host", "127.0.0.1:8080", "Origin", origin)
		if r.StatusCode != want {
			t.Errorf("Origin %s: %d, want %d", origin, r.StatusCode, want)
		}
	}
}
