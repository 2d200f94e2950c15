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

// What an entry and a variant take beside keys and bodies: their own fields,
// header lines, tags, and their place in the map. A test compares it with what
// the runtime says.
const (
	entryOverhead   = 448
	variantOverhead = 208
)

// smallest is the length in bytes from which a body is compressed.
const smallest = 256

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
	stale   atomic.Bool   // a tag moved
	uses    atomic.Uint32 // answers, up to worthBest; see used
	packed  bool          // the body is compressed by its own format
	countAt atomic.Int64  // a count moved: render again from then on; 0: none did

	size           int64  // the cache's mu guards it and the two below
	before, behind *Entry // neighbors in the order of eviction

	hash         [12]byte // of the body
	contentType  []string
	cacheControl []string

	mu       sync.Mutex  // held while a variant is made or goes
	wanted   atomic.Bool // the plain body was asked for: it stays
	variants [3]atomic.Pointer[variant]
}

// coding is a content coding, as an index.
type coding int

const (
	plain coding = iota
	gzipped
	brotlied
)

// variant is a page in one content coding, with its header lines ready made.
type variant struct {
	body     []byte
	coding   []string // nil: identity
	length   []string
	etag     []string
	previous string // the ETag of the same coding at a lower quality; still good
	quick    bool   // there is a better one to be made

	lines [2]string // behind length and etag
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
		hash:         [12]byte(sum[:]),
		contentType:  []string{made.ContentType},
		cacheControl: pageLine,
		packed:       made.ContentType == "image/png",
	}
	if made.Counts {
		e.cacheControl = countLine
	}
	e.variants[plain].Store(e.newVariant(made.Body, nil, ""))
	return e
}

// newVariant is the page as body; suffix tells its ETag from those of the others.
func (e *Entry) newVariant(body []byte, coding []string, suffix string) *variant {
	v := &variant{body: body, coding: coding}
	v.lines[0] = strconv.Itoa(len(body))
	v.lines[1] = `"` + hex.EncodeToString(e.hash[:]) + suffix + `"`
	v.length, v.etag = v.lines[0:1:1], v.lines[1:2:2]
	return v
}

// size is what the variant takes in memory.
func (v *variant) size() int64 {
	if v == nil {
		return 0
	}
	return int64(cap(v.body)) + variantOverhead
}

// ownSize is what the entry takes in memory.
func (e *Entry) ownSize() int64 {
	n := int64(len(e.key)) + entryOverhead
	for i := range e.variants {
		n += e.variants[i].Load().size()
	}
	return n
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

// used counts an answer, up to worthBest: who counts on costs the processors of
// a busy page more than it tells. It returns true for the one that reaches it.
func (e *Entry) used() bool {
	return e.uses.Load() < worthBest && e.uses.Add(1) == worthBest
}

// usedAgain reports whether the page was used since it was last asked so. Its
// first answer, for whoever had it rendered, doesn't count.
func (e *Entry) usedAgain() bool {
	if e.uses.Load() < 2 {
		return false
	}
	e.uses.Store(1)
	return true
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
	if e.used() {
		e.wantBest()
	}
	v := e.in(e.pick(r.Header))
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

// pick is the coding for a request.
func (e *Entry) pick(h http.Header) coding {
	accepted := h["Accept-Encoding"]
	if len(accepted) == 0 || e.packed {
		return plain
	}
	// Only a body too small to compress has no other coding and never will.
	if v := e.variants[plain].Load(); v != nil && len(v.body) < smallest {
		return plain
	}
	br, gz := codings(accepted)
	switch {
	case br:
		return brotlied
	case gz:
		return gzipped
	}
	return plain
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
