package pledge

import "context"

// ResultDrift is a pledge whose results don't add up to its count.
type ResultDrift struct {
	Pledge  string
	Counted int64 // what its counter says
	Days    int64 // what its results by day add up to, with what waits to be gathered
	States  int64 // the same by state
	Zips    int64 // the same by ZIP code
}

// off is how many signatures the furthest of them is from the count.
func (d ResultDrift) off() uint64 {
	return max(apart(d.Days, d.Counted), apart(d.States, d.Counted), apart(d.Zips, d.Counted))
}

// RecountResults compares every pledge's results with its count, in one
// snapshot, and changes nothing: for audits. There must be no drift.
func (p *Pledges) RecountResults(ctx context.Context) ([]ResultDrift, error) {
	return resultDrifts(p.db.Read(ctx))
}
