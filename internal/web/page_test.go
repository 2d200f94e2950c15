package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/api"
	"redress/internal/center"
	"redress/views/layout"
)

func hello(c echo.Context, n int64) Page {
	text := fmt.Sprintf("<p>render %d of %s</p>%s", n, c.Param("slug"), strings.Repeat("<p>text</p>", 100))
	return Page{
		Frame: layout.Page{Title: "Hello", Path: c.Request().URL.Path, Description: "What it is."},
		Body:  templ.Raw(text),
		Tags:  []string{"pledge:x"},
	}
}

func TestAPublicPageIsRenderedOnceForEveryone(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	var renders atomic.Int64
	s.add().page("/test/pages/:slug", func(c echo.Context) (Page, error) {
		r := c.Request()
		if len(r.Header) != 0 || r.RemoteAddr != "" || r.Body != nil || len(r.Cookies()) != 0 {
			t.Errorf("a render sees its visitor: %v %q", r.Header, r.RemoteAddr)
		}
		if got := c.QueryParams(); len(got) > 1 || got.Has("utm_source") {
			t.Errorf("a render sees undeclared parameters: %v", got)
		}
		return hello(c, renders.Add(1)), nil
	}, "zip")

	first := s.get("/test/pages/a", "Cookie", "a=b", "Accept-Language", "es")
	page := bodyOf(t, first)
	for _, has := range []string{
		"<title>Hello · " + centerName + "</title>", "render 1 of a", `href="http://localhost:8080/test/pages/a"`,
		`property="og:title"`, `class="skip"`, "1 Main St", `lang="en"`,
	} {
		if !strings.Contains(page, has) {
			t.Errorf("the page lacks %s", has)
		}
	}
	for _, target := range []string{"/test/pages/a", "/test/pages/a?utm_source=x", "/test/pages/a?zip=", "/test/pages/%61"} {
		r := s.get(target)
		if bodyOf(t, r) != page {
			t.Errorf("%s isn't the same bytes", target)
		}
		if r.Header.Get("Speculation-Rules") == "" || !strings.Contains(r.Header.Get("Cache-Control"), "public") || r.Header.Get("Etag") != first.Header.Get("Etag") {
			t.Errorf("%s: header %v", target, r.Header)
		}
	}
	if renders.Load() != 1 {
		t.Errorf("rendered %d times", renders.Load())
	}
	for _, target := range []string{"/test/pages/a?zip=80203", "/test/pages/a?zip=80203&zip=1&x=y", "/test/pages/a?x=y&zip=80203"} {
		if got := bodyOf(t, s.get(target)); !strings.Contains(got, "render 2 ") {
			t.Errorf("%s isn't the one page for that ZIP code", target)
		}
	}
	head := s.ask(http.MethodHead, "/test/pages/a", nil)
	if head.StatusCode != http.StatusOK || head.Header.Get("Content-Length") != first.Header.Get("Content-Length") || bodyOf(t, head) != "" {
		t.Errorf("HEAD: %d, length %s", head.StatusCode, head.Header.Get("Content-Length"))
	}
	for _, asked := range []string{"/test/pages/a", "/test/pages/a?x=y"} {
		if r := s.get(asked, "If-None-Match", first.Header.Get("Etag")); r.StatusCode != http.StatusNotModified {
			t.Errorf("If-None-Match on %s: %d", asked, r.StatusCode)
		}
	}
	s.Changed("pledge:x")
	if got := bodyOf(t, s.get("/test/pages/a")); !strings.Contains(got, "render 3 ") {
		t.Error("a page outlives a change")
	}
	s.Changed("content") // the frame shows the center, so every page depends on it
	if got := bodyOf(t, s.get("/test/pages/a")); !strings.Contains(got, "render 4 ") {
		t.Error("a page outlives a change of the center")
	}
	if strings.Contains(s.log.String(), "/test/pages/a") || strings.Contains(s.log.String(), "80203") {
		t.Errorf("the log holds a path or a query:\n%s", s.log)
	}
	if n := strings.Count(s.log.String(), `"route":"/test/pages/:slug"`); n != 13 {
		t.Errorf("%d lines in the access log, want one per request (13)", n)
	}
}

