package civics

import (
	"context"

	"redress/internal/fault"
)

// ByPoint answers for a point, such as where a visitor's browser says they are.
func (a *Atlas) ByPoint(ctx context.Context, lat, lon float64) (Answer, error) {
	// No comparison holds for a NaN, so it is refused too.
	if !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) {
		return Answer{}, fault.Invalid("civics.point.invalid", fault.Field{Name: "lat", Key: "civics.point.invalid"})
	}
	if a.geocoder == nil {
		return Answer{}, fault.Unavailable("civics.geocoder.down", nil)
	}
	found, err := a.geocoder.Point(ctx, CurrentCongress, lat, lon)
	if err != nil {
		return Answer{}, err
	}
	return a.at(found)
}

// at answers for a place. What the geocoder didn't say falls back on the ZIP
// code's table, where one district is sure and several are candidates.
func (a *Atlas) at(found Place) (Answer, error) {
	p, known := placeByCode[found.State]
	if !known {
		return Answer{}, fault.NotFound("civics.address.no_match")
	}
	x, now := a.current()
	q := question{index: x, now: now, answer: Answer{
		Zip: found.Zip, State: p.code, Confidence: ConfidenceAddress,
		Place: joinNonEmpty(", ", found.City, p.code),
	}}
	q.whole([]string{p.code})
	near := x.nearby(found.Zip, p.code)
	congressional, knownDistrict := x.byID[congressionalID(p, found.District)]
	switch {
	case !p.voting():
		q.choose(House, x.find(congressionalID(p, "0")), false)
	case found.District != "" && found.Congress == CurrentCongress && knownDistrict:
		q.choose(House, []int32{congressional}, false)
	default:
		q.miss(MissingCongress)
		q.choose(House, near[House], false)
	}
	upper := q.legislative(p, Upper, found.Upper, near[Upper])
	lower := q.legislative(p, Lower, found.Lower, near[Lower])
	q.limits(p, upper, lower)
	q.overlays(p.code)
	return q.done(), nil
}

// legislative answers for one chamber of a state's legislature.
func (q *question) legislative(p place, chamber Chamber, code string, near []int32) []int32 {
	if chamber == Lower && p.lower == "" {
		return nil
	}
	divisions := near
	if code != "" {
		divisions = nil
		if i, known := q.index.byCode[districtCode{p.code, chamber, code}]; known {
			divisions = []int32{i}
		} else if p.kind != kindState {
			// The District's wards and Puerto Rico's districts are in no ZIP table; their
			// numbers are their names.
			divisions = q.index.find(legislativeID(p, chamber, code))
		}
	} else if len(near) > 1 {
		q.miss(MissingStateZipOnly)
	}
	q.choose(chamber, divisions, false)
	return divisions
}

func (x *index) find(id string) []int32 {
	if i, known := x.byID[id]; known {
		return []int32{i}
	}
	return nil
}

// nearby lists a ZIP code's divisions in one state, by chamber.
func (x *index) nearby(zip, state string) map[Chamber][]int32 {
	near := map[Chamber][]int32{}
	if !zipCode.MatchString(zip) {
		return near
	}
	for _, i := range x.zip(zipNumber(zip)) {
		if d := x.divisions[i]; d.State == state {
			near[d.Chamber] = append(near[d.Chamber], i)
		}
	}
	return near
}
