package pagecache

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
)

var errAway = errors.New("the database is away")

// clock is a time that a test moves.
type clock struct{ nanos atomic.Int64 }

func newClock(at time.Time) *clock {
	c := &clock{}
	c.nanos.Store(at.UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.nanos.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.nanos.Add(int64(d)) }

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func newTestCache(t *testing.T, change func(*Options)) (*Cache, *clock) {
	t.Helper()
	at := newClock(noon)
	o := Options{Now: at.now, ImproveAfter: time.Hour, Away: func(err error) bool { return errors.Is(err, errAway) }}
	if change != nil {
		change(&o)
	}
	return New(o), at
}

// counted renders a page whose body says how often it was rendered.
type counted struct {
	renders atomic.Int64
	made    Rendered
	err     atomic.Value
}

func (c *counted) render(context.Context) (Rendered, error) {
	n := c.renders.Add(1)
	if err, _ := c.err.Load().(error); err != nil && !errors.Is(err, errNone) {
		return Rendered{}, err
	}
	made := c.made
	made.Body = []byte(fmt.Sprintf("render %d %s", n, strings.Repeat("of a page ", 100)))
	made.ContentType = "text/html; charset=utf-8"
	return made, nil
}

var errNone, errGone = errors.New("none"), errors.New("gone")

func get(t *testing.T, c *Cache, key string, render Render) (*Entry, How) {
	t.Helper()
	e, how, err := c.Get(t.Context(), key, "owner", render)
	if err != nil {
		t.Fatalf("Get(%q): %v", key, err)
	}
	return e, how
}

func serve(e *Entry, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.Serve(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestGetRendersOnceAndServesFromMemory(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	page := &counted{}
	if _, how := get(t, c, "/a", page.render); how != Fresh {
		t.Errorf("first answer is %q, want %q", how, Fresh)
	}
	for range 3 {
		e, how := get(t, c, "/a", page.render)
		if how != Hit || !strings.HasPrefix(body(t, serve(e)), "render 1 ") {
			t.Errorf("later answer is %q, want the first render", how)
		}
	}
	if e := c.Peek("/a"); e == nil || e.Owner() != "owner" {
		t.Error("Peek doesn't find the page with its owner")
	}
	if c.Peek("/b") != nil {
		t.Error("Peek finds a page that was never rendered")
	}
	if n := page.renders.Load(); n != 1 {
		t.Errorf("rendered %d times, want 1", n)
	}
}

func TestMoveEndsThePagesOfATag(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	content, civics := &counted{made: Rendered{Tags: []string{"content"}}}, &counted{made: Rendered{Tags: []string{"content", "civics"}}}
	get(t, c, "/a", content.render)
	get(t, c, "/b", civics.render)
	c.Move("civics")
	if _, how := get(t, c, "/a", content.render); how != Hit {
		t.Errorf("a page without the tag is %q, want a hit", how)
	}
	if e, how := get(t, c, "/b", civics.render); how != Fresh || !strings.HasPrefix(body(t, serve(e)), "render 2 ") {
		t.Errorf("a page with the tag is %q, want rendered again", how)
	}
}

func TestPagesEndAtTheirTime(t *testing.T) {
	t.Parallel()
	denver, err := time.LoadLocation("America/Denver")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		begun   time.Time
		expires time.Time
		want    time.Time
	}{
		"ten minutes at most":      {begun: noon, want: noon.Add(10 * time.Minute)},
		"its own time, if sooner":  {begun: noon, expires: noon.Add(time.Minute), want: noon.Add(time.Minute)},
		"not its own time, later":  {begun: noon, expires: noon.Add(time.Hour), want: noon.Add(10 * time.Minute)},
		"midnight where it is run": {begun: time.Date(2026, 11, 21, 6, 57, 0, 0, time.UTC), want: time.Date(2026, 11, 21, 7, 0, 0, 0, time.UTC)},
		"midnight, clocks changed": {begun: time.Date(2026, 11, 2, 6, 55, 0, 0, time.UTC), want: time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := newClock(test.begun)
			c := New(Options{Now: at.now, Location: denver, ImproveAfter: time.Hour})
			page := &counted{made: Rendered{Expires: test.expires}}
			get(t, c, "/", page.render)
			at.advance(test.want.Sub(test.begun) - time.Nanosecond)
			if c.Peek("/") == nil {
				t.Error("gone before its time")
			}
			at.advance(time.Nanosecond)
			if c.Peek("/") != nil {
				t.Error("still fresh at its end")
			}
		})
	}
}

func TestOneRenderAtATimePerKey(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	var running, most, renders atomic.Int64
	release := make(chan struct{})
	render := func(context.Context) (Rendered, error) {
		renders.Add(1)
		if n := running.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer running.Add(-1)
		<-release
		return Rendered{Body: []byte("x")}, nil
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, _, err := c.Get(t.Context(), "/", nil, render); err != nil {
				t.Error(err)
			}
		})
	}
	for renders.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	all.Wait()
	if most.Load() != 1 || renders.Load() != 1 {
		t.Errorf("%d renders, %d at once; want one", renders.Load(), most.Load())
	}
}

