package boundary

import (
	"cmp"
	"math"
	"slices"
)

// Bounds are a district's extremes in degrees. A district on both sides of the
// 180th meridian (Alaska) has its west in the eastern hemisphere: west > east.
func (x *Index) Bounds(district int32) (south, west, north, east float64) {
	v := x.view(district)
	south, west, north, east = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, a := range x.areasOf(district) {
		s, w := v.degrees(a.frame.low)
		n, e := v.degrees(a.frame.high)
		south, west, north, east = min(south, s), min(west, w), max(north, n), max(east, e)
	}
	if west < -180 {
		west += 360
	}
	return south, west, north, east
}

// view turns the grid into degrees so that what is near is near: where a
// district lies on both sides of the 180th meridian, eastern longitudes count on
// beyond -180.
type view struct {
	grid grid
	turn bool
}

func (x *Index) view(district int32) view {
	west, east := math.Inf(1), math.Inf(-1)
	for _, a := range x.areasOf(district) {
		_, w := x.set.grid.degrees(a.frame.low)
		_, e := x.set.grid.degrees(a.frame.high)
		west, east = min(west, w), max(east, e)
	}
	return view{x.set.grid, east-west > 180}
}

func (v view) degrees(p vertex) (lat, lon float64) {
	lat, lon = v.grid.degrees(p)
	if v.turn && lon > 0 {
		lon -= 360
	}
	return lat, lon
}

// Inside is a point well inside a district: in its largest part, far from its
// lines. The district's number must be one of the index's.
func (x *Index) Inside(district int32) (lat, lon float64) {
	var rings [][]vertex
	var home *area
	best := -1.0
	areas := x.areasOf(district)
	for i := range areas {
		lines := x.lines(x.set.Districts[district].polygons[areas[i].polygon])
		if size := math.Abs(twiceArea(lines[0])); size > best {
			best, rings, home = size, lines, &areas[i]
		}
	}
	if home == nil {
		return 0, 0
	}
	at, _ := x.set.grid.degrees(home.frame.low)
	to, _ := x.set.grid.degrees(home.frame.high)
	east, north := metersPerDegree((at + to) / 2)
	east, north = max(east, 1)*x.set.grid.scale[0], north*x.set.grid.scale[1]
	type candidate struct{ x, y, width float64 }
	var all []candidate
	const levels = 48
	for i := range levels {
		// Halves off the grid: no vertex lies on the level.
		height := float64(int64(home.frame.high.y) - int64(home.frame.low.y))
		level := math.Floor(float64(home.frame.low.y)+height*(float64(i)+0.5)/levels) + 0.5
		for _, s := range stretches(level, rings) {
			all = append(all, candidate{(s[0] + s[1]) / 2, level, s[1] - s[0]})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(-cmp.Compare(a.width, b.width), cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x))
	})
	far, place := -1.0, candidate{x: float64(rings[0][0].x), y: float64(rings[0][0].y)}
	for _, c := range all[:min(len(all), 24)] {
		nearest := math.Inf(1)
		for _, ring := range rings {
			for i := 1; i < len(ring); i++ {
				nearest = min(nearest, edgeOf(ring[i-1], ring[i]).squared(c.x, c.y, east, north))
			}
		}
		if nearest > far {
			far, place = nearest, c
		}
	}
	g := x.set.grid
	return place.y*g.scale[1] + g.translate[1], place.x*g.scale[0] + g.translate[0]
}

// lines are a polygon's rings as vertices, the first again as the last, none
// twice in a row.
func (x *Index) lines(p polygon) [][]vertex {
	out := make([][]vertex, len(p))
	for i, r := range p {
		x.set.points(r, func(v vertex) {
			if n := len(out[i]); n == 0 || out[i][n-1] != v {
				out[i] = append(out[i], v)
			}
		})
	}
	return out
}
