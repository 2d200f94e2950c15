package civics

import (
	"slices"

	"redress/internal/fault"
)

// at answers for an address that was placed. The geocoder's district of the
// Congress in force counts; when it gave none, the map in memory says which one
// holds the coordinates, and offers both when a line runs close by. What neither
// says falls back on the ZIP code's table, where one district is sure and several
// are candidates.
func (a *Atlas) at(found Place) (Answer, error) {
	p, known := placeByCode[found.State]
	if !known {
		return Answer{}, fault.NotFound("civics.address.no_match")
	}
	x := a.current()
	q := question{index: x, answer: Answer{
		Zip: found.Zip, State: p.code, Confidence: ConfidenceAddress,
		Place: joinNonEmpty(", ", found.City, p.code), Lat: found.Lat, Lon: found.Lon,
	}}
	q.whole([]string{p.code})
	near := x.nearby(found.Zip, p.code)
	congressional, knownDistrict := x.byID[congressionalID(p, found.District)]
	switch {
	case p.atLarge():
		q.choose(House, x.find(congressionalID(p, "0")), false)
	case found.District != "" && found.Congress == x.congress && knownDistrict:
		q.choose(House, []int32{congressional}, false)
	default:
		if around := x.mapped(found, p.code); len(around) > 0 {
			q.mapped = true
			q.choose(House, around, false)
			break
		}
		q.miss(MissingCongress)
		q.choose(House, near[House], false)
	}
	q.legislature(p, found, near)
	return q.done(), nil
}

// mapped lists the districts of a state that the map shows at a place's
// coordinates: one, or several when a line runs close by.
func (x *index) mapped(found Place, state string) []int32 {
	if x.districts == nil || (found.Lat == 0 && found.Lon == 0) {
		return nil
	}
	at, ok := x.districts.find(found.Lat, found.Lon)
	if !ok {
		return nil
	}
	around := append([]int32{at}, x.districts.around(found.Lat, found.Lon, closeBy)...)
	return slices.DeleteFunc(around, func(i int32) bool { return x.divisions[i].State != state })
}

// legislative answers for one chamber of a state's legislature, by the district's
// code. Without one the ZIP code's districts are candidates, even a single one: a
// ZIP code is a mail route, and who answers for an address is written to from here.
func (q *question) legislative(p place, chamber Chamber, code string, near []int32) []int32 {
	if chamber == Lower && p.lower == "" {
		return nil
	}
	if code == "" {
		if len(near) > 0 {
			q.miss(MissingStateZipOnly)
		}
		q.choose(chamber, near, true)
		return near
	}
	var divisions []int32
	if i, known := q.index.byCode[districtCode{p.code, chamber, code}]; known {
		divisions = []int32{i}
	} else if p.kind != kindState {
		// The District's wards and Puerto Rico's districts are in no ZIP table; their
		// numbers are their names.
		divisions = q.index.find(legislativeID(p, chamber, code))
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
	if !PlainZip(zip) {
		return near
	}
	for _, i := range x.zip(zipNumber(zip)) {
		if d := x.divisions[i]; d.State == state {
			near[d.Chamber] = append(near[d.Chamber], i)
		}
	}
	return near
}