func TestAVisitorWhoLeavesBreaksNothing(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	begun, release := make(chan struct{}), make(chan struct{})
	render := func(ctx context.Context) (Rendered, error) {
		close(begun)
		<-release
		return Rendered{Body: []byte("x")}, ctx.Err()
	}
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, _, err := c.Get(ctx, "/", nil, render)
		left <- err
	}()
	<-begun
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	stays := make(chan error, 1)
	go func() {
		_, _, err := c.Get(t.Context(), "/", nil, render)
		stays <- err
	}()
	close(release)
	if err := <-stays; err != nil {
		t.Errorf("who stayed got %v", err)
	}
}

// TestMoveDuringARender is the race that would keep an old page: the render
// reads, the content changes, the render finishes.
func TestMoveDuringARender(t *testing.T) {
	t.Parallel()
	for name, moved := range map[string]func(*Cache){
		"its tag":         func(c *Cache) { c.Move("content") },
		"a lost listener": func(c *Cache) { c.Reset() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newTestCache(t, nil)
			var renders atomic.Int64
			begun, release := make(chan struct{}), make(chan struct{})
			render := func(context.Context) (Rendered, error) {
				n := renders.Add(1)
				if n == 1 {
					close(begun)
					<-release
				}
				return Rendered{Body: []byte(fmt.Sprint("render ", n)), Tags: []string{"content"}}, nil
			}
			first, second := make(chan string, 1), make(chan string, 1)
			ask := func(answer chan string) {
				e, _, err := c.Get(t.Context(), "/", nil, render)
				if err != nil {
					t.Error(err)
					answer <- ""
					return
				}
				answer <- string(e.in(plain).body)
			}
			go ask(first)
			<-begun
			moved(c)
			go ask(second) // asked after the move: must not see what was read before it
			time.Sleep(20 * time.Millisecond)
			close(release)
			if got := <-first; got != "render 1" {
				t.Errorf("who asked before the move got %q", got)
			}
			if got := <-second; got != "render 2" {
				t.Errorf("who asked after the move got %q", got)
			}
			e, how := get(t, c, "/", render)
			if string(e.in(plain).body) != "render 2" || how != Hit {
				t.Errorf("kept %q (%s), want the render after the move", e.in(plain).body, how)
			}
		})
	}
}

func TestMoveOfAnotherTagDuringARenderKeepsIt(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	page := &counted{made: Rendered{Tags: []string{"content"}}}
	get(t, c, "/", func(ctx context.Context) (Rendered, error) {
		c.Move("civics")
		return page.render(ctx)
	})
	if c.Peek("/") == nil {
		t.Error("a render was thrown away although none of its tags moved")
	}
}

func TestCountsRenderAtMostOnceASecond(t *testing.T) {
	t.Parallel()
	c, at := newTestCache(t, nil)
	page := &counted{made: Rendered{Tags: []string{"content"}, CountTags: []string{"pledge:x"}, Counts: true}}
	get(t, c, "/", page.render)
	for range 40 { // four seconds of ten signatures each
		at.advance(100 * time.Millisecond)
		c.Move("pledge:x")
		get(t, c, "/", page.render)
	}
	if n := page.renders.Load(); n != 5 {
		t.Errorf("rendered %d times in four seconds, want 1 and then 4", n)
	}
	at.advance(time.Second)
	get(t, c, "/", page.render)
	before := page.renders.Load()
	at.advance(30 * time.Second)
	get(t, c, "/", page.render)
	if page.renders.Load() != before {
		t.Error("rendered again though no count moved")
	}
	c.Move("pledge:x") // the first in a long while shows at once
	get(t, c, "/", page.render)
	if page.renders.Load() != before+1 {
		t.Error("a count that moved after a pause isn't shown at once")
	}
	c.Move("content")
	if _, how := get(t, c, "/", page.render); how != Fresh {
		t.Errorf("a page with counts whose content moved is %q, want rendered", how)
	}
}

