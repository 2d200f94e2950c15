package pledge

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"redress/internal/postgres"
)

// notifyEvery is how often the other nodes hear of one pledge at most.
const notifyEvery = time.Second

// notifier tells every node which pledges' counts have moved. It never stands in
// the way of a signer: changed only remembers, one goroutine speaks.
type notifier struct {
	tell func(ctx context.Context, tag string) error
	log  *slog.Logger
	wake chan struct{}
	quit chan struct{}
	done chan struct{}

	mu    sync.Mutex
	moved map[string]bool
	shut  bool
}

func newNotifier(tell func(ctx context.Context, tag string) error, log *slog.Logger) *notifier {
	n := &notifier{
		tell:  tell,
		log:   log,
		wake:  make(chan struct{}, 1),
		quit:  make(chan struct{}),
		done:  make(chan struct{}),
		moved: map[string]bool{},
	}
	go n.run()
	return n
}

// changed remembers that a pledge's count has moved.
func (n *notifier) changed(slug string) {
	n.mu.Lock()
	n.moved[slug] = true
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// close tells what is left and stops.
func (n *notifier) close() {
	n.mu.Lock()
	first := !n.shut
	n.shut = true
	n.mu.Unlock()
	if first {
		close(n.quit)
	}
	<-n.done
}

func (n *notifier) run() {
	defer close(n.done)
	told := map[string]time.Time{}
	var later <-chan time.Time
	for {
		select {
		case <-n.quit:
			for _, slug := range n.due(nil, time.Time{}) {
				n.say(slug)
			}
			return
		case <-n.wake:
		case <-later:
		}
		now := time.Now()
		for _, slug := range n.due(told, now) {
			told[slug] = now // also when it fails: it is tried again in a second
			n.say(slug)
		}
		later = n.next(told, now)
	}
}

// due takes the pledges that may be told now; told nil means all.
func (n *notifier) due(told map[string]time.Time, now time.Time) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var slugs []string
	for slug := range n.moved {
		if told == nil || now.Sub(told[slug]) >= notifyEvery {
			slugs = append(slugs, slug)
			delete(n.moved, slug)
		}
	}
	return slugs
}

// next fires when a pledge that had to wait may be told; nil: none waits.
func (n *notifier) next(told map[string]time.Time, now time.Time) <-chan time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.moved) == 0 {
		return nil
	}
	wait := notifyEvery
	for slug := range n.moved {
		wait = min(wait, max(0, notifyEvery-now.Sub(told[slug])))
	}
	return time.After(wait)
}

// say tells one pledge. When that fails it stays moved.
func (n *notifier) say(slug string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := n.tell(ctx, Tag(slug))
	if err == nil {
		return
	}
	n.log.Warn("other nodes not told of a count", "pledge", slug, "fault", postgres.Describe(err))
	n.mu.Lock()
	n.moved[slug] = true
	n.mu.Unlock()
}
