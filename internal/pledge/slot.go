package pledge

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

const (
	// counterSlots is over how many rows a pledge's count can be spread.
	counterSlots = 16

	slotHeldFor = 15 * time.Minute
	slotRenewed = 5 * time.Minute // how long before its end a lease is renewed
)

// counterSlot is the part of every count in which this node counts, so that nodes
// don't wait for each other's rows. Counting is right also where two share one,
// so no lease is ever waited for: while the database gives none, or has more
// nodes than slots, one is taken by the node's id. Only the one goroutine that
// writes confirmations uses it.
type counterSlot struct {
	db   *postgres.DB
	log  *slog.Logger
	node uuid.UUID
	slot int16
	till time.Time // when to look again
	held bool
}

func newCounterSlot(db *postgres.DB, log *slog.Logger) *counterSlot {
	node := uuid.New()
	return &counterSlot{db: db, log: log, node: node, slot: int16(node[0] % counterSlots)}
}

func (c *counterSlot) current(ctx context.Context, now time.Time) int16 {
	if now.Before(c.till) {
		return c.slot
	}
	until := now.Add(slotHeldFor)
	slot, ok, err := holdSlot(ctx, c.db, c.node, now, until)
	switch {
	case err != nil:
		c.log.Warn("no slot to count in; sharing one", "fault", postgres.Describe(err))
		c.till = now.Add(time.Second)
	case !ok: // another node was faster, or there are more nodes than slots
		c.till = now.Add(time.Second)
	default:
		c.slot, c.held, c.till = slot, true, until.Add(-slotRenewed)
	}
	return c.slot
}

// free gives the slot back, if there is time.
func (c *counterSlot) free() {
	if !c.held {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = freeSlot(ctx, c.db, c.node) // else its lease ends by itself
	c.held = false
}