func TestACountThatMovesDuringARenderIsShownNext(t *testing.T) {
	t.Parallel()
	c, at := newTestCache(t, nil)
	page := &counted{made: Rendered{CountTags: []string{"pledge:x"}, Counts: true}}
	get(t, c, "/", func(ctx context.Context) (Rendered, error) {
		c.Move("pledge:x")
		return page.render(ctx)
	})
	if c.Peek("/") == nil {
		t.Fatal("a page with a busy count is never kept")
	}
	at.advance(time.Second)
	if c.Peek("/") != nil {
		t.Error("a count that moved during the render is forgotten")
	}
}

func TestResetEndsEverything(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	page := &counted{}
	get(t, c, "/a", page.render)
	get(t, c, "/b", page.render)
	c.Reset()
	if c.Peek("/a") != nil || c.Peek("/b") != nil {
		t.Error("a page survives a lost listener")
	}
}

func TestStaleIsServedWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	c, at := newTestCache(t, nil)
	page := &counted{made: Rendered{Tags: []string{"content"}}}
	get(t, c, "/", page.render)
	page.err.Store(errAway)
	c.Reset() // the listener went with the database
	e, how := get(t, c, "/", page.render)
	if how != Stale || !strings.HasPrefix(body(t, serve(e)), "render 1 ") {
		t.Fatalf("with the database away: %q, want the old page", how)
	}
	if _, _, err := c.Get(t.Context(), "/never", nil, page.render); !errors.Is(err, errAway) {
		t.Errorf("a page that was never rendered: %v, want the error", err)
	}
	tries := page.renders.Load()
	for range 100 {
		get(t, c, "/", page.render)
	}
	if n := page.renders.Load(); n != tries {
		t.Errorf("the database was tried %d times within a second", n-tries)
	}
	page.err.Store(errNone)
	at.advance(retryAway)
	deadline := time.Now().Add(5 * time.Second)
	for { // the next visitor still gets the old page while the database is tried
		if _, how := get(t, c, "/", page.render); how == Hit {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the page stays stale though the database is back")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	page := &counted{made: Rendered{Tags: []string{"content"}}}
	get(t, c, "/", page.render)
	page.err.Store(errors.New("unpublished"))
	c.Move("content")
	if _, how, err := c.Get(t.Context(), "/", nil, page.render); err == nil {
		t.Fatalf("an unpublished page is %q", how)
	}
	if c.Len() != 0 || c.Bytes() != 0 {
		t.Errorf("an unpublished page stays in memory: %d pages, %d bytes", c.Len(), c.Bytes())
	}
}

func TestAPanicIsAnError(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	_, _, err := c.Get(t.Context(), "/", nil, func(context.Context) (Rendered, error) { panic("a name that nobody may see") })
	if err == nil || strings.Contains(err.Error(), "name") {
		t.Errorf("a panic became %v", err)
	}
	page := &counted{}
	get(t, c, "/", page.render)
}

func TestARenderHasATimeLimit(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, func(o *Options) { o.RenderLimit = 20 * time.Millisecond })
	_, _, err := c.Get(t.Context(), "/", nil, func(ctx context.Context) (Rendered, error) {
		<-ctx.Done()
		return Rendered{}, ctx.Err()
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline", err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const limit = 200_000
	c, at := newTestCache(t, func(o *Options) { o.MaxBytes = limit })
	page := &counted{}
	get(t, c, "/often", page.render)
	for i := range 1000 {
		at.advance(time.Millisecond)
		e, _ := get(t, c, fmt.Sprint("/", i), page.render)
		serve(e, "Accept-Encoding", "gzip")
		serve(e, "Accept-Encoding", "br")
		if often := c.Peek("/often"); often != nil {
			serve(often)
		}
		if c.Bytes() > limit {
			t.Fatalf("%d bytes after %d pages, limit %d", c.Bytes(), i, limit)
		}
	}
	if c.Peek("/often") == nil {
		t.Error("the page used most was dropped")
	}
	if c.Peek("/0") != nil {
		t.Error("the page used longest ago is still there")
	}
	if c.Len() < 10 {
		t.Errorf("only %d pages kept", c.Len())
	}
}

func TestBytesAreCountedRight(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	page := &counted{made: Rendered{Tags: []string{"content"}}}
	for i := range 20 {
		key := fmt.Sprint("/", i%7)
		e, _ := get(t, c, key, page.render)
		serve(e, "Accept-Encoding", "br, gzip")
		serve(e, "Accept-Encoding", "gzip")
		c.Move("content")
	}
	page.err.Store(errors.New("gone"))
	for i := range 7 {
		_, _, _ = c.Get(t.Context(), fmt.Sprint("/", i), nil, page.render)
	}
	if c.Bytes() != 0 || c.Len() != 0 {
		t.Errorf("an empty cache holds %d bytes in %d pages", c.Bytes(), c.Len())
	}
}

func TestCodings(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                            "",
		"identity":                    "",
		"gzip":                        "gzip",
		"br":                          "br",
		"gzip, deflate, br, zstd":     "br",
		"GZIP;q=0.5":                  "gzip",
		"br;q=0, gzip":                "gzip",
		"br;q=0.0,gzip;q=0":           "",
		"*":                           "br",
		"*;q=0":                       "",
		"br;q=0, *;q=0.1":             "gzip",
		"gzip;q=1.0, br;q=0.2":        "br",
		"brotli, gzipped":             "",
		"gzip;q=nonsense":             "",
		" br ; q=1 , identity ; q=0 ": "br",
	} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			c, _ := newTestCache(t, nil)
			page := &counted{}
			e, _ := get(t, c, "/", page.render)
			r := serve(e, "Accept-Encoding", header)
			if got := r.Header.Get("Content-Encoding"); got != want {
				t.Fatalf("coding %q, want %q", got, want)
			}
			if r.Header.Get("Vary") != "Accept-Encoding" {
				t.Error("no Vary")
			}
			raw := body(t, r)
			if r.Header.Get("Content-Length") != fmt.Sprint(len(raw)) {
				t.Errorf("Content-Length %s, body %d", r.Header.Get("Content-Length"), len(raw))
			}
			if plain := decoded(t, want, raw); !strings.HasPrefix(plain, "render 1 ") {
				t.Errorf("body is %.20q", plain)
			}
		})
	}
}

