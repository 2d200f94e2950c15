package pledge

import "context"

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
