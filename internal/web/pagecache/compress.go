package pagecache

import (
	"bytes"
	"compress/gzip"
	"strconv"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
)

// quickBrotli is for whoever asks first, while waiting; bestBrotli is for the
// background.
const (
	quickBrotli = 5
	bestBrotli  = brotli.BestCompression
)

// inBrotli is the page in brotli. The first to ask gets the quick one; a page
// that is asked for again gets the best a little later. Most pages of a ZIP code
// never are, and the best takes many times as long as the page took to render.
func (e *Entry) inBrotli() *variant {
	if v := e.brotli.Load(); v != nil {
		e.improveOnce.Do(func() { time.AfterFunc(e.cache.o.ImproveAfter, e.improve) })
		return v
	}
	e.brotliOnce.Do(func() {
		v := newVariant(inBrotli(e.plain.body, quickBrotli), brotliLine, e.hash, "-br5")
		e.brotli.Store(v)
		e.count(v)
	})
	return e.brotli.Load()
}

// improve compresses the page as well as can be, one page at a time, unless it
// is no longer served by then: a page with a busy count is gone in a second.
func (e *Entry) improve() {
	e.cache.improving <- struct{}{}
	defer func() { <-e.cache.improving }()
	if !e.kept.Load() || e.stale.Load() {
		return
	}
	quick := e.brotli.Load()
	best := newVariant(inBrotli(e.plain.body, bestBrotli), brotliLine, e.hash, "-br")
	best.previous = quick.etag[0]
	e.brotli.Store(best)
	e.cache.mu.Lock()
	defer e.cache.mu.Unlock()
	e.cache.grow(e, int64(len(best.body)-len(quick.body)))
}

func (e *Entry) inGzip() *variant {
	e.gzipOnce.Do(func() {
		e.gzip = newVariant(inGzip(e.plain.body), gzipLine, e.hash, "-gz")
		e.count(e.gzip)
	})
	return e.gzip
}

// count adds a variant's bytes to the cache's.
func (e *Entry) count(v *variant) {
	e.cache.mu.Lock()
	defer e.cache.mu.Unlock()
	e.cache.grow(e, int64(len(v.body)))
}

func inBrotli(body []byte, quality int) []byte {
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, quality)
	_, _ = w.Write(body) // a bytes.Buffer doesn't fail
	_ = w.Close()
	return out.Bytes()
}

func inGzip(body []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.DefaultCompression) // a valid level
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

// codings reports whether Accept-Encoding allows brotli and gzip. A coding must
// be named, or covered by "*", and not be weighed 0.
func codings(headers []string) (br, gz bool) {
	var brNamed, gzNamed, any bool
	for _, header := range headers {
		for header != "" {
			var offer string
			offer, header, _ = strings.Cut(header, ",")
			name, params, weighed := strings.Cut(strings.TrimSpace(offer), ";")
			good := !weighed || weight(params) > 0
			switch name = strings.TrimSpace(name); {
			case strings.EqualFold(name, "br"):
				br, brNamed = good, true
			case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
				gz, gzNamed = good, true
			case name == "*":
				any = good
			}
		}
	}
	return br || (any && !brNamed), gz || (any && !gzNamed)
}

func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil {
				return 0
			}
			return q
		}
	}
	return 1
}