func decoded(t *testing.T, coding, raw string) string {
	t.Helper()
	var from io.Reader = strings.NewReader(raw)
	switch coding {
	case "br":
		from = brotli.NewReader(from)
	case "gzip":
		unzipped, err := gzip.NewReader(from)
		if err != nil {
			t.Fatal(err)
		}
		from = unzipped
	}
	plain, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func TestETagsDifferPerCodingAndGive304(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	page := &counted{}
	e, _ := get(t, c, "/", page.render)
	seen := map[string]string{}
	for _, coding := range []string{"identity", "gzip", "br"} {
		etag := serve(e, "Accept-Encoding", coding).Header.Get("Etag")
		if other, twice := seen[etag]; twice || !strings.HasPrefix(etag, `"`) {
			t.Errorf("%s and %s share the ETag %s, or it is weak", coding, other, etag)
		}
		seen[etag] = coding
		for _, asked := range []string{etag, `"other", ` + etag, "W/" + etag, "*"} {
			r := serve(e, "Accept-Encoding", coding, "If-None-Match", asked)
			if r.StatusCode != http.StatusNotModified || body(t, r) != "" || r.Header.Get("Etag") != etag {
				t.Errorf("%s, If-None-Match %s: %d with ETag %s", coding, asked, r.StatusCode, r.Header.Get("Etag"))
			}
		}
	}
	for etag, coding := range seen {
		for _, other := range []string{"identity", "gzip", "br"} {
			r := serve(e, "Accept-Encoding", other, "If-None-Match", etag)
			if other != coding && r.StatusCode != http.StatusOK {
				t.Errorf("the ETag of %s gives %d for %s", coding, r.StatusCode, other)
			}
		}
	}
}

func TestBrotliGetsBetterInTheBackground(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, func(o *Options) { o.ImproveAfter = 10 * time.Millisecond })
	page := &counted{}
	e, _ := get(t, c, "/", page.render)
	quick := serve(e, "Accept-Encoding", "br")
	deadline := time.Now().Add(5 * time.Second)
	for {
		best := serve(e, "Accept-Encoding", "br")
		if best.Header.Get("Etag") != quick.Header.Get("Etag") {
			if got := decoded(t, "br", body(t, best)); !strings.HasPrefix(got, "render 1 ") {
				t.Errorf("the best body is %.20q", got)
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("never improved")
		}
		time.Sleep(5 * time.Millisecond)
	}
	again := serve(e, "Accept-Encoding", "br", "If-None-Match", quick.Header.Get("Etag"))
	if again.StatusCode != http.StatusNotModified || again.Header.Get("Etag") != quick.Header.Get("Etag") {
		t.Errorf("who has the quick body gets %d with ETag %s", again.StatusCode, again.Header.Get("Etag"))
	}
}

func TestAPageAskedForOnceIsNotCompressedTwice(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, func(o *Options) { o.ImproveAfter = time.Millisecond })
	page := &counted{}
	e, _ := get(t, c, "/", page.render)
	quick := serve(e, "Accept-Encoding", "br")
	time.Sleep(300 * time.Millisecond)
	if later := serve(e, "Accept-Encoding", "br"); later.Header.Get("Etag") != quick.Header.Get("Etag") {
		t.Error("it was compressed with all effort for nobody")
	}
}