// TestHitsAndRendersHaveTheSameHeader asks for pages the short way, from memory
// at once, and the long way through the routes, which a query that nobody
// declared makes a request take.
func TestHitsAndRendersHaveTheSameHeader(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.add().page("/test/page", func(c echo.Context) (Page, error) { return hello(c, 1), nil })
	s.add().page("/test/places", func(c echo.Context) (Page, error) { return hello(c, 1), nil }, "zip")
	apiRouter{s.add()}.Get("/test/places", func(echo.Context) (api.Answer, error) {
		return api.Answer{JSON: []byte(`{"officials":[` + strings.Repeat(`"x",`, 100) + `"y"]}`)}, nil
	}, "zip")
	for _, test := range []struct{ short, long, pattern string }{
		{"/test/page", "/test/page?x=y", "/test/page"},
		{"/test/places?zip=80203", "/test/places?zip=80203&x=y", "/test/places"},
		{"/api/v1/test/places?zip=80203", "/api/v1/test/places?zip=80203&x=y", "/api/v1/test/places"},
	} {
		for _, coding := range []string{"identity", "gzip", "br"} {
			rendered := s.get(test.short, "Accept-Encoding", coding)
			short, long := s.get(test.short, "Accept-Encoding", coding), s.get(test.long, "Accept-Encoding", coding)
			ids := map[string]bool{}
			for _, r := range []*http.Response{rendered, short, long} {
				id := r.Header.Get("X-Request-Id")
				if ids[id] || len(id) != 12 || strings.Count(s.log.String(), `"`+id+`"`) != 1 {
					t.Errorf("%s: request id %q, which one line of the log must name", test.short, id)
				}
				ids[id] = true
				r.Header.Del("X-Request-Id")
				if r.StatusCode != http.StatusOK || fmt.Sprint(r.Header) != fmt.Sprint(rendered.Header) {
					t.Errorf("%s: %d\n%v\nrendered:\n%v", test.short, r.StatusCode, r.Header, rendered.Header)
				}
			}
			if a, b := bodyOf(t, short), bodyOf(t, long); a != b || a == "" {
				t.Errorf("%s in %s: %d bytes the short way, %d the long way", test.short, coding, len(a), len(b))
			}
			etag := rendered.Header.Get("Etag")
			for _, target := range []string{test.short, test.long} {
				if r := s.get(target, "Accept-Encoding", coding, "If-None-Match", etag); r.StatusCode != http.StatusNotModified || r.Header.Get("Etag") != etag {
					t.Errorf("%s in %s, If-None-Match: %d with ETag %s", target, coding, r.StatusCode, r.Header.Get("Etag"))
				}
			}
		}
		if got := s.served(t, test.pattern); got != [2]float64{9, 6} {
			t.Errorf("%s: counted %v answers with 200 and 304, want 9 and 6", test.pattern, got)
		}
		if n := strings.Count(s.log.String(), `"route":"`+test.pattern+`"`); n != 15 {
			t.Errorf("%s: %d lines in the log, want 15", test.pattern, n)
		}
	}
	if r := s.get("/api/v1/test/places?zip=80203"); r.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Error("an answer of the API from memory can't be read by scripts of other sites")
	}
	if strings.Contains(s.log.String(), "80203") {
		t.Error("the log holds a ZIP code")
	}
}

// served is how many answers the metrics count on a route, with 200 and 304.
func (s *testSite) served(t *testing.T, pattern string) (n [2]float64) {
	t.Helper()
	families, err := s.Metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != "redress_http_requests_total" {
			continue
		}
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			if labels["route"] == pattern {
				n[map[string]int{"200": 0, "304": 1}[labels["status"]]] += metric.GetCounter().GetValue()
			}
		}
	}
	return n
}

func TestOnlyThePlainAddressOfAPageIsItsKey(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"/":                                "/",
		"/issues":                          "/issues",
		"/issues?":                         "/issues",
		"/representatives?zip=80203":       "/representatives?zip=80203",
		"/representatives?zip=8020":        "",
		"/representatives?zip=802033":      "",
		"/representatives?zip=8020a":       "",
		"/representatives?ZIP=80203":       "",
		"/representatives?zip=%380203":     "",
		"/representatives?zip=80203&":      "",
		"/representatives?&zip=80203":      "",
		"/representatives?zip=80203&x=y":   "",
		"/representatives?zip=80203?":      "",
		"/representatives?":                "/representatives",
		"/representative%73?zip=80203":     "",
		"/representatives%3Fzip=80203":     "",
		"/a%2Fb?zip=80203":                 "",
		"http://x.org/issues?zip=80203":    "",
		"/issues%3Fzip=80203?zip=80203":    "",
		"//x.org/representatives?zip=8020": "",
	} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		if got := keyOf(r); got != want {
			t.Errorf("%s: key %q, want %q", target, got, want)
		}
	}
}

// A route that declares no ZIP code is served without one, however hot it is.
func TestAZIPCodeThatNobodyDeclaredIsIgnored(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	var renders atomic.Int64
	s.add().page("/test/page", func(c echo.Context) (Page, error) { return hello(c, renders.Add(1)), nil })
	for _, target := range []string{"/test/page", "/test/page?zip=80203", "/test/page?zip=80203", "/test/page?zip=10001"} {
		if r := s.get(target); r.StatusCode != http.StatusOK || !strings.Contains(bodyOf(t, r), "render 1 ") {
			t.Errorf("%s: %d", target, r.StatusCode)
		}
	}
	if s.cache.Len() != 1 {
		t.Errorf("%d pages are kept", s.cache.Len())
	}
}

