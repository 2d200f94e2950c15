package proof

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"redress/internal/civics/civicstest"
)

// TestACrowdIsCountedExactly: forty people sign and confirm at the same time,
// each twice over.
func TestACrowdIsCountedExactly(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	const crowd = 40
	people := make([]person, crowd)
	var group sync.WaitGroup
	for i := range people {
		people[i] = maya()
		group.Go(func() {
			for range 2 {
				if resp, err := client.PostForm(s.URL+theIssue+"/pledge", people[i].signing()); err != nil || resp.StatusCode != http.StatusSeeOther {
					t.Errorf("signing: %v", err)
				} else {
					resp.Body.Close()
				}
			}
		})
	}
	group.Wait()
	confirms := make([]string, crowd)
	for i, p := range people {
		confirms[i] = s.awaitMail(t, p.Email, confirmSignature).link(t, "/confirm")
	}
	for _, link := range confirms {
		for range 2 {
			group.Go(func() {
				resp, err := client.Post(link, "application/x-www-form-urlencoded", nil)
				if err != nil || resp.StatusCode != http.StatusSeeOther {
					t.Errorf("confirming: %v", err)
				}
				if err == nil {
					resp.Body.Close()
				}
			})
		}
	}
	group.Wait()
	done := time.Now()
	for s.count(t, theIssue).Confirmed != crowd {
		if time.Since(done) > 2*time.Second {
			t.Fatalf("%d are counted, want %d", s.count(t, theIssue).Confirmed, crowd)
		}
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(1500 * time.Millisecond)
	if got := s.count(t, theIssue).Confirmed; got != crowd {
		t.Errorf("%d are counted, want %d", got, crowd)
	}
}

// TestTheSameBytesInEveryEncoding: identity, gzip and brotli hold one page, with
// an ETag each, and who has it already gets no body.
func TestTheSameBytesInEveryEncoding(t *testing.T) {
	t.Parallel()
	s := shared(t)
	for _, page := range []string{"/about", "/terms/qualified-immunity", "/representatives?zip=81657", theIssue + "/letter?zip=81657", "/feed.xml"} {
		pages, etags := map[string]string{}, map[string]bool{}
		for _, encoding := range []string{"identity", "gzip", "br"} {
			resp, text := s.as(t, page, map[string]string{"Accept-Encoding": encoding})
			if got := resp.Header.Get("Content-Encoding"); got != encoding && (encoding != "identity" || got != "") {
				t.Errorf("%s as %s: Content-Encoding %q", page, encoding, got)
			}
			if !strings.Contains(strings.Join(resp.Header.Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("%s as %s: Vary %q", page, encoding, resp.Header.Values("Vary"))
			}
			var reader io.Reader = strings.NewReader(text)
			switch encoding {
			case "gzip":
				unzipped, err := gzip.NewReader(reader)
				if err != nil {
					t.Fatalf("%s: %v", page, err)
				}
				reader = unzipped
			case "br":
				reader = brotli.NewReader(reader)
			}
			whole, err := io.ReadAll(reader)
			if err != nil {
				t.Fatalf("%s as %s: %v", page, encoding, err)
			}
			pages[encoding] = string(whole)
			etag := resp.Header.Get("Etag")
			etags[etag] = true
			known, empty := s.as(t, page, map[string]string{"Accept-Encoding": encoding, "If-None-Match": etag})
			if known.StatusCode != http.StatusNotModified || empty != "" {
				t.Errorf("%s as %s, known already: %d, %d bytes", page, encoding, known.StatusCode, len(empty))
			}
		}
		if pages["gzip"] != pages["identity"] || pages["br"] != pages["identity"] || pages["identity"] == "" {
			t.Errorf("%s differs between encodings", page)
		}
		if len(etags) != 3 || etags[""] {
			t.Errorf("%s: %d ETags for three encodings", page, len(etags))
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, s.URL+page, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if text := body(t, resp); resp.StatusCode != http.StatusOK || text != "" {
			t.Errorf("HEAD %s: %d", page, resp.StatusCode)
		}
	}
}

// TestTheSitemapLeadsSomewhere opens every page that search engines are told of.
func TestTheSitemapLeadsSomewhere(t *testing.T) {
	t.Parallel()
	s := shared(t)
	listed := regexp.MustCompile(`<loc>([^<]+)</loc>`).FindAllStringSubmatch(get(t, s, "/sitemap.xml"), -1)
	if len(listed) < 50 {
		t.Errorf("the sitemap lists %d pages", len(listed))
	}
	for _, m := range listed {
		resp, text := s.get(t, path(t, m[1]))
		if !strings.HasPrefix(m[1], s.URL+"/") || resp.StatusCode != http.StatusOK || strings.Contains(text, `content="noindex"`) {
			t.Errorf("the sitemap lists %s: %d", m[1], resp.StatusCode)
		}
	}
	image := regexp.MustCompile(`property="og:image" content="([^"]+)"`).FindStringSubmatch(get(t, s, theIssue))
	if len(image) != 2 {
		t.Fatal("the issue has no picture to share")
	}
	if resp, _ := s.get(t, path(t, image[1])); resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the picture to share: %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
}

// TestWhoAsksTooOftenIsToldWhenToComeBack: also by who claims to be many.
func TestWhoAsksTooOftenIsToldWhenToComeBack(t *testing.T) {
	t.Parallel()
	s := startSite(t, "REDRESS_RATE_LIMIT=on")
	form := url.Values{"address": {civicstest.Denver}}.Encode()
	for n := 1; ; n++ {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/representatives", strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Forwarded-For", "203.0.113."+strconv.Itoa(n))
		req.Header.Set("X-Real-Ip", "198.51.100."+strconv.Itoa(n))
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text := body(t, resp)
		if resp.StatusCode == http.StatusTooManyRequests {
			if after := resp.Header.Get("Retry-After"); after == "" || after == "0" {
				t.Errorf("Retry-After: %q", after)
			}
			if got := resp.Header.Get("Cache-Control"); got != "private, no-store" {
				t.Errorf("Cache-Control: %q", got)
			}
			if n < 5 {
				t.Errorf("refused after %d: too few for a family", n)
			}
			has(t, "the page", text, "minute")
			break
		}
		if resp.StatusCode != http.StatusOK || n > 100 {
			t.Fatalf("%d: %d", n, resp.StatusCode)
		}
	}
	for _, page := range []string{"/", theIssue, "/representatives?zip=80203"} {
		if resp, _ := s.get(t, page); resp.StatusCode != http.StatusOK {
			t.Errorf("and now %s: %d", page, resp.StatusCode)
		}
	}
}
