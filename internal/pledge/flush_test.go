package pledge

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"redress/internal/fault"
)

// press writes numbers: a negative one is at fault, 666 panics. The first batch waits
// until it is let go.
type press struct {
	mu      sync.Mutex
	batches [][]int
	let     chan struct{}
	away    bool
}

func (p *press) write(_ context.Context, batch []int) ([]int, error) {
	<-p.let
	p.mu.Lock()
	defer p.mu.Unlock()
	p.batches = append(p.batches, slices.Clone(batch))
	if p.away {
		return nil, driver.ErrBadConn
	}
	doubled := make([]int, len(batch))
	for i, n := range batch {
		if n < 0 {
			return nil, errors.New("poisoned")
		}
		if n == 666 {
			panic("maya@mail.example")
		}
		doubled[i] = 2 * n
	}
	return doubled, nil
}

// pressing runs a flusher whose first batch, one row, is being written.
func pressing(t *testing.T, waiting int, test func(t *testing.T, p *press, f *flusher[int, int], do func(ctx context.Context, n int) func() (int, error))) {
	synctest.Test(t, func(t *testing.T) {
		p := &press{let: make(chan struct{})}
		f := newFlusher(waiting, p.write)
		do := func(ctx context.Context, n int) func() (int, error) {
			var got int
			var err error
			done := make(chan struct{})
			go func() { defer close(done); got, err = f.do(ctx, n) }()
			synctest.Wait()
			return func() (int, error) { <-done; return got, err }
		}
		first := do(context.Background(), 1)
		test(t, p, f, do)
		if n, err := first(); n != 2 || err != nil {
			t.Errorf("the first: %d, %v", n, err)
		}
		f.close()
		f.close() // twice is once
	})
}

type doing = func(ctx context.Context, n int) func() (int, error)

func TestWhoComesWhileOneCommitsIsWrittenTogether(t *testing.T) {
	pressing(t, 1000, func(t *testing.T, p *press, _ *flusher[int, int], do doing) {
		var answers []func() (int, error)
		for n := range flushMost + 5 {
			answers = append(answers, do(context.Background(), n))
		}
		close(p.let)
		for n, answer := range answers {
			if got, err := answer(); got != 2*n || err != nil {
				t.Fatalf("%d: %d, %v", n, got, err)
			}
		}
		if len(p.batches) != 3 || len(p.batches[0]) != 1 || len(p.batches[1]) != flushMost || len(p.batches[2]) != 5 {
			t.Errorf("%d batches", len(p.batches))
		}
	})
}

func TestAFullQueueAsksToComeBack(t *testing.T) {
	pressing(t, 2, func(t *testing.T, p *press, _ *flusher[int, int], do doing) {
		two, three := do(context.Background(), 2), do(context.Background(), 3)
		_, err := do(context.Background(), 4)()
		if f, ok := fault.As(err); !ok || f.Kind != fault.KindUnavailable || f.Key != "pledge.crowded" || f.RetryAfter != crowdedFor {
			t.Errorf("error is %v", err)
		}
		close(p.let)
		for _, answer := range []func() (int, error){two, three} {
			if _, err := answer(); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestARowAtFaultFailsAlone(t *testing.T) {
	pressing(t, 100, func(t *testing.T, p *press, _ *flusher[int, int], do doing) {
		var answers []func() (int, error)
		rows := []int{2, -3, 4, 666, 5}
		for _, n := range rows {
			answers = append(answers, do(context.Background(), n))
		}
		close(p.let)
		for i, answer := range answers {
			got, err := answer()
			switch n := rows[i]; {
			case n == 666 && !errors.Is(err, errPanicked), n < 0 && err == nil:
				t.Errorf("%d: %v", n, err)
			case n > 0 && n != 666 && (err != nil || got != 2*n):
				t.Errorf("%d: %d, %v", n, got, err)
			}
		}
	})
}

func TestADatabaseThatIsAwayIsAskedOnce(t *testing.T) {
	pressing(t, 100, func(t *testing.T, p *press, f *flusher[int, int], do doing) {
		close(p.let)
		synctest.Wait()
		p.let, p.away = make(chan struct{}), true
		two := do(context.Background(), 2)
		three, four := do(context.Background(), 3), do(context.Background(), 4)
		close(p.let)
		for _, answer := range []func() (int, error){two, three, four} {
			if _, err := answer(); !errors.Is(err, driver.ErrBadConn) {
				t.Errorf("error is %v", err)
			}
		}
		if len(p.batches) != 3 {
			t.Errorf("it was asked for %v", p.batches)
		}
	})
}

func TestWhoLeavesHarmsNobody(t *testing.T) {
	pressing(t, 100, func(t *testing.T, p *press, _ *flusher[int, int], do doing) {
		ctx, leave := context.WithCancel(context.Background())
		two, three := do(ctx, 2), do(context.Background(), 3)
		leave()
		if _, err := two(); !errors.Is(err, context.Canceled) {
			t.Errorf("who left: %v", err)
		}
		if _, err := do(ctx, 4)(); !errors.Is(err, context.Canceled) {
			t.Errorf("who had left: %v", err)
		}
		close(p.let)
		if got, err := three(); got != 6 || err != nil {
			t.Errorf("who stayed: %d, %v", got, err)
		}
		if !slices.EqualFunc(p.batches, [][]int{{1}, {3}}, slices.Equal) {
			t.Errorf("written: %v", p.batches)
		}
	})
}

func TestStoppingWritesWhoWaits(t *testing.T) {
	pressing(t, 100, func(t *testing.T, p *press, f *flusher[int, int], do doing) {
		two := do(context.Background(), 2)
		go f.close()
		synctest.Wait()
		_, err := do(context.Background(), 3)()
		if f, ok := fault.As(err); !ok || f.Key != "pledge.stopping" {
			t.Errorf("who comes later: %v", err)
		}
		close(p.let)
		if got, err := two(); got != 4 || err != nil {
			t.Errorf("who waited: %d, %v", got, err)
		}
	})
}

// Nobody waits for company: one who comes alone is written at once.
func TestWhoComesAloneWaitsForNobody(t *testing.T) {
	pressing(t, 100, func(t *testing.T, p *press, _ *flusher[int, int], do doing) {
		close(p.let)
		begun := time.Now()
		if _, err := do(context.Background(), 2)(); err != nil || time.Since(begun) != 0 {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
	})
}

func TestLayersKeepAMailboxsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		boxes := rapid.SliceOfN(rapid.Int64Range(0, 5), 0, 30).Draw(t, "boxes")
		last, seen := map[int64]int{}, 0
		for _, layer := range layers(boxes, func(b int64) int64 { return b }) {
			here := map[int64]bool{}
			for _, at := range layer {
				seen++
				before, ever := last[boxes[at]]
				if here[boxes[at]] || ever && before > at {
					t.Fatalf("%v: layer %v", boxes, layer)
				}
				here[boxes[at]], last[boxes[at]] = true, at
			}
		}
		if seen != len(boxes) {
			t.Fatalf("%d of %d", seen, len(boxes))
		}
	})
}
