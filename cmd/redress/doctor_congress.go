package main

import (
	"context"
	"log/slog"
	"time"

	"redress/internal/config"
)

// congress asks the services of Congress which offices take part, as the site
// does every hour.
func (e *examination) congress(ctx context.Context, c *config.Config) {
	client, err := newCongress(c, slog.New(slog.DiscardHandler))
	if err != nil {
		e.bad("%v", err)
		return
	}
	if client == nil {
		e.note("no key for Congress's own mail system is set: letters to Congress are laid ready for their writers")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	failed := client.Refresh(ctx)
	for _, s := range client.States(time.Now()) {
		switch {
		case !s.Configured:
			e.note("the %s's mail system has no key", s.Chamber)
		case s.Offices == 0:
			e.bad("the %s's mail system doesn't say which offices take part: %v", s.Chamber, failed)
		default:
			e.good("%d offices take part in the %s's mail system", s.Offices, s.Chamber)
		}
		if s.Configured && !s.Closed.IsZero() {
			e.note("the %s's mail system is closed for maintenance until %s", s.Chamber, s.Closed.Format(time.DateTime))
		}
	}
	if c.CWCMode != config.CWCProduction {
		e.note("letters to Congress are only checked there: REDRESS_CWC_MODE=production sends them")
	}
}
