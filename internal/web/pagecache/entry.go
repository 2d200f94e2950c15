package pagecache

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// entryOverhead is a generous guess at what an entry takes beside its bodies.
const entryOverhead = 1024

// Entry is one page in memory.
type Entry struct {
	cache     *Cache
	key       string
	owner     any
	tags      []string
	countTags []string
	rendered  time.Time
	expires   int64 // unix nanoseconds

	kept    atomic.Bool
	stale   atomic.Bool  // a tag moved
	countAt atomic.Int64 // a count moved: render again from then on; 0: none did
	used    atomic.Int64 // unix nanoseconds of the last answer
	size    atomic.Int64

	hash         string
	contentType  []string
	cacheControl []string
	plain        *variant
	gzipOnce     sync.Once
	gzip         *variant
	brotliOnce   sync.Once
	brotli       atomic.Pointer[variant] // of quality 5, then 11
	improveOnce  sync.Once
}

// variant is a page in one content coding, with its header lines ready made.
type variant struct {
	body     []byte
	coding   []string // nil: identity
	length   []string
	etag     []string
	previous string // the ETag of the same coding at a lower quality; still good
}

var (
	varyLine   = []string{"Accept-Encoding"}
	gzipLine   = []string{"gzip"}
	brotliLine = []string{"br"}
	pageLine   = []string{"public, max-age=0, s-maxage=1, stale-while-revalidate=8, stale-if-error=600"}
	countLine  = []string{"public, max-age=0, s-maxage=2, stale-while-revalidate=8, stale-if-error=600"}
)

func (c *Cache) newEntry(key string, owner any, made Rendered, begun time.Time) *Entry {
	sum := sha256.Sum256(made.Body)
	e := &Entry{
		cache:        c,
		key:          key,
		owner:        owner,
		tags:         made.Tags,
		countTags:    made.CountTags,
		rendered:     begun,
		expires:      c.until(begun, made.Expires).UnixNano(),
		hash:         hex.EncodeToString(sum[:12]),
		contentType:  []string{made.ContentType},
		cacheControl: pageLine,
	}
	if made.Counts {
		e.cacheControl = countLine
	}
	e.plain = newVariant(made.Body, nil, e.hash, "")
	e.used.Store(begun.UnixNano())
	return e
}

func newVariant(body []byte, coding []string, hash, suffix string) *variant {
	return &variant{
		body:   body,
		coding: coding,
		length: []string{strconv.Itoa(len(body))},
		etag:   []string{`"` + hash + suffix + `"`},
	}
}

// Owner is what Get was given with the page.
func (e *Entry) Owner() any { return e.owner }

// fresh reports whether the page may be served without asking the database.
func (e *Entry) fresh(now int64) bool {
	countAt := e.countAt.Load()
	return !e.stale.Load() && now < e.expires && (countAt == 0 || now < countAt)
}

// countMoved ends the page a second after it was rendered, or now.
func (e *Entry) countMoved(now time.Time) {
	at := e.rendered.Add(countEvery)
	if at.Before(now) {
		at = now
	}
	e.countAt.CompareAndSwap(0, at.UnixNano()) // the first move counts
}

// line is one header line that every answer carries.
type line struct {
	name   string
	values []string
}

func linesOf(h http.Header) []line {
	var lines []line
	for name, values := range h {
		lines = append(lines, line{name, values})
	}
	return lines
}

// Serve answers with the page in the best coding that the request accepts, or
// with 304, and returns the status and the length of the body.
func (e *Entry) Serve(w http.ResponseWriter, r *http.Request) (status, length int) {
	e.used.Store(e.cache.o.Now().UnixNano())
	v := e.pick(r.Header)
	h := w.Header()
	for i := range e.cache.lines {
		h[e.cache.lines[i].name] = e.cache.lines[i].values
	}
	h["Vary"] = varyLine
	h["Cache-Control"] = e.cacheControl
	if asked := r.Header["If-None-Match"]; len(asked) > 0 {
		if known := v.known(asked[0]); known != "" {
			h["Etag"] = []string{known}
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified, 0
		}
	}
	h["Etag"] = v.etag
	h["Content-Type"] = e.contentType
	h["Content-Length"] = v.length
	if v.coding != nil {
		h["Content-Encoding"] = v.coding
	}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return http.StatusOK, 0
	}
	_, _ = w.Write(v.body) // the visitor went away: nobody to tell
	return http.StatusOK, len(v.body)
}

// pick is the variant for a request.
func (e *Entry) pick(h http.Header) *variant {
	accepted := h["Accept-Encoding"]
	if len(accepted) == 0 || len(e.plain.body) < 256 {
		return e.plain
	}
	br, gz := codings(accepted)
	switch {
	case br:
		return e.inBrotli()
	case gz:
		return e.inGzip()
	}
	return e.plain
}

// known is the ETag of an If-None-Match header that stands for these bytes, ""
// when none does.
func (v *variant) known(header string) string {
	if header == v.etag[0] {
		return v.etag[0]
	}
	if header == "*" {
		return v.etag[0]
	}
	for tag := range strings.SplitSeq(header, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == v.etag[0] || (v.previous != "" && tag == v.previous) {
			return tag
		}
	}
	return ""
}