// The frame of all pages is read once for many of them, and never outlives a
// change of the center.
func TestTheFrameFollowsTheCenter(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.Now = func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) } // no second ever passes
	s.add().page("/test/pages/:slug", func(c echo.Context) (Page, error) { return hello(c, 1), nil })
	name := func(want string) {
		t.Helper()
		if err := s.db.Gorm.Model(&center.Center{}).Where("lang = ?", "en").Update("name", want).Error; err != nil {
			t.Fatal(err)
		}
	}
	shows := func(target, want string) {
		t.Helper()
		if page := bodyOf(t, s.get(target)); !strings.Contains(page, want) {
			t.Errorf("%s doesn't show %q", target, want)
		}
	}
	shows("/test/pages/a", centerName)
	name("Second Name")
	shows("/test/pages/b", centerName) // nobody has told yet
	s.Changed("civics")
	shows("/test/pages/c", centerName)
	s.Changed("content")
	shows("/test/pages/a", "Second Name")
	shows("/test/pages/d", "Second Name")
	name("Third Name")
	s.LostTouch()
	shows("/test/pages/a", "Third Name")
	name("Fourth Name")
	s.Now = func() time.Time { return time.Date(2026, 11, 20, 12, 0, 1, 0, time.UTC) }
	shows("/test/pages/e", "Fourth Name") // a second later, whoever told or didn't
}

func TestAPageThatCameBackIsNotKept(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	var renders atomic.Int64
	s.add().page("/test/find", func(c echo.Context) (Page, error) {
		page := hello(c, renders.Add(1))
		page.Status = http.StatusUnprocessableEntity
		return page, nil
	}, "zip")
	for n := int64(1); n < 3; n++ {
		r := s.get("/test/find?zip=letters")
		if r.StatusCode != http.StatusUnprocessableEntity || r.Header.Get("Cache-Control") != "private, no-store" || renders.Load() != n {
			t.Errorf("%d, %q, %d renders", r.StatusCode, r.Header.Get("Cache-Control"), renders.Load())
		}
	}
}

func TestRawPages(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.add().page("/test/count.json", func(echo.Context) (Page, error) {
		return Page{Raw: []byte(`{"confirmed":1}`), Type: "application/json", Tags: []string{"pledge:x"}, Counts: true}, nil
	})
	r := s.get("/test/count.json")
	if r.Header.Get("Content-Type") != "application/json" || bodyOf(t, r) != `{"confirmed":1}` ||
		r.Header.Get("Cache-Control") != "public, max-age=0, s-maxage=2, stale-while-revalidate=8, stale-if-error=600" {
		t.Errorf("%v", r.Header)
	}
}

func TestPagesAreServedWithPostgreSQLAway(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	show := func(c echo.Context) (Page, error) {
		var n int64
		if err := s.db.Read(c.Request().Context()).Raw("SELECT 1").Scan(&n).Error; err != nil {
			return Page{}, err
		}
		return hello(c, n), nil
	}
	s.add().page("/test/page", show)
	s.add().page("/test/other", show)
	before := bodyOf(t, s.get("/test/page"))
	s.db.Close()
	s.LostTouch()
	for range 3 {
		if r := s.get("/test/page"); r.StatusCode != http.StatusOK || bodyOf(t, r) != before {
			t.Errorf("a known page: %d", r.StatusCode)
		}
	}
	if r := s.get("/test/other"); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" || !strings.Contains(bodyOf(t, r), centerName) {
		t.Errorf("an unknown page: %d, Retry-After %q", r.StatusCode, r.Header.Get("Retry-After"))
	}
}

