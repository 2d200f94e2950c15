package newsletter

import (
	"context"
	"time"
)

// pendingKept is how long a subscription or a change waits for its mailbox, from when it was made. No link to confirm it holds
// longer.
const pendingKept = 14 * 24 * time.Hour

const portion = 1000

// Keep does what is due by the calendar: it deletes what was never confirmed, and brings back those whose pause is over. An ended
// subscription has no address any more; its row stays as proof until it is erased.
func (n *Newsletter) Keep(ctx context.Context) error {
	if err := resume(n.db.Read(ctx), n.today()); err != nil {
		return err
	}
	before := n.now().Add(-pendingKept)
	for ctx.Err() == nil {
		if deleted, err := deletePending(n.db.Read(ctx), before, portion); err != nil || deleted < portion {
			return err
		}
	}
	return ctx.Err()
}

// Count is how many subscriptions are in a state, by rhythm.
type Count struct {
	State  string
	Rhythm string
	Count  int64
}

// Counts counts subscriptions.
func (n *Newsletter) Counts(ctx context.Context) ([]Count, error) { return counts(n.db.Read(ctx)) }
