package pledge

import (
	"context"
	"time"
)

// Name is someone who agreed to be shown: first name and state, by day.
type Name struct {
	GivenName string
	StateCode string    // empty: unknown
	On        time.Time // the day in the center's time zone
}

// Latest are the newest of those who agreed to be shown, none when the pledge
// doesn't show names. It opens sealed names, so it is for pages that are kept
// once rendered.
func (p *Pledges) Latest(ctx context.Context, pledge Pledge, limit int) ([]Name, error) {
	if !pledge.ShowsNames || limit <= 0 {
		return nil, nil
	}
	rows, err := latestShown(p.db.Read(ctx), pledge.IssueSlug, limit)
	if err != nil {
		return nil, err
	}
	names := make([]Name, 0, len(rows))
	for _, r := range rows {
		given, err := p.box.Open(r.GivenName, personPlace("given_name", r.ID))
		if err != nil {
			return nil, err
		}
		y, m, d := r.ConfirmedAt.In(p.opt.Zone).Date()
		names = append(names, Name{GivenName: given, StateCode: r.StateCode, On: time.Date(y, m, d, 0, 0, 0, 0, p.opt.Zone)})
	}
	return names, nil
}
