// Package pagecache keeps public pages in memory. A page that is the same
// bytes for everyone is rendered once and served from here.
//
// The contract:
//   - An entry is known by its key: the page's path (which names route,
//     language and route parameters) and its declared query parameters. An
//     entry holds the page in those content codings that were asked for; any
//     other is made from one of them.
//   - One render at a time runs per key, apart from whoever asked first: a
//     visitor who leaves doesn't break it for the others.
//   - A render names the tags that its content depends on. Its result is kept
//     only if none of them moved while it ran, and who asked after a move never
//     gets a render begun before it.
//   - A tag that only moves counts makes its pages render again at most once a
//     second.
//   - Nothing is fresh for more than MaxAge or past midnight. Reset (a lost
//     listener) makes everything stale at once.
//   - While the database is away, the last known bytes are served and the
//     database is tried again at most once a second.
//   - All entries together stay under MaxBytes, what each takes beside its
//     bodies included. When there is no room, the oldest goes that wasn't used
//     since it was last its turn; whoever had it rendered doesn't count. So a
//     robot that reads every page once drives out none that people read.
package pagecache

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultMaxBytes is how much a cache holds unless its options say otherwise.
const DefaultMaxBytes = 64 << 20

// Options configure a cache. The zero value of each has a sensible meaning.
type Options struct {
	MaxBytes     int64                // 0: DefaultMaxBytes
	MaxAge       time.Duration        // 0: 10 minutes
	RenderLimit  time.Duration        // how long a render may take; 0: 10 seconds
	ImproveAfter time.Duration        // how long a page in use waits for the slow, best compression; 0: 2 seconds
	Now          func() time.Time     // nil: time.Now
	Location     *time.Location       // whose midnight ends a page; nil: UTC
	Away         func(err error) bool // err says that the database is away; nil: never
	Header       http.Header          // lines on every answer; canonical names
}

// Rendered is what a render made.
type Rendered struct {
	Body        []byte
	ContentType string
	Tags        []string  // a move of one of these ends the page at once
	CountTags   []string  // a move of one of these ends it a second after it was rendered
	Expires     time.Time // zero: no earlier than the rules above say
	Counts      bool      // the page shows counts: shared caches keep it for seconds only
}

// Render makes a page. Its context outlives the request that asked.
type Render func(ctx context.Context) (Rendered, error)

// How says where an answer came from.
type How string

// The ways to come by a page.
const (
	Hit    How = "hit"      // was in memory
	Fresh  How = "rendered" // was rendered for this request, or one beside it
	Stale  How = "stale"    // was in memory; the database is away
	Failed How = "failed"
)

// countEvery is how often, at most, a page renders again because a count moved.
const countEvery = time.Second

// retryAway is how long a database that was away is left alone.
const retryAway = time.Second

// Cache holds pages. Its methods may be called from many goroutines.
type Cache struct {
	o     Options
	lines []line

	entries sync.Map // string → *Entry; written under mu
	bytes   atomic.Int64

	mu      sync.Mutex
	flights map[string]*flight
	seq     uint64            // grows with every move
	moved   map[string]uint64 // tag → seq of its last move
	reset   uint64            // seq of the last Reset
	order   order             // of the entries, for eviction

	awayUntil atomic.Int64 // unix nanoseconds; 0: the database isn't away
	improving improving
}

// flight is one render on its way.
type flight struct {
	seq   uint64 // the cache's when it began
	done  chan struct{}
	entry *Entry
	err   error
}

// New returns an empty cache.
func New(o Options) *Cache {
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxAge == 0 {
		o.MaxAge = 10 * time.Minute
	}
	if o.RenderLimit == 0 {
		o.RenderLimit = 10 * time.Second
	}
	if o.ImproveAfter == 0 {
		o.ImproveAfter = 2 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Away == nil {
		o.Away = func(error) bool { return false }
	}
	return &Cache{
		o:       o,
		lines:   linesOf(o.Header),
		flights: map[string]*flight{},
		moved:   map[string]uint64{},
	}
}

// Peek is the entry under key while it is fresh, else nil. It takes no lock and
// renders nothing.
func (c *Cache) Peek(key string) *Entry {
	if e := c.load(key); e != nil && e.fresh(c.o.Now().UnixNano()) {
		return e
	}
	return nil
}

// Get is the page under key, from memory or rendered. owner is kept with the
// entry for whoever finds it with Peek. An error of the render comes back as
// it is; nothing is kept of it.
func (c *Cache) Get(ctx context.Context, key string, owner any, render Render) (*Entry, How, error) {
	old := c.load(key)
	now := c.o.Now()
	if old != nil && old.fresh(now.UnixNano()) {
		return old, Hit, nil
	}
	if until := c.awayUntil.Load(); old != nil && until != 0 {
		if now.UnixNano() >= until {
			c.begin(ctx, key, owner, render) // tries again behind the visitor's back
		}
		return old, Stale, nil
	}
	entry, err := c.wait(ctx, key, owner, render)
	switch {
	case err == nil:
		return entry, Fresh, nil
	case old != nil && c.o.Away(err):
		return old, Stale, nil
	default:
		return nil, Failed, err
	}
}

// wait joins the render of key that began after now, or begins it.
func (c *Cache) wait(ctx context.Context, key string, owner any, render Render) (*Entry, error) {
	c.mu.Lock()
	asked := c.seq
	c.mu.Unlock()
	for {
		f := c.begin(ctx, key, owner, render)
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if f.seq >= asked {
			return f.entry, f.err
		}
		// It began before a move that the visitor may know of. Whether that
		// move concerned it is known now.
		if e := c.Peek(key); e != nil {
			return e, nil
		}
	}
}

// begin is the flight for key, started if there is none.
func (c *Cache) begin(ctx context.Context, key string, owner any, render Render) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flights[key]; f != nil {
		return f
	}
	f := &flight{seq: c.seq, done: make(chan struct{})}
	c.flights[key] = f
	go c.fly(context.WithoutCancel(ctx), f, key, owner, render)
	return f
}

