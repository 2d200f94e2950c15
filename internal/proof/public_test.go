package proof

import (
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// as is a visitor's request with these headers.
func (s *site) as(t testing.TB, path string, headers map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		if name == "Host" {
			req.Host = value
		}
		req.Header.Set(name, value)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body(t, resp)
}

// TestAPublicPageIsTheSameForEveryone asks for every public page as two very
// different visitors.
func TestAPublicPageIsTheSameForEveryone(t *testing.T) {
	t.Parallel()
	s := shared(t)
	everyPage := append(slices.Collect(maps.Values(publicPages(t, s))), publicFiles()...)
	asset := regexp.MustCompile(`/static/[^"]+\.css`)
	if _, page := s.get(t, "/"); asset.MatchString(page) {
		everyPage = append(everyPage, asset.FindString(page))
	} else {
		t.Error("the home page has no stylesheet")
	}
	for _, page := range everyPage {
		plainly := map[string]string{"Accept-Encoding": "identity"}
		oddly := map[string]string{
			"Accept-Encoding": "identity", "Cookie": "session=someone; lang=es", "Accept-Language": "es-MX,es;q=0.9", "Referer": "https://elsewhere.example/secret",
			"User-Agent": "Mozilla/5.0 (someone's phone)", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
			"Forwarded": "host=evil.example", "Authorization": "Basic c29tZW9uZTpzZWNyZXQ=", "DNT": "1", "Sec-GPC": "1", "Host": "evil.example",
		}
		first, one := s.as(t, page, plainly)
		second, other := s.as(t, page, oddly)
		if one != other {
			first, one = s.as(t, page, plainly) // a count may have moved in between
		}
		if one != other {
			t.Errorf("%s differs between two visitors", page)
		}
		if strings.Contains(other, "evil.example") {
			t.Errorf("%s takes links from the request", page)
		}
		for _, resp := range []*http.Response{first, second} {
			if resp.StatusCode != http.StatusOK {
				t.Errorf("%s: %d", page, resp.StatusCode)
			}
			if len(resp.Header.Values("Set-Cookie")) > 0 {
				t.Errorf("%s sets a cookie", page)
			}
			if cache := resp.Header.Get("Cache-Control"); !strings.Contains(cache, "public") && !strings.Contains(cache, "s-maxage") && !strings.Contains(cache, "max-age") {
				t.Errorf("%s: Cache-Control %q", page, cache)
			}
			if vary := strings.ToLower(strings.Join(resp.Header.Values("Vary"), ",")); strings.Contains(vary, "cookie") || strings.Contains(vary, "*") {
				t.Errorf("%s: Vary %q", page, vary)
			}
			checkSecurityHeaders(t, page, resp)
		}
		if first.Header.Get("Etag") != second.Header.Get("Etag") {
			t.Errorf("%s: two ETags for the same bytes", page)
		}
	}
}

func checkSecurityHeaders(t *testing.T, page string, resp *http.Response) {
	t.Helper()
	policy := resp.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("%s: Content-Security-Policy %q", page, policy)
	}
	if got := resp.Header.Get("Referrer-Policy"); got != "same-origin" {
		t.Errorf("%s: Referrer-Policy %q", page, got)
	}
	if got := resp.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("%s: X-Content-Type-Options %q", page, got)
	}
}

// TestPrivatePagesStayPrivate: what follows a form or carries a token is in no
// cache and no search engine, shows no address, and sets no cookie either.
func TestPrivatePagesStayPrivate(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for name, page := range privatePages(t, s) {
		resp, text := s.get(t, page)
		if got := resp.Header.Get("Cache-Control"); got != "private, no-store" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		if resp.Header.Get("X-Robots-Tag") != "noindex" && !strings.Contains(text, `content="noindex"`) {
			t.Errorf("%s may be indexed", name)
		}
		if len(resp.Header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s sets a cookie", name)
		}
		if strings.HasPrefix(name, "receipt") || name == "check your mail" {
			hasNot(t, name, text, "Ortiz", "maya.", "Bannock")
		}
		checkSecurityHeaders(t, name, resp)
	}
	for name, page := range otherPages() {
		resp, _ := s.get(t, page)
		if strings.Contains(resp.Header.Get("Cache-Control"), "public") && resp.StatusCode == http.StatusOK {
			t.Errorf("%s may be kept by shared caches: %q", name, resp.Header.Get("Cache-Control"))
		}
		if len(resp.Header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s sets a cookie", name)
		}
		checkSecurityHeaders(t, name, resp)
	}
}

