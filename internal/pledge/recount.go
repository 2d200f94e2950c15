package pledge

import (
	"context"
	"math"
	"sync/atomic"
)

// Drift is a counter that doesn't say what the rows say.
type Drift struct {
	Pledge    string
	Slot      int16
	Confirmed int64 // what the counter says
	Erased    int64 // of these, rows deleted on purpose
	Rows      int64 // confirmed signatures that are there
}

// Recount compares every counter with the signatures it counts, in one
// snapshot, and changes nothing. It reads all signatures: for audits, never for
// a page.
func (p *Pledges) Recount(ctx context.Context) ([]Drift, error) {
	return drifts(ctx, p.db)
}

// Audit recounts and logs every counter that doesn't say what the rows say. There
// must be none; Drifted tells what it found.
func (p *Pledges) Audit(ctx context.Context) error {
	drift, err := p.Recount(ctx)
	if err != nil {
		return err
	}
	var off uint64
	for _, d := range drift {
		off += uint64(math.Abs(float64(d.Confirmed - d.Erased - d.Rows)))
		p.opt.Log.Error("a count has drifted from its signatures", "pledge", d.Pledge, "slot", d.Slot,
			"confirmed", d.Confirmed, "erased", d.Erased, "rows", d.Rows)
	}
	p.drift.found(off)
	p.opt.Log.Info("recounted the signatures", "counters_off", len(drift))
	return nil
}

// Drifted is how many signatures the counters are off by, as the last audit on
// this node found; audited is false before the first.
func (p *Pledges) Drifted() (signatures uint64, audited bool) {
	return p.drift.signatures.Load(), p.drift.audited.Load()
}

// drift is what the last audit found. The zero value is ready.
type drift struct {
	signatures atomic.Uint64
	audited    atomic.Bool
}

func (d *drift) found(signatures uint64) {
	d.signatures.Store(signatures)
	d.audited.Store(true)
}
