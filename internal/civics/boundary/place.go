package boundary

// Where says what a point is to the districts.
type Where uint8

const (
	// Outside is in no district, nor just off the coast of one.
	Outside Where = iota
	// Inside a district.
	Inside
	// Offshore is in none, but so close to one that it counts as there.
	Offshore
)

// String is the word for it.
func (w Where) String() string {
	switch w {
	case Inside:
		return "inside"
	case Offshore:
		return "offshore"
	}
	return "outside"
}

// Placement is where a point is. District counts only when Where is not Outside.
type Placement struct {
	Where    Where
	District int32
	Meters   float64 // how far off an offshore point is
}

// Place tells which district a point, in degrees (WGS 84), is in or just off. It
// is Outside for points abroad, far at sea, and for no point at all (NaN).
func (x *Index) Place(lat, lon float64) Placement {
	if district, ok := x.Find(lat, lon); ok {
		return Placement{Where: Inside, District: district}
	}
	district, meters, ok := x.Nearest(lat, lon)
	if !ok || meters > Reach(lat, lon) {
		return Placement{}
	}
	return Placement{Where: Offshore, District: district, Meters: meters}
}