// TestOnlyWhatWasAskedForIsKept asks for codings in every order: the answer is the
// same whatever it is made from, and the plain body stays only for who takes it.
func TestOnlyWhatWasAskedForIsKept(t *testing.T) {
	t.Parallel()
	all := []string{"identity", "gzip", "br"}
	in := map[string]coding{"identity": plain, "gzip": gzipped, "br": brotlied}
	c, _ := newTestCache(t, nil)
	page := &counted{}
	etags := map[string]string{}
	for i, order := range [][]string{
		{"identity", "gzip", "br"}, {"identity", "br", "gzip"}, {"gzip", "identity", "br"},
		{"gzip", "br", "identity"}, {"br", "identity", "gzip"}, {"br", "gzip", "identity"},
	} {
		page.renders.Store(0) // the same bytes under every key
		e, _ := get(t, c, fmt.Sprint("/", i), page.render)
		want := string(e.variants[plain].Load().body)
		for n, asked := range order {
			for range 2 {
				r := serve(e, "Accept-Encoding", asked)
				raw := body(t, r)
				if got := decoded(t, asked, raw); got != want || r.Header.Get("Content-Length") != fmt.Sprint(len(raw)) {
					t.Errorf("%v: %s is %d bytes, want %d; Content-Length %s", order[:n+1], asked, len(got), len(want), r.Header.Get("Content-Length"))
				}
				etag := r.Header.Get("Etag")
				if known := etags[asked]; known != "" && known != etag {
					t.Errorf("%v: %s has ETag %s, made otherwise %s", order[:n+1], asked, etag, known)
				}
				etags[asked] = etag
				if r := serve(e, "Accept-Encoding", asked, "If-None-Match", etag); r.StatusCode != http.StatusNotModified {
					t.Errorf("%v: If-None-Match answers %d", order[:n+1], r.StatusCode)
				}
			}
			for _, coding := range all {
				if got, want := e.variants[in[coding]].Load() != nil, slices.Contains(order[:n+1], coding); got != want {
					t.Errorf("after %v %s is kept: %v", order[:n+1], coding, got)
				}
			}
			c.mu.Lock()
			if e.size != e.ownSize() {
				t.Errorf("after %v %d bytes are counted for %d", order[:n+1], e.size, e.ownSize())
			}
			c.mu.Unlock()
		}
	}
}

func TestASmallPageIsNeverCompressed(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	e, _ := get(t, c, "/", func(context.Context) (Rendered, error) { return Rendered{Body: []byte("little")}, nil })
	for range 2 {
		for _, coding := range []string{"br", "gzip", "identity"} {
			if r := serve(e, "Accept-Encoding", coding); body(t, r) != "little" || r.Header.Get("Content-Encoding") != "" {
				t.Errorf("%s: coding %q", coding, r.Header.Get("Content-Encoding"))
			}
		}
	}
}

// Who takes no brotli doesn't keep those who do from the best one.
func TestAPictureIsNotCompressedAgain(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, func(o *Options) { o.ImproveAfter = time.Millisecond })
	draw := func(context.Context) (Rendered, error) {
		return Rendered{Body: []byte(strings.Repeat("picture ", 200)), ContentType: "image/png"}, nil
	}
	for range 2 * worthBest {
		e, _ := get(t, c, "/x.png", draw)
		if answer := serve(e, "Accept-Encoding", "br, gzip"); answer.Header.Get("Content-Encoding") != "" || answer.Header.Get("Etag") == "" {
			t.Fatalf("header %v", answer.Header)
		}
	}
	time.Sleep(20 * time.Millisecond)
	if e := c.Peek("/x.png"); e.variants[brotlied].Load() != nil || e.variants[gzipped].Load() != nil {
		t.Error("there is a compressed copy")
	}
}

