package civics

import "slices"

// ZipDistricts lists the congressional districts in force that a ZIP code of
// five digits may lie in, by id. whole says that it lies wholly inside the one
// that is listed. A code that the Census doesn't know, such as one of post-office
// boxes, may lie in any district of its states. Nothing is listed for what is no
// ZIP code of a state or territory, and while a state's new lines aren't here.
func (a *Atlas) ZipDistricts(zip string) (ids []string, whole bool) { return a.ZipPlacer()(zip) }

// ZipPlacer is ZipDistricts for many ZIP codes, all by the same facts. It isn't
// safe for concurrent use, and what it lists is shared.
func (a *Atlas) ZipPlacer() func(zip string) (ids []string, whole bool) {
	p := zipPlacer{index: a.current(), byPrefix: map[int]placedZip{}}
	return p.place
}

type zipPlacer struct {
	index    *index
	byPrefix map[int]placedZip // answers for codes that the Census doesn't know
}

type placedZip struct {
	ids   []string
	whole bool
}

func (p zipPlacer) place(zip string) (ids []string, whole bool) {
	if !PlainZip(zip) {
		return nil, false
	}
	x, number := p.index, zipNumber(zip)
	touched := x.zip(number)
	if len(touched) == 0 {
		known, ok := p.byPrefix[number/100]
		if !ok || number/100 == pacificPrefix {
			known.ids, known.whole = x.districtsByPrefix(number)
			p.byPrefix[number/100] = known
		}
		return known.ids, known.whole
	}
	state, border := "", false
	for _, i := range touched {
		d := x.divisions[i]
		border = border || state != "" && state != d.State
		state = d.State
		if d.Chamber == House && d.InForce(x.at) && !slices.Contains(ids, d.ID) {
			ids = append(ids, d.ID)
		}
	}
	return ids, len(ids) == 1 && !border
}

// districtsByPrefix are all districts of the states that the first three digits
// reach.
func (x *index) districtsByPrefix(zip int) (ids []string, whole bool) {
	states := x.prefixes[zip/100]
	switch {
	case military(zip):
		return nil, false
	case zip/100 == pacificPrefix:
		states = pacificStates(zip)
	}
	for _, d := range x.divisions {
		if d.Chamber == House && d.InForce(x.at) && slices.Contains(states, d.State) && !slices.Contains(ids, d.ID) {
			ids = append(ids, d.ID)
		}
	}
	return ids, len(ids) == 1 && len(states) == 1
}

// HouseDistricts lists the congressional districts in force, by state and
// number. They are shared with the index: nobody changes them.
func (a *Atlas) HouseDistricts() []*Division {
	x := a.current()
	var districts []*Division
	for _, d := range x.divisions {
		if d.Chamber == House && d.InForce(x.at) && !slices.ContainsFunc(districts, func(e *Division) bool { return e.ID == d.ID }) {
			districts = append(districts, d)
		}
	}
	slices.SortFunc(districts, compareDivisions)
	return districts
}
