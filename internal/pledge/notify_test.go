package pledge

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type told struct {
	tag string
	at  time.Duration
}

func withNotifier(t *testing.T, fail func(time.Duration) error, test func(n *notifier, heard func() []told)) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var all []told
		start := time.Now()
		n := newNotifier(func(_ context.Context, tag string) error {
			at := time.Since(start)
			if err := fail(at); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, told{tag, at})
			return nil
		}, slog.New(slog.NewTextHandler(io.Discard, nil)))
		test(n, func() []told {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(all)
		})
		n.close()
	})
}

func never(time.Duration) error { return nil }

func TestNodesHearOfAPledgeOnceASecondAtMost(t *testing.T) {
	withNotifier(t, never, func(n *notifier, heard func() []told) {
		for range 2500 { // 2.5 seconds of signers
			n.changed("a")
			time.Sleep(time.Millisecond)
		}
		n.changed("b") // another pledge waits for nobody
		time.Sleep(5 * time.Second)
		n.changed("a") // after a rest at once
		synctest.Wait()
		want := []told{{"pledge:a", 0}, {"pledge:a", time.Second}, {"pledge:a", 2 * time.Second}, {"pledge:b", 2500 * time.Millisecond},
			{"pledge:a", 3 * time.Second}, {"pledge:a", 7500 * time.Millisecond}}
		if !slices.Equal(heard(), want) {
			t.Errorf("told %v", heard())
		}
	})
}

func TestWhatCouldNotBeToldIsToldLater(t *testing.T) {
	away := func(at time.Duration) error {
		if at < 3*time.Second {
			return errors.New("away")
		}
		return nil
	}
	withNotifier(t, away, func(n *notifier, heard func() []told) {
		n.changed("a")
		time.Sleep(10 * time.Second)
		if want := []told{{"pledge:a", 3 * time.Second}}; !slices.Equal(heard(), want) {
			t.Errorf("told %v", heard())
		}
	})
}

func TestCloseTellsWhatWaits(t *testing.T) {
	withNotifier(t, never, func(n *notifier, heard func() []told) {
		n.changed("a")
		synctest.Wait()
		n.changed("a")
		n.close()
		n.close() // twice is once
		if len(heard()) != 2 {
			t.Errorf("told %v", heard())
		}
		n.changed("a") // too late, and it must not block
	})
}
