package pledge

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"redress/internal/i18n"
)

// readFor is how long a pledge is taken for what it was, unless a change is
// heard of sooner. Content is live within a second.
const readFor = time.Second

// recent is BySlug for the one who signs: a row read a moment ago will do, so that
// thousands who sign in one second don't all read it.
func (p *Pledges) recent(ctx context.Context, slug string) (Pledge, error) {
	key := pledgeKey{slug, i18n.Lang(ctx)}
	pledge, since, ok := p.read.known(key, p.opt.Now())
	if ok {
		return pledge, nil
	}
	loaded, err, _ := p.read.flight.Do(key.lang+" "+key.slug, func() (any, error) {
		// The first asker may go away while others wait for the same answer.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		begun := p.opt.Now()
		pledge, err := p.bySlug(ctx, key.slug, key.lang)
		if err == nil {
			p.read.keep(key, pledge, begun.Add(readFor), since)
		}
		return pledge, err
	})
	return loaded.(Pledge), err
}

// lately are pledges read a moment ago. The zero value is ready.
type lately struct {
	flight singleflight.Group
	mu     sync.RWMutex
	by     map[pledgeKey]lastRead
	since  int // raised by every change, so that what was read before it isn't kept
}

type pledgeKey struct{ slug, lang string }

type lastRead struct {
	pledge Pledge
	until  time.Time
}

func (l *lately) known(key pledgeKey, now time.Time) (pledge Pledge, since int, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	last := l.by[key]
	return last.pledge, l.since, now.Before(last.until)
}

// keep remembers a pledge that is there: unknown slugs are without number.
func (l *lately) keep(key pledgeKey, pledge Pledge, until time.Time, since int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.since != since {
		return
	}
	if l.by == nil {
		l.by = map[pledgeKey]lastRead{}
	}
	l.by[key] = lastRead{pledge, until}
}

func (l *lately) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since++
	clear(l.by)
}
