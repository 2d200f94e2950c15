package boundary

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Set is the districts of one Congress.
type Set struct {
	// Congress is its number, such as 119; 0 when the source does not say.
	Congress int
	// Districts are in the order of their GEOIDs, each once.
	Districts []District

	grid grid
	arcs [][]vertex
}

// District is one congressional district.
type District struct {
	// GEOID is the Census's id: two digits of the state (FIPS) and two of the
	// district, "00" for a state with one district, "98" for a delegate's.
	GEOID string

	polygons []polygon
}

// polygon is an outer ring and its holes.
type polygon []ring

// ring is the arcs that, one after the other, make a closed line; ^i is arc i
// from its end to its start, as in TopoJSON.
type ring []int32

// vertex is a place on the set's grid: x to the east, y to the north.
type vertex struct{ x, y int32 }

// grid says where its whole numbers lie: degrees = number × scale + translate.
type grid struct {
	scale, translate [2]float64 // longitude, latitude; degrees
}

// micro is the grid of sources that have none of their own: a millionth of a
// degree (11 cm), which is as fine as the Census publishes.
var micro = grid{scale: [2]float64{1e-6, 1e-6}}

// Bounds on what is taken from outside. The 119th Congress's file has 441
// districts, 1,901 polygons, 417,150 points in arcs and 635,557 in rings. An index
// takes at most 50 bytes for a point in a ring, so 300 MB for what just passes.
const (
	maxDistricts  = 1_000
	maxRings      = 200_000
	maxArcs       = 400_000
	maxPoints     = 4_000_000
	maxRingPoints = 6_000_000
	maxCoordinate = 1 << 30 // so that differences fit an int32
)

var errTooLarge = errors.New("more points than any map of districts has")

// degrees is where a vertex lies.
func (g grid) degrees(v vertex) (lat, lon float64) {
	return float64(v.y)*g.scale[1] + g.translate[1], float64(v.x)*g.scale[0] + g.translate[0]
}

// check refuses a grid that is no grid, or whose extreme vertices lie off the
// globe.
func (g grid) check(low, high vertex) error {
	for i := range 2 {
		if !(g.scale[i] >= 1e-9 && g.scale[i] <= 10) || !(math.Abs(g.translate[i]) <= 1e6) {
			return errors.New("the grid (transform) makes no sense")
		}
	}
	const slack = 1e-6 // rounding of a file that reaches exactly 180 or 90
	south, west := g.degrees(low)
	north, east := g.degrees(high)
	if !(west >= -180-slack && east <= 180+slack && south >= -90-slack && north <= 90+slack) {
		return errors.New("coordinates are not degrees of longitude and latitude")
	}
	return nil
}

// points calls each with every vertex of a ring in order; the first comes again
// as the last.
func (s *Set) points(r ring, each func(vertex)) {
	for i, ref := range r {
		reversed := ref < 0
		if reversed {
			ref = ^ref
		}
		arc := s.arcs[ref]
		for j := range arc {
			if j == 0 && i > 0 {
				continue // the arc before ended here
			}
			if reversed {
				each(arc[len(arc)-1-j])
			} else {
				each(arc[j])
			}
		}
	}
}

// ends are the first and last vertex of an arc as a ring goes along it.
func (s *Set) ends(ref int32) (first, last vertex) {
	if ref >= 0 {
		arc := s.arcs[ref]
		return arc[0], arc[len(arc)-1]
	}
	arc := s.arcs[^ref]
	return arc[len(arc)-1], arc[0]
}

// check makes sure of everything that the index relies on: arcs exist, join and
// close, ids are in order, and sizes are bounded.
func (s *Set) check() error {
	if s.Congress < 0 || s.Congress > 999 {
		return errors.New("no such Congress")
	}
	if len(s.Districts) == 0 {
		return errors.New("there is no district in it")
	}
	if len(s.Districts) > maxDistricts || len(s.arcs) > maxArcs {
		return errTooLarge
	}
	low, high := vertex{math.MaxInt32, math.MaxInt32}, vertex{math.MinInt32, math.MinInt32}
	points := 0
	for _, arc := range s.arcs {
		if len(arc) < 2 {
			return errors.New("an arc has fewer than two points")
		}
		if points += len(arc); points > maxPoints {
			return errTooLarge
		}
		for i, v := range arc {
			low = vertex{min(low.x, v.x), min(low.y, v.y)}
			high = vertex{max(high.x, v.x), max(high.y, v.y)}
			if i > 0 && math.Abs(float64(v.x)-float64(arc[i-1].x))*s.grid.scale[0] > 180 {
				return errors.New("a line crosses the 180th meridian without being cut there")
			}
		}
	}
	if low.x < -maxCoordinate || low.y < -maxCoordinate || high.x > maxCoordinate || high.y > maxCoordinate {
		return errTooLarge
	}
	if err := s.grid.check(low, high); err != nil {
		return err
	}
	rings, ringPoints := 0, 0
	for i, d := range s.Districts {
		if !isGEOID(d.GEOID) {
			return errors.New("a district has no id of four digits")
		}
		if i > 0 && s.Districts[i-1].GEOID >= d.GEOID {
			return fmt.Errorf("district %s stands twice or out of order", d.GEOID)
		}
		if len(d.polygons) == 0 {
			return fmt.Errorf("district %s has no area", d.GEOID)
		}
		for _, p := range d.polygons {
			if len(p) == 0 {
				return fmt.Errorf("district %s: a polygon has no outline", d.GEOID)
			}
			if rings += len(p); rings > maxRings {
				return errTooLarge
			}
			for _, r := range p {
				n, err := s.checkRing(r)
				if err != nil {
					return fmt.Errorf("district %s: %w", d.GEOID, err)
				}
				if ringPoints += n; ringPoints > maxRingPoints {
					return errTooLarge
				}
			}
		}
	}
	return nil
}

// checkRing counts a ring's points.
func (s *Set) checkRing(r ring) (points int, err error) {
	if len(r) == 0 {
		return 0, errors.New("a ring has no arcs")
	}
	for _, ref := range r {
		arc := ref
		if arc < 0 {
			arc = ^arc
		}
		if int(arc) >= len(s.arcs) {
			return 0, errors.New("a ring names an arc that isn't there")
		}
		if points += len(s.arcs[arc]); points > maxRingPoints {
			return 0, errTooLarge
		}
	}
	_, before := s.ends(r[len(r)-1])
	for _, ref := range r {
		first, last := s.ends(ref)
		if first != before {
			return 0, errors.New("a ring's arcs do not join")
		}
		before = last
	}
	return points, nil
}

// sort puts the districts in the order of their ids.
func (s *Set) sort() {
	slices.SortFunc(s.Districts, func(a, b District) int { return cmp.Compare(a.GEOID, b.GEOID) })
}

func isGEOID(id string) bool {
	if len(id) != 4 {
		return false
	}
	for _, c := range []byte(id) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
