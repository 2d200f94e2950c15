package pledge

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"redress/internal/fault"
)

// Count is how far a pledge has come. It marshals as count.json.
type Count struct {
	Confirmed int64     `json:"confirmed"`
	Goal      int64     `json:"goal"`
	AsOf      time.Time `json:"as_of"`
}

// countFor is how long a count is told without asking the database.
const countFor = time.Second

// Count is the sum of the pledge's counter, at most a second old.
func (p *Pledges) Count(ctx context.Context, slug string) (Count, error) {
	if c, ok := p.counts.fresh(slug, p.opt.Now()); ok {
		return c, nil
	}
	loaded, err, _ := p.counts.flight.Do(slug, func() (any, error) {
		// The first asker may go away while others wait for the same answer.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return p.loadCount(ctx, slug)
	})
	if err != nil {
		return Count{}, err
	}
	return loaded.(Count), nil
}

func (p *Pledges) loadCount(ctx context.Context, slug string) (Count, error) {
	since := p.counts.generation(slug)
	pledge, err := p.BySlug(ctx, slug)
	if err != nil {
		return Count{}, err
	}
	now := p.opt.Now().UTC().Truncate(time.Second)
	confirmed, err := sumCounter(p.db.Read(ctx), slug)
	if err != nil {
		return Count{}, err
	}
	c := Count{Confirmed: confirmed, Goal: pledge.Goal, AsOf: now}
	p.counts.keep(slug, c, p.opt.Now(), since)
	return c, nil
}

// counts remembers what was counted last. The zero value is ready.
type counts struct {
	flight singleflight.Group
	mu     sync.Mutex
	by     map[string]kept
}

type kept struct {
	count      Count
	until      time.Time
	generation int // raised by every change, so that a sum from before it isn't kept
}

func (c *counts) fresh(slug string, now time.Time) (Count, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.by[slug]
	return k.count, now.Before(k.until)
}

func (c *counts) generation(slug string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by[slug].generation
}

func (c *counts) keep(slug string, count Count, now time.Time, since int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by[slug].generation == since {
		c.put(slug, kept{count: count, until: now.Add(countFor), generation: since})
	}
}

// forget drops what is known of a pledge. A sum that is on its way was perhaps
// taken before the change: whoever asks from now on starts another.
func (c *counts) forget(slug string) {
	c.mu.Lock()
	c.put(slug, kept{generation: c.by[slug].generation + 1})
	c.mu.Unlock()
	c.flight.Forget(slug)
}

func (c *counts) put(slug string, k kept) {
	if c.by == nil {
		c.by = map[string]kept{}
	}
	c.by[slug] = k
}

// OpenCount is Count of a pledge that can be signed now; fault.NotFound when there is none.
func (p *Pledges) OpenCount(ctx context.Context, slug string) (Count, error) {
	pledge, err := p.BySlug(ctx, slug)
	if err != nil {
		return Count{}, err
	}
	if pledge.StateAt(p.opt.Now()) != Open {
		return Count{}, fault.NotFound("pledge.unknown")
	}
	return p.Count(ctx, slug)
}
