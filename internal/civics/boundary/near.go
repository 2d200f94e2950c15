package boundary

import "math"

// MaxReach is how far Close and Nearest look, in meters. They don't look across
// the 180th meridian: no district comes nearer to it than 15 km.
const MaxReach = 5_000

// Close appends to into the districts, other than the point's own, whose line
// runs within meters (at most [MaxReach]) of the point, by their numbers in
// rising order. A point in no district counts as its nearest one's. Meters are
// those of the plane that touches the globe there.
func (x *Index) Close(lat, lon, meters float64, into []int32) []int32 {
	w, ok := x.window(lat, lon, meters)
	if !ok {
		return into
	}
	// One search tells both the point's own district and the ones close by.
	from, own := len(into), int32(-1)
	level := int32(math.Floor(w.y)) // the window is on the map, so it fits
	x.tree.Search(w.low, w.high, func(_, _ [2]int32, number int32) bool {
		a := &x.areas[number]
		if own < 0 && a.frame.around(w.x, w.y) && x.inside(a, w.x, w.y, level) {
			own = a.district
		}
		for _, d := range into[from:] {
			if d == a.district {
				return true
			}
		}
		if a.district != own && x.touches(a, &w) {
			into = append(into, a.district)
		}
		return true
	})
	if len(into) == from {
		return into
	}
	if own < 0 {
		own, _, _ = x.Nearest(lat, lon)
	}
	found := into[from:]
	n := 0
	for _, d := range found {
		if d == own {
			continue
		}
		j := n // insert it in order: there are a handful
		for ; j > 0 && found[j-1] > d; j-- {
			found[j] = found[j-1]
		}
		found[j] = d
		n++
	}
	return into[:from+n]
}

// Nearest is the district whose line runs nearest to a point, and how far off it
// runs, in meters. ok is false where none runs within [MaxReach]. It is meant
// for points in no district.
func (x *Index) Nearest(lat, lon float64) (district int32, meters float64, ok bool) {
	for _, reach := range [...]float64{200, 1_000, MaxReach} {
		w, good := x.window(lat, lon, reach)
		if !good {
			return 0, 0, false
		}
		best := reach * reach
		x.tree.Search(w.low, w.high, func(_, _ [2]int32, number int32) bool {
			a := &x.areas[number]
			if d := x.squared(a, &w); d < best || d == best && (!ok || a.district < district) {
				district, best, ok = a.district, d, true
			}
			return true
		})
		if ok {
			return district, math.Sqrt(best), true
		}
	}
	return 0, 0, false
}

// window is the surroundings of a point on the grid.
type window struct {
	x, y        float64
	east, north float64 // meters per unit of the grid
	meters      float64
	low, high   [2]int32
}

// window is the square of the given half width around a point. ok is false where
// nothing can be.
func (x *Index) window(lat, lon, meters float64) (w window, ok bool) {
	gx, gy, ok := x.onGrid(lat, lon)
	if !ok || !(meters >= 0) {
		return w, false
	}
	meters = min(meters, MaxReach)
	east, north := metersPerDegree(lat)
	east = max(east, 1) // at the poles
	w = window{x: gx, y: gy, east: east * x.set.grid.scale[0], north: north * x.set.grid.scale[1], meters: meters}
	f := &x.frame
	dx, dy := meters/w.east, meters/w.north
	if gx+dx < float64(f.low.x) || gx-dx > float64(f.high.x) || gy+dy < float64(f.low.y) || gy-dy > float64(f.high.y) {
		return w, false
	}
	w.low = [2]int32{onInt(math.Floor(gx - dx)), onInt(math.Floor(gy - dy))}
	w.high = [2]int32{onInt(math.Ceil(gx + dx)), onInt(math.Ceil(gy + dy))}
	return w, true
}

// onInt keeps a number on the grid, whose own vertices lie within 2^30.
func onInt(v float64) int32 { return int32(max(-1<<31, min(1<<31-1, v))) }

// bands are the first and last band of an area that a window touches.
func (a *area) bandsIn(w *window) (first, last int32) {
	low, high := max(w.low[1], a.frame.low.y), min(w.high[1], a.frame.high.y)
	return int32(uint32(low-a.frame.low.y) >> a.shift), int32(uint32(high-a.frame.low.y) >> a.shift)
}

// touches reports whether one of an area's edges comes as close as the window is
// wide.
func (x *Index) touches(a *area, w *window) bool {
	first, last := a.bandsIn(w)
	for i := first; i <= last; i++ {
		for _, e := range x.band(a, i) {
			if e.reaches(w) && e.squared(w.x, w.y, w.east, w.north) <= w.meters*w.meters {
				return true
			}
		}
	}
	return false
}

// squared is the square of the distance to the nearest of an area's edges in the
// window, infinite if there is none.
func (x *Index) squared(a *area, w *window) float64 {
	best := math.Inf(1)
	first, last := a.bandsIn(w)
	for i := first; i <= last; i++ {
		for _, e := range x.band(a, i) {
			if e.reaches(w) {
				best = min(best, e.squared(w.x, w.y, w.east, w.north))
			}
		}
	}
	return best
}

// reaches reports whether an edge's box touches the window.
func (e edge) reaches(w *window) bool {
	return e.y1 <= w.high[1] && e.y2 >= w.low[1] &&
		min(e.x1, e.x2) <= w.high[0] && max(e.x1, e.x2) >= w.low[0]
}
