package pledge

import (
	"context"
	"errors"
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

// Audit recounts, and compares the results with the counters. It logs every counter
// that doesn't say what the rows say and every pledge whose results don't add up
// to it. There must be none; Drifted and ResultsDrifted tell what it found.
func (p *Pledges) Audit(ctx context.Context) error {
	return errors.Join(p.auditCounters(ctx), p.auditResults(ctx)) // one that can't be read hides nothing of the other
}

func (p *Pledges) auditCounters(ctx context.Context) error {
	drift, err := p.Recount(ctx)
	if err != nil {
		return err
	}
	var off uint64
	for _, d := range drift {
		off += apart(d.Confirmed-d.Erased, d.Rows)
		p.opt.Log.Error("a count has drifted from its signatures", "pledge", d.Pledge, "slot", d.Slot,
			"confirmed", d.Confirmed, "erased", d.Erased, "rows", d.Rows)
	}
	p.drift.found(off)
	p.opt.Log.Info("recounted the signatures", "counters_off", len(drift))
	return nil
}

func (p *Pledges) auditResults(ctx context.Context) error {
	drift, err := p.RecountResults(ctx)
	if err != nil {
		return err
	}
	var off uint64
	for _, d := range drift {
		off += d.off()
		p.opt.Log.Error("results have drifted from their count", "pledge", d.Pledge,
			"counted", d.Counted, "days", d.Days, "states", d.States, "zips", d.Zips)
	}
	p.resultsDrift.found(off)
	p.opt.Log.Info("recounted the results", "pledges_off", len(drift))
	return nil
}

// Drifted is how many signatures the counters are off by, as the last audit on
// this node found; audited is false before the first.
func (p *Pledges) Drifted() (signatures uint64, audited bool) { return p.drift.last() }

// ResultsDrifted is how many signatures the results are off by, each pledge's by
// its furthest table, as the last audit on this node found; audited is false
// before the first.
func (p *Pledges) ResultsDrifted() (signatures uint64, audited bool) { return p.resultsDrift.last() }

// drift is what the last audit found. The zero value is ready.
type drift struct {
	signatures atomic.Uint64
	audited    atomic.Bool
}

func (d *drift) found(signatures uint64) {
	d.signatures.Store(signatures)
	d.audited.Store(true)
}

func (d *drift) last() (signatures uint64, audited bool) {
	return d.signatures.Load(), d.audited.Load()
}

// apart is how far two counts are from each other.
func apart(a, b int64) uint64 { return uint64(max(a, b) - min(a, b)) }
