package pledge

import (
	"context"
	"time"

	"redress/internal/postgres"
)

// watchEvery is how often a node looks at the counters itself.
const watchEvery = time.Second

// Watch looks at the counters once a second and calls moved with the Tag of every
// pledge whose count isn't what it was, until ctx ends; run it in a goroutine.
//
// Nodes tell each other of new counts, but a node that was killed after a commit
// tells nobody, and a connection can be dead for a while before it is known to be.
// Counts are live all the same: at most two seconds old, with the second for which
// pages with counts are kept.
func (p *Pledges) Watch(ctx context.Context, moved func(tag string)) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var known map[string]int64
	for {
		sums, err := p.look(ctx)
		switch {
		case err == nil:
			for slug, sum := range sums {
				if was, seen := known[slug]; known != nil && (!seen || was != sum) {
					p.counts.forget(slug)
					moved(Tag(slug))
				}
			}
			known = sums
		case ctx.Err() == nil:
			p.opt.Log.Debug("counters not looked at", "fault", postgres.Describe(err)) // whoever asks for a page hears of it
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (p *Pledges) look(ctx context.Context) (map[string]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return sumCounters(p.db.Read(ctx))
}
