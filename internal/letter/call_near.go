package letter

import (
	"context"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/seal"
)

// Nearby are officials' offices by official, those near a place first.
type Nearby map[string]NearOffices

// NearOffices are the offices of one official. Sure tells that they stand in the
// order of their distance; without it they stand as the official lists them, or as
// a rough guess has them.
type NearOffices struct {
	Offices []civics.Office
	Sure    bool
}

// Near puts the offices of everybody in an answer in the order of their distance
// from its place, as far as that can be told.
func Near(atlas *civics.Atlas, at civics.Answer) Nearby {
	near := make(Nearby, len(at.Officials))
	for _, o := range at.Officials {
		if at.Lat != 0 || at.Lon != 0 {
			near[o.ID] = NearOffices{atlas.Nearest(at.Lat, at.Lon, o.Offices), true}
			continue
		}
		offices, sure := atlas.NearestToZIP(at.Zip, o.Offices)
		near[o.ID] = NearOffices{offices, sure}
	}
	return near
}

// NearWriter does so for the officials of a message and the ZIP code of its
// writer, which it doesn't tell. An expired or unknown token is a fault, as with
// Receipt.
func (l *Letters) NearWriter(ctx context.Context, token string) (Nearby, error) {
	m, err := l.messageFor(ctx, token, seal.Receipt)
	if err != nil {
		return nil, err
	}
	deliveries, err := deliveriesOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return nil, err
	}
	var at civics.Answer
	for _, d := range deliveries {
		if o, known := l.atlas.Official(d.OfficialID); known {
			at.Officials = append(at.Officials, o)
		}
	}
	writer, err := l.openPerson(ctx, m)
	if err != nil && fault.KindOf(err) != fault.KindNotFound { // erased a moment ago: nothing is near then
		return nil, err
	}
	at.Zip = writer.zip
	return Near(l.atlas, at), nil
}
