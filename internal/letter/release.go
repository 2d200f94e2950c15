package letter

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// Released is what became of letters that were held.
type Released struct {
	Sent int          // on their way again
	Stay map[Hold]int // still held, by reason
}

func (r *Released) stays(why Hold) {
	if r.Stay == nil {
		r.Stay = map[Hold]int{}
	}
	r.Stay[why]++
}

// Recheck looks again at the letters that wait for newer data. Those whose office
// is known from data young enough now, at the address that they have, go on by
// themselves; what else stands in their way is noted as their reason. While
// delivery isn't live nothing is touched: what waits would be captured.
func (l *Letters) Recheck(ctx context.Context) (Released, error) {
	if !l.live {
		return Released{}, nil
	}
	ids, err := heldDeliveries(ctx, l.db.Read(ctx), HoldOldData, "")
	if err != nil {
		return Released{}, err
	}
	return l.look(ctx, ids, func(d Delivery) (Hold, *release) {
		return l.leaving(d), &release{}
	})
}

// ReleaseOldData sends the letters on that wait only because the data is old: the
// operator says that the addresses were checked. Who has left meanwhile, or is
// marked, stays.
func (l *Letters) ReleaseOldData(ctx context.Context) (Released, error) {
	ids, err := heldDeliveries(ctx, l.db.Read(ctx), HoldOldData, "")
	if err != nil {
		return Released{}, err
	}
	return l.checked(ctx, ids, false)
}

// ReleaseOfficial sends on what waits for one official, whatever for: the
// operator says that they hold the office and that the address published now is
// theirs. A letter that was written to another address goes to that one. While
// the official is marked, or isn't listed any more, all stays.
func (l *Letters) ReleaseOfficial(ctx context.Context, official string) (Released, error) {
	ids, err := heldDeliveries(ctx, l.db.Read(ctx), HoldNone, official)
	if err != nil {
		return Released{}, err
	}
	return l.checked(ctx, ids, true)
}

// checked releases letters whose age the operator has looked past. readdress
// takes an address that was published since.
func (l *Letters) checked(ctx context.Context, ids []uuid.UUID, readdress bool) (Released, error) {
	now := l.now().UTC()
	return l.look(ctx, ids, func(d Delivery) (Hold, *release) {
		d.CheckedAt = &now
		why, to := l.holdFor(d), l.published(d)
		if why == HoldNone && (to == "" || to != d.SentTo && !readdress) {
			why = HoldAddress
		}
		return why, &release{sentTo: to, checkedAt: &now}
	})
}

// look takes held deliveries one by one, each in its own transaction: it releases
// those for which judge finds no reason, and notes the reason of the others.
func (l *Letters) look(ctx context.Context, ids []uuid.UUID, judge func(Delivery) (Hold, *release)) (Released, error) {
	var r Released
	for _, id := range ids {
		var why Hold
		var moved bool
		err := l.db.InTx(ctx, func(tx *postgres.Tx) error {
			d, held, err := lockHeld(ctx, tx, id)
			if err != nil || !held {
				moved, why = false, HoldNone
				return err
			}
			var on *release
			if why, on = judge(d); why != HoldNone {
				return l.keepHeld(ctx, tx, d, why)
			}
			moved, err = l.sendOn(ctx, tx, d, on)
			return err
		})
		switch {
		case err != nil:
			return r, err
		case why != HoldNone:
			r.stays(why)
		case moved:
			r.Sent++
		}
	}
	return r, nil
}

func (l *Letters) keepHeld(ctx context.Context, tx *postgres.Tx, d Delivery, why Hold) error {
	if d.HeldFor == why {
		return nil
	}
	_, err := step(ctx, tx, move{delivery: d.ID, to: Held, why: why, at: l.now().UTC()})
	return err
}

// sendOn queues another mail for a held delivery. The one before was dropped or
// will be, since it no longer carries the letter.
func (l *Letters) sendOn(ctx context.Context, tx *postgres.Tx, d Delivery, on *release) (moved bool, err error) {
	on.carriedBy = newID()
	moved, err = step(ctx, tx, move{delivery: d.ID, to: Queued, at: l.now().UTC(), release: on})
	if err != nil || !moved {
		return false, err
	}
	carrier, sends := l.routes.sends(d.Channel)
	if !sends {
		return false, fmt.Errorf("a delivery by %q is held, by which nothing is sent from here", d.Channel)
	}
	row := carrier.Mail(d)
	row.ID = on.carriedBy
	return true, l.post.Queue(ctx, tx, row)
}

// Waiting counts the letters to one official that are held for one reason.
type Waiting struct {
	HeldFor      Hold
	OfficialID   string
	OfficialName string
	Letters      int
	Since        time.Time // when the first of them was held
	ErasedFrom   time.Time // when the first of them is erased, sent or not
}

// ReadWaiting counts what is held, by reason and official. It names nobody who
// wrote.
func ReadWaiting(ctx context.Context, db *postgres.DB) ([]Waiting, error) {
	return waiting(ctx, db.Read(ctx))
}
