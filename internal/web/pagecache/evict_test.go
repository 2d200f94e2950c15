package pagecache

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// small is a page of a few bytes, so that a test knows how many fit.
func small(o *Options) { o.MaxBytes = 10 * onePage }

const onePage = entryOverhead + variantOverhead + 2000

func keysOf(c *Cache) []string {
	var keys []string
	for e := c.order.back; e != nil; e = e.before {
		keys = append(keys, e.key)
	}
	slices.Sort(keys)
	return keys
}

func TestWhatIsAskedForAgainStays(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, small)
	page := &counted{}
	ask := func(key string) {
		e, _ := get(t, c, key, page.render)
		serve(e)
	}
	for i := range 6 {
		ask(fmt.Sprint("/", i))
	}
	full := c.Len()
	for range 2 {
		ask("/1")
		ask("/3")
	}
	for i := 100; c.Peek("/5") != nil; i++ {
		ask(fmt.Sprint("/", i))
		if i > 200 {
			t.Fatal("never full")
		}
	}
	for key, want := range map[string]bool{"/0": false, "/1": true, "/2": false, "/3": true, "/4": false, "/5": false} {
		if got := c.Peek(key) != nil; got != want {
			t.Errorf("%s is kept: %v, want %v", key, got, want)
		}
	}
	if c.Len() < full {
		t.Errorf("%d pages are kept where %d fit", c.Len(), full)
	}
	for i := range 100 { // nobody asks for them any more
		ask(fmt.Sprint("/later", i))
	}
	if c.Peek("/1") != nil || c.Peek("/3") != nil {
		t.Error("a page that nobody asks for any more is never dropped")
	}
}

// A robot that reads every page once drives out none that people read.
func TestARobotDrivesOutNothing(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, small)
	page := &counted{}
	for i := range 500 {
		if i%5 == 0 {
			for _, key := range []string{"/home", "/issue"} {
				e, _ := get(t, c, key, page.render)
				serve(e)
			}
		}
		e, _ := get(t, c, fmt.Sprint("/robot/", i), page.render)
		serve(e)
	}
	if renders := page.renders.Load(); renders != 502 {
		t.Errorf("%d renders, want 500 for the robot and 2 for the people", renders)
	}
}

// A page that is rendered again under its key keeps its place.
func TestARenderedAgainPageKeepsItsPlace(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, small)
	page := &counted{made: Rendered{Tags: []string{"content"}}}
	for range 5 {
		e, _ := get(t, c, "/often", page.render)
		serve(e)
	}
	c.Move("content")
	get(t, c, "/often", page.render)
	for i := 0; i < 20 && c.Peek("/often") != nil; i++ {
		get(t, c, fmt.Sprint("/", i), page.render)
		if i == 12 {
			return
		}
	}
	t.Error("a page used often was dropped after its new render before pages used never")
}

// TestTheOrderHoldsWhatTheMapHolds does everything that adds and drops entries,
// at random, and compares list, map and sum.
func TestTheOrderHoldsWhatTheMapHolds(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, small)
	page := &counted{made: Rendered{Tags: []string{"content"}}}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		key := fmt.Sprint("/", random.IntN(30))
		switch random.IntN(20) {
		case 0:
			c.Move("content")
		case 1:
			page.err.Store(errAway)
		case 2:
			page.err.Store(errGone)
		default:
			page.err.Store(errNone)
		}
		if e, _, err := c.Get(t.Context(), key, nil, page.render); err == nil {
			serve(e, "Accept-Encoding", []string{"br", "gzip", "identity"}[random.IntN(3)])
		}
		c.mu.Lock()
		var sum int64
		n := 0
		for e := c.order.back; e != nil; e = e.before {
			if c.load(e.key) != e || e.ownSize() != e.size || !e.kept.Load() {
				t.Fatalf("%s is in the order with %d bytes, counted %d, and not in the map", e.key, e.ownSize(), e.size)
			}
			if e.before == nil && c.order.front != e || e.before != nil && e.before.behind != e {
				t.Fatal("the order is torn")
			}
			sum += e.size
			n++
		}
		if sum != c.Bytes() || n != c.Len() || sum > c.o.MaxBytes {
			t.Fatalf("%d entries of %d bytes in the order; the cache says %d of %d", n, sum, c.Len(), c.Bytes())
		}
		c.mu.Unlock()
	}
	if len(keysOf(c)) == 0 {
		t.Error("nothing was kept at all")
	}
}

func TestAPageLargerThanTheCacheIsServedAndNotKept(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, func(o *Options) { o.MaxBytes = 100 })
	page := &counted{}
	e, how := get(t, c, "/", page.render)
	if how != Fresh || c.Len() != 0 || c.Bytes() != 0 || c.order.back != nil {
		t.Errorf("%s, %d pages of %d bytes are kept", how, c.Len(), c.Bytes())
	}
	for range 2 * worthBest {
		if got := decoded(t, "br", body(t, serve(e, "Accept-Encoding", "br"))); len(got) < 1000 {
			t.Errorf("served %d bytes", len(got))
		}
	}
	if c.Bytes() != 0 {
		t.Errorf("%d bytes are counted for nothing", c.Bytes())
	}
}
