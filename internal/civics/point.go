package civics

import (
	"context"
	"slices"

	"redress/internal/civics/boundary"
	"redress/internal/fault"
)

// Point is where a visitor's device says it is, and what the visitor agreed to.
// It is personal data: it goes into no log, error, URL or job.
type Point struct {
	Lat, Lon  float64
	Accuracy  float64 // the radius in meters within which the device is; 0: not said
	Zip       string  // the visitor's ZIP code, to list state legislators by; "" or what is none: not given
	AskCensus bool    // the visitor agreed that the Census Bureau's geocoder is asked for state districts
}

// String keeps a point out of logs that print whole values.
func (p Point) String() string { return "[point]" }

// GoString does so for %#v.
func (p Point) GoString() string { return "[point]" }

// closeBy is how near a line must be, in meters, for an answer to say so: the
// 1:500,000 map is drawn no finer.
const closeBy = 100

// farAccuracy bounds how inexact a device may be, in meters: the map looks for
// lines no farther, so beyond it nothing would be sure.
const farAccuracy = boundary.MaxReach

// ByPoint answers for a point. The congressional district comes from the map in
// memory: nobody else learns of the point. State legislators come from the
// geocoder when the visitor agreed to that, else from their ZIP code as
// candidates, else not at all, which Missing says. When the device is so inexact
// that a line runs through where it may be, the districts are candidates, and the
// geocoder, which knows no radius, isn't asked. Faults: Invalid for what is no
// point and for a device that knows only its region, NotFound outside the United States, Unavailable
// while no map of the districts in force is here.
func (a *Atlas) ByPoint(ctx context.Context, p Point) (Answer, error) {
	// No comparison holds for a NaN, so it is refused too.
	if !(p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180) {
		return Answer{}, fault.Invalid("civics.point.invalid", fault.Field{Name: "lat", Key: "civics.point.invalid"})
	}
	if p.Accuracy > farAccuracy {
		return Answer{}, fault.Invalid("civics.point.inexact", fault.Field{Name: "accuracy", Key: "civics.point.inexact"})
	}
	x := a.current()
	if x.districts == nil {
		return Answer{}, fault.Unavailable("civics.point.no_map", nil)
	}
	at, ok := x.districts.find(p.Lat, p.Lon)
	if !ok {
		return Answer{}, fault.NotFound("civics.point.outside")
	}
	if p.Accuracy <= closeBy && p.Zip == "" && !p.AskCensus {
		answer := *x.districts.answer(x, at)
		answer.Lat, answer.Lon = p.Lat, p.Lon
		answer.Close = x.districts.close(x, p.Lat, p.Lon, closeBy)
		return answer, nil
	}
	q := question{index: x, mapped: true, answer: Answer{Confidence: ConfidenceAddress, Lat: p.Lat, Lon: p.Lon}}
	q.house(at, p)
	a.legislators(ctx, &q, p)
	return q.done(), nil
}

// house answers for the districts that a point may lie in.
func (q *question) house(at int32, p Point) {
	x := q.index
	around := []int32{at}
	if p.Accuracy > closeBy {
		around = append(around, x.districts.around(p.Lat, p.Lon, p.Accuracy)...)
	} else {
		q.answer.Close = x.districts.close(x, p.Lat, p.Lon, closeBy)
	}
	q.within(around)
}

// within answers for congressional districts, of which one holds the place.
func (q *question) within(around []int32) {
	states := q.statesOf(around)
	if len(states) == 1 {
		q.answer.State, q.answer.Place = states[0], StateName(states[0])
	}
	q.whole(states)
	q.choose(House, around, len(states) > 1)
}

// statesOf lists the states of divisions, each once.
func (q *question) statesOf(divisions []int32) []string {
	var states []string
	for _, i := range divisions {
		if state := q.index.divisions[i].State; !slices.Contains(states, state) {
			states = append(states, state)
		}
	}
	return states
}

// legislators answers for the state's legislature at a point.
func (a *Atlas) legislators(ctx context.Context, q *question, p Point) {
	state := placeByCode[q.answer.State]
	switch {
	case state.capital == "":
		if state.code != "" {
			q.limits(state, nil, nil)
		} else {
			q.miss(MissingStateSeats) // on a state line: which legislature, nobody knows
		}
		return
	case p.AskCensus && p.Accuracy > closeBy:
		q.miss(MissingStateInexact)
	case p.AskCensus && a.geocoder != nil:
		found, err := a.geocoder.Point(ctx, q.index.congress, p.Lat, p.Lon)
		if err == nil && found.State == state.code {
			q.legislature(state, found, nil)
			return
		}
		if err == nil || fault.KindOf(err) == fault.KindNotFound {
			q.miss(MissingStateSeats)
		} else {
			q.miss(MissingStateDown)
		}
	}
	if p.Zip == "" {
		if !p.AskCensus {
			q.miss(MissingStateUnasked)
		}
		return
	}
	near := q.index.nearby(p.Zip, state.code)
	if len(near) == 0 || !q.reaches(near[House]) {
		q.miss(MissingZipElsewhere)
		return
	}
	q.answer.Zip = p.Zip
	q.legislature(state, Place{}, near)
}

// reaches reports whether a ZIP code's congressional districts are among those of
// the answer; without a table of this Congress nothing speaks against it.
func (q *question) reaches(districts []int32) bool {
	possible := slices.Clone(q.answer.Divisions)
	for _, c := range q.answer.Candidates {
		possible = append(possible, c.Divisions...)
	}
	return len(districts) == 0 || slices.ContainsFunc(districts, func(i int32) bool { return slices.Contains(possible, q.index.divisions[i]) })
}

// legislature answers for both chambers of a state.
func (q *question) legislature(p place, found Place, near map[Chamber][]int32) {
	upper := q.legislative(p, Upper, found.Upper, near[Upper])
	lower := q.legislative(p, Lower, found.Lower, near[Lower])
	q.limits(p, upper, lower)
	q.overlays(p.code, lower)
}
