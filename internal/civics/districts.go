package civics

import (
	"sync/atomic"

	"redress/internal/civics/boundary"
)

// Outline is a small map of a district, for a page.
type Outline = boundary.Outline

// The size of a district's small map, in the units of its drawing.
const (
	outlineWidth  = 240
	outlineHeight = 180
)

// districtMap places points in the districts of one Congress.
type districtMap struct {
	shapes    *boundary.Index
	divisions []int32 // of each district of the map, by its number there; -1: none
	numbers   map[int32]int32
	answers   []atomic.Pointer[Answer] // kept answers for a point, one for each district
	outlines  []atomic.Pointer[Outline]
}

func newDistrictMap(shapes *boundary.Index, x *index) *districtMap {
	if shapes == nil {
		return nil
	}
	m := &districtMap{
		shapes: shapes, numbers: map[int32]int32{},
		answers: make([]atomic.Pointer[Answer], shapes.Len()), outlines: make([]atomic.Pointer[Outline], shapes.Len()),
	}
	for n := range shapes.Len() {
		division := int32(-1)
		geoid := shapes.GEOID(int32(n))
		if district, ok := congressionalDistrict(geoid[2:]); ok {
			if i, known := x.byID[congressionalID(placeByFIPS[geoid[:2]], district)]; known {
				division = i
				m.numbers[i] = int32(n)
			}
		}
		m.divisions = append(m.divisions, division)
	}
	return m
}

// find is the division that holds a point, or lies nearest off the coast.
func (m *districtMap) find(lat, lon float64) (int32, bool) {
	at := m.shapes.Place(lat, lon)
	if at.Where == boundary.Outside || m.divisions[at.District] < 0 {
		return 0, false
	}
	return m.divisions[at.District], true
}

// around lists the other divisions within some meters of a point.
func (m *districtMap) around(lat, lon, meters float64) []int32 {
	var room [8]int32
	near := m.shapes.Close(lat, lon, meters, room[:0])
	if len(near) == 0 {
		return nil
	}
	var list []int32
	for _, n := range near {
		if m.divisions[n] >= 0 {
			list = append(list, m.divisions[n])
		}
	}
	return list
}

// close is around as an answer lists it.
func (m *districtMap) close(x *index, lat, lon, meters float64) []*Division {
	var list []*Division
	for _, i := range m.around(lat, lon, meters) {
		list = append(list, x.divisions[i])
	}
	return list
}

// answer is what every point in a district is told, kept after the first.
func (m *districtMap) answer(x *index, division int32) *Answer {
	kept := &m.answers[m.numbers[division]]
	if known := kept.Load(); known != nil {
		return known
	}
	q := question{index: x, mapped: true, answer: Answer{Confidence: ConfidenceAddress}}
	q.within([]int32{division})
	if p := placeByCode[q.answer.State]; p.capital == "" {
		q.limits(p, nil, nil)
	} else {
		q.miss(MissingStateUnasked)
	}
	made := q.done()
	kept.Store(&made)
	return &made
}

// Outline draws a congressional district as a small map with its neighbors, in a
// box of Width by Height; false for what is no district of the Congress in force,
// or while no map of it is here.
func (a *Atlas) Outline(divisionID string) (*Outline, bool) {
	x := a.current()
	if x.districts == nil {
		return nil, false
	}
	i, known := x.byID[divisionID]
	n, mapped := x.districts.numbers[i]
	if !known || !mapped {
		return nil, false
	}
	kept := &x.districts.outlines[n]
	if drawn := kept.Load(); drawn != nil {
		return drawn, true
	}
	drawn := x.districts.shapes.Outline(n, outlineWidth, outlineHeight)
	kept.Store(&drawn)
	return &drawn, true
}
