package web

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/config"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// lines is a log that a test reads.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// testSite is a site with a database that holds a center and nothing else.
type testSite struct {
	*Site
	log *lines
	db  *postgres.DB
}

const centerName = "Center for Open Courts"

func newTestSite(t *testing.T, settings ...string) *testSite {
	t.Helper()
	db := postgrestest.New(t)
	if err := db.Gorm.Create(&center.Center{Lang: "en", Name: centerName, PostalAddress: []string{"1 Main St"}}).Error; err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"REDRESS_RATE_LIMIT": "off"}
	for i := 0; i+1 < len(settings); i += 2 {
		vars[settings[i]] = settings[i+1]
	}
	settingsRead, err := config.Read(vars)
	if err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	s, err := New(Deps{
		Config:  settingsRead,
		Log:     slog.New(slog.NewJSONHandler(log, nil)),
		DB:      db,
		Limits:  abuse.New(abuse.Options{On: bool(settingsRead.RateLimit)}),
		Atlas:   civics.FromTables(civics.Tables{}),
		Centers: center.New(db),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &testSite{Site: s, log: log, db: db}
}

// routes adds routes of a test's own.
func (s *testSite) add() *router { return &router{site: s.Site, echo: s.echo} }

// ask sends one request through the whole site.
func (s *testSite) ask(method, target string, body io.Reader, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, body)
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		if headers[i] == "RemoteAddr" {
			r.RemoteAddr = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w.Result()
}

func (s *testSite) get(target string, headers ...string) *http.Response {
	return s.ask(http.MethodGet, target, nil, headers...)
}

func bodyOf(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// concrete is a path for a pattern.
func concrete(pattern string) string {
	var parts []string
	for part := range strings.SplitSeq(pattern, "/") {
		if strings.HasPrefix(part, ":") || part == "*" {
			part = "x"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}

// each runs a check on every route of a method.
func (s *testSite) each(t *testing.T, method string, check func(t *testing.T, path string)) {
	t.Helper()
	n := 0
	for _, route := range s.echo.Routes() {
		if route.Method != method {
			continue
		}
		n++
		t.Run(method+" "+route.Path, func(t *testing.T) { check(t, concrete(route.Path)) })
	}
	if n < 5 {
		t.Errorf("only %d routes of method %s", n, method)
	}
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	s := newTestSite(t, "REDRESS_BASE_URL", "https://act.example.org")
	check := func(t *testing.T, r *http.Response) {
		t.Helper()
		for name, want := range map[string]string{
			"Content-Security-Policy":    "default-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
			"Referrer-Policy":            "same-origin",
			"X-Content-Type-Options":     "nosniff",
			"X-Frame-Options":            "DENY",
			"Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security":  "max-age=31536000; includeSubDomains",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if got := r.Header.Get("Permissions-Policy"); !strings.Contains(got, "geolocation=(self)") {
			t.Errorf("Permissions-Policy: %q", got)
		}
		if r.Header.Get("Set-Cookie") != "" {
			t.Error("a cookie")
		}
	}
	s.each(t, http.MethodGet, func(t *testing.T, path string) {
		check(t, s.get(path))
		check(t, s.get(path)) // from memory, where it is kept
	})
	s.each(t, http.MethodPost, func(t *testing.T, path string) {
		check(t, s.ask(http.MethodPost, path, strings.NewReader("")))
	})
	check(t, s.get("/nothing/here"))
	check(t, s.get("/issues/"))
	if plain := newTestSite(t).get("/healthz"); plain.Header.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS on a site without TLS")
	}
}

func TestCrossSitePostsAreRefused(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.each(t, http.MethodPost, func(t *testing.T, path string) {
		if strings.HasSuffix(path, "/one-click") {
			return // mail programs post there, from wherever they are (RFC 8058); the token is what it takes
		}
		for name, headers := range map[string][]string{
			"Sec-Fetch-Site": {"Sec-Fetch-Site", "cross-site"},
			"same site":      {"Sec-Fetch-Site", "same-site"},
			"Origin":         {"Origin", "https://evil.example"},
			"null Origin":    {"Origin", "null"},
		} {
			r := s.ask(http.MethodPost, path, strings.NewReader("a=b"), headers...)
			if r.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %d, want 403", name, r.StatusCode)
			}
			if r.Header.Get("Cache-Control") != "private, no-store" {
				t.Errorf("%s: Cache-Control %q", name, r.Header.Get("Cache-Control"))
			}
		}
		if r := s.ask(http.MethodPost, path, strings.NewReader("a=b"), "Sec-Fetch-Site", "same-origin"); r.StatusCode == http.StatusForbidden {
			t.Error("same origin refused")
		}
	})
}

func TestNoUnsafeMethodIsRegisteredWithoutItsGuards(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	for _, route := range s.echo.Routes() {
		switch route.Method {
		case http.MethodGet, http.MethodHead, http.MethodPost:
		case http.MethodOptions: // tells and does nothing
			if !strings.HasPrefix(route.Path, "/api/") {
				t.Errorf("OPTIONS %s: only the API is open to other sites", route.Path)
			}
		default:
			t.Errorf("%s %s: only GET, HEAD and guarded POST are registered", route.Method, route.Path)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.add().form("/test/take", "test", func(c echo.Context) error {
		return c.String(http.StatusOK, c.FormValue("a"))
	})
	long := "a=" + strings.Repeat("x", bodyLimit)
	for name, body := range map[string]io.Reader{
		"told":   strings.NewReader(long),
		"untold": io.MultiReader(strings.NewReader(long)),
	} {
		if r := s.ask(http.MethodPost, "/test/take", body); r.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s length: %d, want 413", name, r.StatusCode)
		}
	}
	fits := "a=" + strings.Repeat("x", bodyLimit-2)
	if r := s.ask(http.MethodPost, "/test/take", strings.NewReader(fits)); r.StatusCode != http.StatusOK || len(bodyOf(t, r)) != bodyLimit-2 {
		t.Errorf("a body of exactly the limit: %d", r.StatusCode)
	}
	if r := s.ask(http.MethodPost, "/test/take", strings.NewReader("a=%zz")); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a form that can't be read: %d, want 422", r.StatusCode)
	}
}

func TestFormsAreLimitedPerNetwork(t *testing.T) {
	t.Parallel()
	s := newTestSite(t, "REDRESS_RATE_LIMIT", "on")
	s.add().form("/test/take", "sign", func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	for range 5000 {
		r := s.ask(http.MethodPost, "/test/take", strings.NewReader("a=b"), "X-Forwarded-For", "203.0.113.7")
		if r.StatusCode == http.StatusNoContent {
			continue
		}
		if r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
			t.Fatalf("%d with Retry-After %q", r.StatusCode, r.Header.Get("Retry-After"))
		}
		if page := bodyOf(t, r); !strings.Contains(page, "<h1>Too much at once</h1>") || !strings.Contains(page, centerName) {
			t.Errorf("the page: %s", page)
		}
		again := s.ask(http.MethodPost, "/test/take", strings.NewReader("a=b"), "X-Forwarded-For", "198.51.100.9")
		if again.StatusCode != http.StatusTooManyRequests {
			t.Error("a made-up X-Forwarded-For escapes the limit")
		}
		other := s.ask(http.MethodPost, "/test/take", strings.NewReader("a=b"), "RemoteAddr", "203.0.113.9:1234")
		if other.StatusCode != http.StatusNoContent {
			t.Errorf("another network is limited too: %d", other.StatusCode)
		}
		return
	}
	t.Error("never limited")
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, test := range map[string]struct {
		trusted   []netip.Prefix
		socket    string
		forwarded []string
		want      string
	}{
		"no proxy":                        {nil, "203.0.113.1:5", nil, "203.0.113.1"},
		"header without trust":            {nil, "203.0.113.1:5", []string{"198.51.100.1"}, "203.0.113.1"},
		"loopback isn't trusted":          {nil, "127.0.0.1:5", []string{"198.51.100.1"}, "127.0.0.1"},
		"header from a stranger":          {proxies, "203.0.113.1:5", []string{"198.51.100.1"}, "203.0.113.1"},
		"through a proxy":                 {proxies, "10.0.0.1:5", []string{"198.51.100.1"}, "198.51.100.1"},
		"spoofed before the proxy's word": {proxies, "10.0.0.1:5", []string{"1.2.3.4, 198.51.100.1"}, "198.51.100.1"},
		"two proxies":                     {proxies, "10.0.0.1:5", []string{"1.2.3.4, 198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
		"two lines":                       {proxies, "10.0.0.1:5", []string{"1.2.3.4", "198.51.100.1"}, "198.51.100.1"},
		"garbage":                         {proxies, "10.0.0.1:5", []string{"198.51.100.1, nonsense"}, "10.0.0.1"},
		"empty":                           {proxies, "10.0.0.1:5", []string{""}, "10.0.0.1"},
		"IPv6":                            {proxies, "[fd00::1]:5", []string{"2001:db8::1"}, "2001:db8::1"},
		"IPv4 in IPv6":                    {proxies, "[::ffff:10.0.0.1]:5", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		"zone":                            {proxies, "[fe80::1%eth0]:5", nil, "fe80::1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = test.socket
			for _, line := range test.forwarded {
				r.Header.Add("X-Forwarded-For", line)
			}
			r.Header.Set("X-Real-Ip", "9.9.9.9")
			r.Header.Set("Forwarded", "for=9.9.9.9")
			if got := clientAddress(test.trusted)(r); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestParametersNeverMatchASlash(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.add().open("/test/things/:name", func(c echo.Context) error { return c.String(http.StatusOK, c.Param("name")) })
	if r := s.get("/test/things/a%20b"); r.StatusCode != http.StatusOK || bodyOf(t, r) != "a b" {
		t.Errorf("an escaped space: %d", r.StatusCode)
	}
	for _, path := range []string{"/test/things/a%2Fb", "/test/things/a%2fb", "/test/things/%2F", "/test/things/a%5Cb", "/test/things/a%00b", "/test/things/a%3Fzip=80203", "/test/things/a/b"} {
		if r := s.get(path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, r.StatusCode)
		}
	}
}

func TestTrailingSlashes(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	for from, to := range map[string]string{
		"/issues/":                  "/issues",
		"/issues//":                 "/issues",
		"/representatives/?zip=802": "/representatives?zip=802",
		"/a%2Fb/":                   "/a%2Fb",
	} {
		if r := s.get(from); r.StatusCode != http.StatusMovedPermanently || r.Header.Get("Location") != to {
			t.Errorf("%s: %d to %q, want %q", from, r.StatusCode, r.Header.Get("Location"), to)
		}
	}
	for _, target := range []string{"//evil.example/", "///evil.example//", "/\\evil.example/", "/%5Cevil.example/"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawPath, r.URL.Host = target, "", ""
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if to := w.Header().Get("Location"); strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\") || strings.Contains(to, ":") {
			t.Errorf("%s leads away: %q", target, to)
		}
	}
	if r := s.ask(http.MethodPost, "/representatives/", strings.NewReader("")); r.StatusCode == http.StatusMovedPermanently {
		t.Error("a POST was redirected and would lose its body")
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	if r := s.get("/healthz"); r.StatusCode != http.StatusOK {
		t.Errorf("healthz: %d", r.StatusCode)
	}
	if r := s.get("/readyz"); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz before the start: %d", r.StatusCode)
	}
	s.ready.Store(true)
	if r := s.get("/readyz"); r.StatusCode != http.StatusOK {
		t.Errorf("readyz: %d", r.StatusCode)
	}
	s.db.Close()
	if r := s.get("/readyz"); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("readyz with PostgreSQL away: %d", r.StatusCode)
	}
	if r := s.get("/healthz"); r.StatusCode != http.StatusOK {
		t.Errorf("healthz with PostgreSQL away: %d", r.StatusCode)
	}
}

func TestLoopbackRoutes(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.add().loopback("/test/private", func(c echo.Context) error { return c.String(http.StatusOK, "private") })
	local := []string{"RemoteAddr", "127.0.0.1:9", "Host", "localhost:8080"}
	if r := s.get("/test/private", local...); r.StatusCode != http.StatusOK {
		t.Errorf("from this machine: %d", r.StatusCode)
	}
	for name, headers := range map[string][]string{
		"another Host":    {"RemoteAddr", "127.0.0.1:9", "Host", "evil.example"},
		"another machine": {"RemoteAddr", "203.0.113.1:9", "Host", "localhost"},
		"a proxy":         append([]string{"X-Forwarded-For", "127.0.0.1"}, local...),
		"a proxy's Via":   append([]string{"Via", "1.1 x"}, local...),
	} {
		if r := s.get("/test/private", headers...); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", name, r.StatusCode)
		}
	}
	public := newTestSite(t, "REDRESS_BASE_URL", "https://act.example.org")
	public.add().loopback("/test/private", func(c echo.Context) error { return c.String(http.StatusOK, "private") })
	if r := public.get("/test/private", local...); r.StatusCode != http.StatusNotFound {
		t.Errorf("on a public site: %d, want 404", r.StatusCode)
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	for _, name := range s.assets.Names() {
		r := s.get(s.assets.URL(name), "Accept-Encoding", "br")
		if r.StatusCode != http.StatusOK || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, Cache-Control %q", name, r.StatusCode, r.Header.Get("Cache-Control"))
		}
	}
	for _, path := range []string{"/static/site.css", "/static/site.000000000000.css", "/static/../go.mod", "/static/"} {
		if r := s.get(path); r.StatusCode == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
	if got := s.get(s.assets.SpeculationRules()).Header.Get("Content-Type"); got != "application/speculationrules+json" {
		t.Errorf("speculation rules are %q", got)
	}
}

// waitFor asks until a condition holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