// errPanicked stands for a panic in a render that didn't catch its own.
var errPanicked = errors.New("pagecache: the render panicked")

func (c *Cache) fly(ctx context.Context, f *flight, key string, owner any, render Render) {
	ctx, cancel := context.WithTimeout(ctx, c.o.RenderLimit)
	defer cancel()
	begun := c.o.Now()
	f.err = errPanicked
	defer func() {
		if f.err == errPanicked { //nolint:errorlint // set three lines above
			_ = recover() // its value may hold what a visitor typed
		}
		c.land(f, key)
	}()
	made, err := render(ctx)
	if f.err = err; err == nil {
		f.entry = c.newEntry(key, owner, made, begun)
	}
}

// land keeps the flight's result if it may be kept, and wakes who waits.
func (c *Cache) land(f *flight, key string) {
	c.mu.Lock()
	delete(c.flights, key)
	switch {
	case f.err == nil:
		c.awayUntil.Store(0)
		c.keep(f)
	case c.o.Away(f.err):
		c.awayUntil.Store(c.o.Now().Add(retryAway).UnixNano())
	default:
		c.drop(c.load(key)) // gone, or broken: the old bytes aren't the truth any more
	}
	c.mu.Unlock()
	close(f.done)
}

// keep stores a flight's entry unless a tag moved meanwhile. mu is held.
func (c *Cache) keep(f *flight) {
	e := f.entry
	if c.reset > f.seq || slices.ContainsFunc(e.tags, func(tag string) bool { return c.moved[tag] > f.seq }) {
		return
	}
	if slices.ContainsFunc(e.countTags, func(tag string) bool { return c.moved[tag] > f.seq }) {
		e.countMoved(c.o.Now())
	}
	if old := c.load(e.key); old != nil {
		e.uses.Store(min(old.uses.Load(), 2)) // it keeps its place, and has to be worth the best again
		c.drop(old)
	}
	e.kept.Store(true)
	c.entries.Store(e.key, e)
	c.order.add(e)
	c.grow(e, e.ownSize())
}

// drop forgets an entry. mu is held.
func (c *Cache) drop(e *Entry) {
	if e != nil && e.kept.Swap(false) {
		c.entries.CompareAndDelete(e.key, e)
		c.order.remove(e)
		c.bytes.Add(-e.size)
	}
}

// grow counts n more bytes for e, or fewer, and makes room when there are too
// many. mu is held.
func (c *Cache) grow(e *Entry, n int64) {
	if !e.kept.Load() {
		return
	}
	e.size += n
	c.bytes.Add(n)
	for c.bytes.Load() > c.o.MaxBytes {
		c.drop(c.order.next())
	}
}

// Move tells the cache that what a tag stands for has changed.
func (c *Cache) Move(tag string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	c.moved[tag] = c.seq
	now := c.o.Now()
	c.entries.Range(func(_, value any) bool {
		e := value.(*Entry)
		if slices.Contains(e.tags, tag) {
			e.stale.Store(true)
		} else if slices.Contains(e.countTags, tag) {
			e.countMoved(now)
		}
		return true
	})
}

// Reset makes every page stale: changes may have gone unheard.
func (c *Cache) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	c.reset = c.seq
	clear(c.moved) // reset is later than all of them
	c.entries.Range(func(_, value any) bool {
		value.(*Entry).stale.Store(true)
		return true
	})
}

// Bytes is how much the cache holds.
func (c *Cache) Bytes() int64 { return c.bytes.Load() }

// Len is how many pages it holds, stale ones included.
func (c *Cache) Len() int {
	n := 0
	c.entries.Range(func(_, _ any) bool { n++; return true })
	return n
}

func (c *Cache) load(key string) *Entry {
	if value, ok := c.entries.Load(key); ok {
		return value.(*Entry)
	}
	return nil
}

// until is when a page rendered now ends at the latest.
func (c *Cache) until(begun, wanted time.Time) time.Time {
	local := begun.In(c.o.Location)
	end := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, c.o.Location)
	if oldest := begun.Add(c.o.MaxAge); oldest.Before(end) {
		end = oldest
	}
	if !wanted.IsZero() && wanted.Before(end) {
		end = wanted
	}
	return end
}
