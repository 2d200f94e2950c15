package boundary

import (
	"math"
	"slices"
)

// edge is one straight piece of a boundary, its lower end first.
type edge struct{ x1, y1, x2, y2 int32 }

// edgeOf orders an edge's ends by y, then x. Two districts that share an edge
// walk it in opposite directions; with one order for both, the very same
// arithmetic decides on which side a point lies, so that it is on exactly one.
func edgeOf(a, b vertex) edge {
	if a.y > b.y || a.y == b.y && a.x > b.x {
		a, b = b, a
	}
	return edge{a.x, a.y, b.x, b.y}
}

// rightOf reports whether the edge passes to the right of a point, on whose
// level it lies (y1 <= y < y2). A point on the edge itself counts as right of it.
func (e edge) rightOf(x, y float64) bool {
	x1, y1 := float64(e.x1), float64(e.y1)
	return (float64(e.x2)-x1)*(y-y1) > (x-x1)*(float64(e.y2)-y1)
}

// squared is the square of the distance from a point to the edge, with east and
// north being the lengths of the grid's units there.
func (e edge) squared(x, y, east, north float64) float64 {
	ax, ay := (float64(e.x1)-x)*east, (float64(e.y1)-y)*north
	dx, dy := (float64(e.x2)-float64(e.x1))*east, (float64(e.y2)-float64(e.y1))*north
	if length := dx*dx + dy*dy; length > 0 {
		t := -(ax*dx + ay*dy) / length
		t = max(0, min(1, t))
		ax, ay = ax+t*dx, ay+t*dy
	}
	return ax*ax + ay*ay
}

// stretches are the parts of a level that lie inside closed rings taken together
// by the even-odd rule, from west to east.
func stretches(level float64, rings [][]vertex) [][2]float64 {
	var at []float64
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			e := edgeOf(ring[i-1], ring[i])
			if float64(e.y1) <= level && level < float64(e.y2) {
				t := (level - float64(e.y1)) / (float64(e.y2) - float64(e.y1))
				at = append(at, float64(e.x1)+t*(float64(e.x2)-float64(e.x1)))
			}
		}
	}
	slices.Sort(at)
	var out [][2]float64
	for i := 0; i+1 < len(at); i += 2 {
		out = append(out, [2]float64{at[i], at[i+1]})
	}
	return out
}

// Lengths of a degree at a latitude, in meters, on the WGS 84 ellipsoid (the
// usual series, good to a few centimeters).
func metersPerDegree(lat float64) (east, north float64) {
	c := math.Cos(lat * (math.Pi / 180))
	c2 := c * c
	east = c * (111412.84 - 93.5*(4*c2-3) + 0.118*(16*c2*c2-20*c2+5))
	north = 111132.954 - 559.822*(2*c2-1) + 1.175*(8*c2*c2-8*c2+1)
	return east, north
}