func TestBrotliGetsBetterAfterManyOthers(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, func(o *Options) { o.ImproveAfter = time.Millisecond })
	page := &counted{}
	e, _ := get(t, c, "/", page.render)
	for range 3 * worthBest {
		serve(e, "Accept-Encoding", "gzip")
	}
	time.Sleep(20 * time.Millisecond) // whatever that set off has come to nothing
	deadline := time.Now().Add(5 * time.Second)
	for first := serve(e, "Accept-Encoding", "br"); serve(e, "Accept-Encoding", "br").Header.Get("Etag") == first.Header.Get("Etag"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never improved")
		}
	}
}

// A page that is worth the best compression while many wait for it gets it later.
func TestTooManyToImproveAtOnce(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	page := &counted{}
	e, _ := get(t, c, "/", page.render)
	c.improving.working = true // and never ends
	for range mostWaiting + 5 {
		c.improve(e)
	}
	if n := len(c.improving.waiting); n != mostWaiting {
		t.Errorf("%d pages wait", n)
	}
	if e.uses.Load() != 1 {
		t.Errorf("a page that found no room counts %d uses and is never improved", e.uses.Load())
	}
}

func TestHeaderLines(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, func(o *Options) {
		o.Header = http.Header{"X-Content-Type-Options": {"nosniff"}}
	})
	plain, counts := &counted{}, &counted{made: Rendered{Counts: true}}
	for key, want := range map[string]struct {
		page  *counted
		cache string
	}{
		"/plain":  {plain, "s-maxage=1, stale-while-revalidate=8, stale-if-error=600"},
		"/counts": {counts, "s-maxage=2, stale-while-revalidate=8, stale-if-error=600"},
	} {
		e, _ := get(t, c, key, want.page.render)
		r := serve(e)
		if got := r.Header.Get("Cache-Control"); !strings.Contains(got, want.cache) {
			t.Errorf("%s: Cache-Control %q", key, got)
		}
		if r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Content-Type") == "" {
			t.Errorf("%s: header %v", key, r.Header)
		}
	}
}

func TestHeadHasNoBody(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	page := &counted{}
	e, _ := get(t, c, "/", page.render)
	w := httptest.NewRecorder()
	e.Serve(w, httptest.NewRequest(http.MethodHead, "/", nil))
	if w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d bytes, Content-Length %s", w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

// TestServedHeadersAreNotShared changes what one answer holds and looks at the
// next: prepared lines must not be written through.
func TestServedHeadersAreNotShared(t *testing.T) {
	t.Parallel()
	c, _ := newTestCache(t, nil)
	page := &counted{}
	e, _ := get(t, c, "/", page.render)
	w := httptest.NewRecorder()
	e.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil))
	w.Header().Add("Vary", "Cookie")
	w.Header().Set("Cache-Control", "private")
	again := serve(e)
	if len(again.Header["Vary"]) != 1 || again.Header.Get("Cache-Control") == "private" {
		t.Errorf("one answer's header reached the next: %v", again.Header)
	}
}

// TestUnderFire does everything at once, for the race detector and the byte
// count.
func TestUnderFire(t *testing.T) {
	t.Parallel()
	c := New(Options{MaxBytes: 100_000, ImproveAfter: time.Millisecond, Away: func(err error) bool { return errors.Is(err, errAway) }})
	var n atomic.Int64
	render := func(context.Context) (Rendered, error) {
		i := n.Add(1)
		if i%17 == 0 {
			return Rendered{}, errAway
		}
		return Rendered{Body: bytes.Repeat([]byte(fmt.Sprint(i, " ")), 400), Tags: []string{"content"}, CountTags: []string{"pledge:x"}, Counts: true}, nil
	}
	stop := time.Now().Add(300 * time.Millisecond)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := 0; time.Now().Before(stop); i++ {
				e, _, err := c.Get(t.Context(), fmt.Sprint("/", (i*7+worker)%60), nil, render)
				if err == nil {
					serve(e, "Accept-Encoding", []string{"br", "gzip", ""}[i%3])
				}
				switch i % 50 {
				case 3:
					c.Move("content")
				case 5:
					c.Move("pledge:x")
				case 7:
					c.Reset()
				}
			}
		})
	}
	all.Wait()
	if c.Bytes() > 100_000 || c.Bytes() < 0 {
		t.Errorf("%d bytes", c.Bytes())
	}
}
