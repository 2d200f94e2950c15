//go:build !race

package pagecache

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"testing"
)

// TestTheBoundIsTheMemory fills a cache with many more pages than it may hold
// and asks the runtime what they take: what is counted must be what is used.
// It doesn't run beside other tests, which would be counted too, nor under the
// race detector, which keeps books of its own.
func TestTheBoundIsTheMemory(t *testing.T) { //nolint:paralleltest // measures the heap
	for name, page := range map[string]struct {
		limit       int64
		text, pages int
		codings     []string
	}{
		"pages in brotli":       {limit: DefaultMaxBytes, text: 12_000, pages: 30_000, codings: []string{"br"}},
		"pages in every coding": {limit: 8 << 20, text: 12_000, pages: 2_000, codings: []string{"br", "gzip", "identity"}},
		"pages nobody got":      {limit: 8 << 20, text: 12_000, pages: 2_000},
		"small pages":           {limit: 8 << 20, text: 60, pages: 20_000, codings: []string{"identity"}},
	} {
		t.Run(name, func(t *testing.T) {
			bodies := make([][]byte, 64)
			random := rand.New(rand.NewPCG(1, 2))
			for i := range bodies {
				for len(bodies[i]) < page.text {
					bodies[i] = fmt.Appendf(bodies[i], `<li><a href="/officials/openstates:%x">Name %d</a></li>`, random.Uint64(), random.IntN(100))
				}
			}
			c := New(Options{MaxBytes: page.limit})
			before := heap()
			for i := range page.pages {
				e, _ := get(t, c, fmt.Sprintf("/representatives?zip=%05d", i), func(context.Context) (Rendered, error) {
					return Rendered{
						Body:        append([]byte(nil), bodies[i%len(bodies)]...),
						ContentType: "text/html; charset=utf-8",
						Tags:        append([]string(nil), "content", "civics"),
					}, nil
				})
				for _, coding := range page.codings {
					if r := serve(e, "Accept-Encoding", coding); r.StatusCode != http.StatusOK {
						t.Fatal(r.Status)
					}
				}
			}
			grown := heap() - before
			counted := c.Bytes()
			t.Logf("%d pages: counted %.1f MB, the heap grew by %.1f MB: %d bytes each, counted %d", c.Len(),
				float64(counted)/(1<<20), float64(grown)/(1<<20), grown/int64(c.Len()), counted/int64(c.Len()))
			if counted > page.limit || counted < page.limit*9/10 {
				t.Errorf("counted %d bytes in a full cache of %d", counted, page.limit)
			}
			if grown > page.limit*11/10 || grown < page.limit*8/10 {
				t.Errorf("the heap grew by %d bytes for a cache of %d", grown, page.limit)
			}
			runtime.KeepAlive(c)
		})
	}
}

// heap is how many bytes of the heap are in use after collecting the rest. Pools
// are emptied by the second collection.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
