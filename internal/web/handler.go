package web

import (
	"net/http"
	"strings"
	"time"

	"redress/internal/civics"
)

// Handler answers everything: pages that are in memory at once, the rest
// through the routes.
func (s *Site) Handler() http.Handler { return s }

// ServeHTTP answers one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.serveHit(w, r) || s.redirectSlash(w, r) {
		return
	}
	s.echo.ServeHTTP(w, r)
}

// serveHit answers with a page from memory when its address alone says which:
// a path without escapes (a "?" in the path was one), and no query or one plain
// ZIP code. It does what the long way does with a hit: an id, log, count, the
// same header lines.
func (s *Site) serveHit(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	key := keyOf(r)
	if key == "" {
		return false
	}
	begun := time.Now()
	entry := s.cache.Peek(key)
	if entry == nil {
		return false
	}
	route := entry.Owner().(*pageRoute)
	id := s.ids.next()
	h := w.Header()
	h["X-Request-Id"] = []string{id}
	for _, line := range route.header {
		h[line.name] = line.values
	}
	status, length := entry.Serve(w, r)
	took := time.Since(begun)
	route.counter.Hit(status, took)
	s.logAnswer(route.pattern, r.Method, status, int64(length), took, id)
	return true
}

// keyOf is the cache's key for a request whose address is written as the key
// is, "" for any other. A key with a ZIP code is in the cache only for a route
// that declares it.
func keyOf(r *http.Request) string {
	path, query := r.URL.Path, r.URL.RawQuery
	switch {
	case r.URL.RawPath != "" || strings.IndexByte(path, '?') >= 0:
		return ""
	case query == "":
		return path
	case !isZipQuery(query):
		return ""
	}
	// The request line holds the key as a whole, unless a proxy wrote more in it.
	if uri := r.RequestURI; len(uri) == len(path)+1+len(query) && uri[len(path)] == '?' && uri[:len(path)] == path {
		return uri
	}
	return ""
}

const zipQuery = "zip="

// isZipQuery reports whether a query is one plain ZIP code and nothing else.
func isZipQuery(query string) bool {
	return len(query) == len(zipQuery)+5 && query[:len(zipQuery)] == zipQuery && civics.PlainZip(query[len(zipQuery):])
}

// slashed stands in logs and metrics for redirects from "/issues/" to "/issues".
const slashed = "(slash)"

// redirectSlash sends "/issues/" to "/issues". The target begins with one slash
// and holds no backslash, so that it can't lead to another site.
func (s *Site) redirectSlash(w http.ResponseWriter, r *http.Request) bool {
	path := r.URL.EscapedPath()
	if len(path) < 2 || !strings.HasSuffix(path, "/") || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		return false
	}
	target := "/" + strings.Trim(path, "/")
	if strings.ContainsAny(target, "\\") || strings.Contains(target, "//") {
		return false
	}
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	begun := time.Now()
	h := w.Header()
	for _, line := range s.headers {
		h[line.name] = line.values
	}
	h.Set("Location", target)
	h.Set("Cache-Control", "private, no-store") // the path may hold a token
	w.WriteHeader(http.StatusMovedPermanently)
	took := time.Since(begun)
	s.Metrics.Answered(slashed, r.Method, http.StatusMovedPermanently, took)
	s.logAnswer(slashed, r.Method, http.StatusMovedPermanently, 0, took, "")
	return true
}
