package pagecache

import (
	"bytes"
	"compress/gzip"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
)

// quickBrotli is for whoever asks first, while waiting: a level of
// [brotli.NewWriterV2]. On pages of ZIP codes it takes a fifth of the time of the
// older encoder's level 5, for a fifth more bytes; level 3 takes half as long
// again as level 1 for 6 % less. bestBrotli is for the background.
const (
	quickBrotli = 1
	bestBrotli  = brotli.BestCompression
)

// worthBest is how many answers make a page worth the best compression, which
// takes a hundred times as long as the quick one. Most pages of a ZIP code
// aren't.
const worthBest = 8

// in is the page in one coding, made when it is asked for first. The plain body
// that a render left goes as soon as there is a compressed one, unless it was
// asked for as such; it is had again by decompressing.
func (e *Entry) in(c coding) *variant {
	if v := e.variants[c].Load(); v != nil && (c != plain || e.wanted.Load()) {
		return v
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if c == plain {
		e.wanted.Store(true)
	}
	if v := e.variants[c].Load(); v != nil {
		return v
	}
	var v *variant
	switch text := e.text(); c {
	case brotlied:
		v = e.newVariant(quickly(text), brotliLine, "-brq")
		v.quick = true
		if e.uses.Load() >= worthBest { // by those who take no brotli
			e.uses.Store(1)
		}
	case gzipped:
		v = e.newVariant(inGzip(text), gzipLine, "-gz")
	default:
		v = e.newVariant(text, nil, "")
	}
	e.put(c, v)
	if !e.wanted.Load() {
		e.put(plain, nil)
	}
	return v
}

// text is the plain body. mu is held.
func (e *Entry) text() []byte {
	if v := e.variants[plain].Load(); v != nil {
		return v.body
	}
	if v := e.variants[brotlied].Load(); v != nil {
		return fromBrotli(v.body)
	}
	return fromGzip(e.variants[gzipped].Load().body)
}

// put changes a variant and counts its bytes. mu is held.
func (e *Entry) put(c coding, v *variant) {
	old := e.variants[c].Swap(v)
	e.cache.mu.Lock()
	defer e.cache.mu.Unlock()
	e.cache.grow(e, v.size()-old.size())
}

// improving is the one worker that compresses pages as well as can be, and the
// pages that wait for it.
type improving struct {
	mu      sync.Mutex
	waiting []*Entry
	working bool
}

// mostWaiting pages wait for the best compression; others have to be worth it a
// second time.
const mostWaiting = 64

// rest is how many times as long as it worked the worker pauses: it never takes
// more than a fifth of one processor from the visitors.
const rest = 4

// wantBest gives the page the best compression a little later: one with a busy
// count is gone by then.
func (e *Entry) wantBest() {
	if v := e.variants[brotlied].Load(); v == nil || v.quick {
		time.AfterFunc(e.cache.o.ImproveAfter, func() { e.cache.improve(e) })
	}
}

// improve puts a page in the line, and works it off unless somebody does.
func (c *Cache) improve(e *Entry) {
	w := &c.improving
	w.mu.Lock()
	if len(w.waiting) >= mostWaiting {
		e.uses.Store(1)
		w.mu.Unlock()
		return
	}
	w.waiting = append(w.waiting, e)
	if w.working {
		w.mu.Unlock()
		return
	}
	w.working = true
	for len(w.waiting) > 0 {
		next := w.waiting[0]
		w.waiting = append(w.waiting[:0], w.waiting[1:]...)
		w.mu.Unlock()
		begun := time.Now()
		if next.improve() {
			time.Sleep(rest * time.Since(begun))
		}
		w.mu.Lock()
	}
	w.waiting, w.working = nil, false
	w.mu.Unlock()
}

// improve compresses the page as well as can be, unless it is no longer served
// or nobody takes brotli.
func (e *Entry) improve() bool {
	quick := e.variants[brotlied].Load()
	if quick == nil || !quick.quick || !e.kept.Load() || e.stale.Load() {
		return false
	}
	best := e.newVariant(best(fromBrotli(quick.body)), brotliLine, "-br")
	best.previous = quick.etag[0]
	e.mu.Lock()
	defer e.mu.Unlock()
	e.put(brotlied, best)
	return true
}

// Compressors hold tables of up to a megabyte, which cost more to clear and to
// collect than a page costs to compress.
var (
	buffers  = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	quicks   = sync.Pool{New: func() any { return brotli.NewWriterV2(io.Discard, quickBrotli) }}
	gzips    = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}
	unbrotli = sync.Pool{New: func() any { return brotli.NewReader(nil) }}
)

// compressor is a compressor that can be used again.
type compressor interface {
	io.WriteCloser
	Reset(dst io.Writer)
}

func quickly(body []byte) []byte { return pooled(&quicks, body) }
func inGzip(body []byte) []byte  { return pooled(&gzips, body) }

func best(body []byte) []byte { return compressed(brotli.NewWriterLevel(io.Discard, bestBrotli), body) }

func pooled(pool *sync.Pool, body []byte) []byte {
	w := pool.Get().(compressor)
	defer pool.Put(w)
	return compressed(w, body)
}

func compressed(w compressor, body []byte) []byte {
	out := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(out)
	out.Reset()
	w.Reset(out)
	_, _ = w.Write(body) // a bytes.Buffer doesn't fail
	_ = w.Close()
	return bytes.Clone(out.Bytes())
}

// fromBrotli and fromGzip undo what this package did itself, in memory: nothing
// of it can fail.
func fromBrotli(body []byte) []byte {
	r := unbrotli.Get().(*brotli.Reader)
	defer unbrotli.Put(r)
	_ = r.Reset(bytes.NewReader(body))
	return plainOf(r)
}

func fromGzip(body []byte) []byte {
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	return plainOf(r)
}

func plainOf(r io.Reader) []byte {
	out := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(out)
	out.Reset()
	_, _ = out.ReadFrom(r)
	return bytes.Clone(out.Bytes())
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
