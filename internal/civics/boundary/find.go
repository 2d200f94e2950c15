package boundary

import "math"

// Find tells which district a point lies in, in degrees (WGS 84). ok is false
// for a point in none: at sea, abroad, or no point at all (NaN). A point on a
// line between districts lies in exactly one of them, always the same.
func (x *Index) Find(lat, lon float64) (district int32, ok bool) {
	gx, gy, ok := x.onGrid(lat, lon)
	if !ok {
		return 0, false
	}
	fx, fy := math.Floor(gx), math.Floor(gy)
	f := &x.frame
	if !(fx >= float64(f.low.x) && fx <= float64(f.high.x) && fy >= float64(f.low.y) && fy <= float64(f.high.y)) {
		return 0, false
	}
	at := [2]int32{int32(fx), int32(fy)}
	ok = false
	x.tree.Search(at, at, func(_, _ [2]int32, number int32) bool {
		a := &x.areas[number]
		if x.inside(a, gx, gy, at[1]) {
			district, ok = a.district, true
			return false
		}
		return true
	})
	return district, ok
}

// inside is the even-odd test: how many of the area's edges pass to the right of
// the point. level is y rounded down, at which whole numbers compare as y does.
func (x *Index) inside(a *area, gx, gy float64, level int32) bool {
	in := false
	for _, e := range x.band(a, int32(uint32(level-a.frame.low.y)>>a.shift)) {
		if e.y1 <= level && level < e.y2 && e.rightOf(gx, gy) {
			in = !in
		}
	}
	return in
}