// TestNothingComesFromElsewhere opens every page in a browser and watches what
// it asks for, what it stores, and what it complains about.
func TestNothingComesFromElsewhere(t *testing.T) {
	t.Parallel()
	s := shared(t)
	b := open(t, look{})
	pages := publicPages(t, s)
	maps.Copy(pages, otherPages())
	maps.Copy(pages, privatePages(t, s))
	for name, page := range pages {
		b.asked()
		b.complained()
		b.visit(s.URL + page)
		for _, address := range b.asked() {
			if !strings.HasPrefix(address, s.URL+"/") && !strings.HasPrefix(address, "data:") && !strings.HasPrefix(address, "about:") {
				t.Errorf("%s asks for %s", name, address)
			}
		}
		for _, complaint := range b.complained() {
			if strings.Contains(complaint, "status of 4") && strings.Contains(complaint, page) {
				continue // the page itself is an error
			}
			t.Errorf("%s: %s", name, complaint)
		}
		if cookies := eval[string](b, `document.cookie`); cookies != "" {
			t.Errorf("%s has cookies", name)
		}
	}
	b.visit(s.URL + "/")
	// Districts that were sure may be kept, for their own visitor to be offered.
	if kept := eval[[]string](b, `[...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((name) => name !== "districts")`); len(kept) != 0 {
		t.Errorf("the browser keeps %v", kept)
	}
}

var anchors = regexp.MustCompile(`<a\s[^>]*\shref="[^"]*"[^>]*>|<a\shref="[^"]*"[^>]*>`)

func hrefOf(tag string) string {
	_, rest, _ := strings.Cut(tag, `href="`)
	link, _, _ := strings.Cut(rest, `"`)
	return html.UnescapeString(link)
}

// TestEveryLinkLeadsSomewhere follows every link of every public page on this
// site, and its anchors.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	s := shared(t)
	pages := map[string]string{} // what was read
	read := func(link string) string {
		if text, ok := pages[link]; ok {
			return text
		}
		resp, text := s.get(t, link)
		if resp.StatusCode != http.StatusOK {
			t.Errorf("GET %s: %d", link, resp.StatusCode)
		}
		pages[link] = text
		return text
	}
	for _, page := range publicPages(t, s) {
		text := read(page)
		for _, anchor := range anchors.FindAllString(text, -1) {
			link := hrefOf(anchor)
			target, err := url.Parse(link)
			if err != nil {
				t.Errorf("%s links %q", page, link)
				continue
			}
			switch {
			case target.Scheme == "mailto" || target.Scheme == "tel" || target.Scheme == "sms":
			case target.Host != "" && target.Scheme+"://"+target.Host != s.URL:
				if target.Scheme != "https" && target.Scheme != "http" {
					t.Errorf("%s links %q", page, link)
				}
				if !strings.Contains(anchor, ` rel="`) {
					t.Errorf("%s links %s without rel", page, link)
				}
			default:
				there := text
				if target.Path != "" {
					there = read(target.RequestURI())
				}
				if target.Fragment != "" && !strings.Contains(there, `id="`+target.Fragment+`"`) {
					t.Errorf("%s links %s, which has no such place", page, link)
				}
			}
		}
	}
	if len(pages) < 60 {
		t.Errorf("only %d pages were read", len(pages))
	}
}

// TestTheSiteKnowsItsOwnName: links in pages and mails come from the settings,
// whatever name the request was sent to.
func TestTheSiteKnowsItsOwnName(t *testing.T) {
	t.Parallel()
	s := shared(t)
	m := maya()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+theIssue+"/pledge", strings.NewReader(m.signing().Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	req.Header.Set("X-Forwarded-Host", "evil.example")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/") {
		t.Fatalf("%d %s", resp.StatusCode, resp.Header.Get("Location"))
	}
	mail := s.awaitMail(t, m.Email, confirmSignature)
	if strings.Contains(mail.Text+mail.HTML, "evil.example") || !strings.HasPrefix(mail.link(t, "/confirm"), s.URL+"/") {
		t.Errorf("the mail's link comes from the request:\n%s", mail.Text)
	}
}

// TestCapturedMailIsShownOnlyHere: the list of captured mail answers only a
// loopback name, asked straight.
func TestCapturedMailIsShownOnlyHere(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, headers := range []map[string]string{
		{"Host": "evil.example"}, {"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}, {"X-Forwarded-Host": "localhost"}, {"X-Real-Ip": "127.0.0.1"},
	} {
		if resp, _ := s.as(t, "/dev/mail", headers); resp.StatusCode != http.StatusNotFound {
			t.Errorf("/dev/mail with %v: %d", headers, resp.StatusCode)
		}
	}
	if resp, _ := s.as(t, "/dev/mail", nil); resp.StatusCode != http.StatusOK {
		t.Errorf("/dev/mail: %d", resp.StatusCode)
	}
}

// TestACountIsFreshForSharedCaches: pages with counts say how long a shared
// cache may keep them, and for how long when this site is away.
func TestACountIsFreshForSharedCaches(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, page := range []string{theIssue, theIssue + "/pledge", theIssue + "/count.json"} {
		resp, _ := s.get(t, page)
		if got := resp.Header.Get("Cache-Control"); !strings.Contains(got, "s-maxage=2, stale-while-revalidate=8, stale-if-error=600") {
			t.Errorf("%s: Cache-Control %q", page, got)
		}
	}
	if at := s.count(t, theIssue).AsOf; time.Since(at) > time.Minute {
		t.Errorf("the count is as of %s", at)
	}
}