func TestPrivatePagesAreNeverKept(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.add().private("/test/tokens/:token", func(c echo.Context) error {
		return s.render(c, http.StatusOK, layout.Page{Title: "Receipt", Path: "/test/tokens/x"}, templ.Raw("<p>yours</p>"))
	})
	r := s.get("/test/tokens/token-123")
	page := bodyOf(t, r)
	if r.Header.Get("Cache-Control") != "private, no-store" || r.Header.Get("X-Robots-Tag") != "noindex" || r.Header.Get("Speculation-Rules") != "" {
		t.Errorf("header %v", r.Header)
	}
	if !strings.Contains(page, `content="noindex"`) || strings.Contains(page, "canonical") {
		t.Error("the page may be indexed")
	}
	if strings.Contains(s.log.String(), "token-123") {
		t.Error("the log holds a token")
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	s.add().page("/test/letter", func(echo.Context) (Page, error) {
		return Page{Frame: layout.Page{Title: "Letter", Writes: true}, Body: templ.Raw("")}, nil
	})
	s.add().page("/test/read", func(echo.Context) (Page, error) {
		return Page{Frame: layout.Page{Title: "Read"}, Body: templ.Raw("")}, nil
	})
	const captured, sample = "Test site: nothing you write here reaches an office", "Sample site."
	if page := bodyOf(t, s.get("/test/letter")); !strings.Contains(page, captured) || strings.Contains(page, sample) {
		t.Error("a letter page lacks the capture notice, or claims to be a sample")
	}
	if page := bodyOf(t, s.get("/test/read")); strings.Contains(page, captured) {
		t.Error("a page without a letter has the capture notice")
	}
	if err := s.db.Gorm.Model(&center.Center{}).Where("lang = ?", "en").Update("sample", true).Error; err != nil {
		t.Fatal(err)
	}
	s.Changed("content")
	if page := bodyOf(t, s.get("/test/read")); !strings.Contains(page, sample) {
		t.Error("a sample isn't labeled")
	}
	live := newTestSite(t, "REDRESS_DELIVERY", "live", "REDRESS_SMTP_URL", "smtp://x:25", "REDRESS_MAIL_FROM", "a@example.org", "REDRESS_BASE_URL", "https://act.example.org")
	live.add().page("/test/letter", func(echo.Context) (Page, error) {
		return Page{Frame: layout.Page{Title: "Letter", Writes: true}, Body: templ.Raw("")}, nil
	})
	if page := bodyOf(t, live.get("/test/letter")); strings.Contains(page, captured) {
		t.Error("a live site claims that nothing reaches an office")
	}
}

func TestDeclaredParametersHaveOneSpelling(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                      "",
		"zip=":                  "",
		"x=1":                   "",
		"zip=80203":             "zip=80203",
		"b=2&zip=80203&a=1":     "a=1&zip=80203",
		"zip=80203&zip=10001":   "zip=80203",
		"zip=80203%20&a=%26%3D": "a=%26%3D&zip=80203+",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := declared(values, []string{"a", "zip"}); got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
}

// TestServeDrains stops a server while a visitor waits: the visitor still gets
// an answer, and readiness has gone before.
func TestServeDrains(t *testing.T) {
	t.Parallel()
	s := newTestSite(t)
	begun, release := make(chan struct{}), make(chan struct{})
	s.add().open("/test/slow", func(c echo.Context) error {
		close(begun)
		<-release
		return c.String(http.StatusOK, fmt.Sprint("ready: ", s.ready.Load()))
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- s.Serve(ctx, ln) }()
	base := "http://" + ln.Addr().String()
	waitFor(t, "ready", func() bool {
		r, err := http.Get(base + "/readyz")
		if err != nil {
			return false
		}
		defer r.Body.Close()
		return r.StatusCode == http.StatusOK
	})
	answered := make(chan string, 1)
	go func() {
		r, err := http.Get(base + "/test/slow")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer r.Body.Close()
		answered <- bodyOf(t, r)
	}()
	<-begun
	stop()
	waitFor(t, "not ready", func() bool { return !s.ready.Load() })
	select {
	case err := <-stopped:
		t.Fatalf("stopped (%v) before its visitor was answered", err)
	case <-time.After(2 * noticeStop):
	}
	close(release)
	if got := <-answered; got != "ready: false" {
		t.Errorf("the visitor got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if _, err := http.Get(base + "/healthz"); err == nil {
		t.Error("still listening")
	}
}

// Spellings of a ZIP code without end, valid or not, fill neither the cache nor
// the processor.
func TestOddSpellingsOfAZIPCodeAreNotKeptAndLimited(t *testing.T) {
	t.Parallel()
	s := newTestSite(t, "REDRESS_RATE_LIMIT", "on")
	s.add().page("/test/places", func(c echo.Context) (Page, error) { return hello(c, 1), nil }, "zip")
	statuses := map[int]int{}
	for n := range 100 {
		r := s.get(fmt.Sprintf("/test/places?zip=80203-%04d", n))
		statuses[r.StatusCode]++
		_ = bodyOf(t, r)
	}
	if s.cache.Len() != 0 {
		t.Errorf("%d pages are kept", s.cache.Len())
	}
	if statuses[http.StatusOK] < 30 || statuses[http.StatusTooManyRequests] == 0 {
		t.Errorf("answers: %v", statuses)
	}
	if r := s.get("/test/places?zip=80203"); r.StatusCode != http.StatusOK || s.cache.Len() != 1 {
		t.Errorf("the plain spelling answers %d and %d pages are kept", r.StatusCode, s.cache.Len())
	}
}
