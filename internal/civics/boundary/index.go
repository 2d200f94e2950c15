package boundary

import (
	"math"
	"math/bits"

	"github.com/tidwall/rtree"
)

// Index answers where points lie. Districts go by their number, which is their
// place in Set.Districts. It is never changed once it is made.
//
// An R-tree finds the polygons whose box holds a point; each polygon's edges are
// sorted into bands of latitude, so that the exact test looks at the few that
// cross the point's level.
type Index struct {
	set      Set
	byGEOID  map[string]int32
	frame    frame
	tree     rtree.RTreeGN[int32, int32] // box → number in areas
	areas    []area
	starts   []uint32 // of bands in edges, one more than an area has bands
	edges    []edge   // by band; one that crosses bands stands in each of them
	byNumber []int32  // where a district's areas begin; one more than districts
}

// area is one polygon, its holes included.
type area struct {
	district int32
	polygon  int32 // which of the district's
	frame    frame
	bands    int32  // their number
	shift    uint8  // a band is 1<<shift units of the grid high
	first    uint32 // its first band in starts
}

// NewIndex makes the index of a set that [Read] or [Decode] gave. It takes about
// 27 MB for the 119th Congress.
func NewIndex(set Set) *Index {
	x := &Index{set: set, byGEOID: make(map[string]int32, len(set.Districts))}
	x.frame = frame{vertex{math.MaxInt32, math.MaxInt32}, vertex{math.MinInt32, math.MinInt32}}
	points := 0
	for _, d := range set.Districts {
		for _, p := range d.polygons {
			for _, r := range p {
				for _, ref := range r {
					points += len(set.arcs[max(ref, ^ref)])
				}
			}
		}
	}
	x.edges = make([]edge, 0, points*5/2) // what real maps need
	var b bander
	for number, d := range set.Districts {
		x.byGEOID[d.GEOID] = int32(number)
		x.byNumber = append(x.byNumber, int32(len(x.areas)))
		for i, p := range d.polygons {
			b.edges = b.edges[:0]
			for _, r := range p {
				var last vertex
				fresh := true
				set.points(r, func(v vertex) {
					if !fresh && v != last {
						b.edges = append(b.edges, edgeOf(last, v))
					}
					last, fresh = v, false
				})
			}
			if len(b.edges) == 0 {
				continue
			}
			a := b.sort(x)
			a.district, a.polygon = int32(number), int32(i)
			x.tree.Insert([2]int32{a.frame.low.x, a.frame.low.y}, [2]int32{a.frame.high.x, a.frame.high.y}, int32(len(x.areas)))
			x.areas = append(x.areas, a)
			x.frame.low = vertex{min(x.frame.low.x, a.frame.low.x), min(x.frame.low.y, a.frame.low.y)}
			x.frame.high = vertex{max(x.frame.high.x, a.frame.high.x), max(x.frame.high.y, a.frame.high.y)}
		}
	}
	x.byNumber = append(x.byNumber, int32(len(x.areas)))
	return x
}

// bander sorts one polygon's edges into bands.
type bander struct {
	edges []edge
	count []uint32
}

const maxBands = 4096

// sort appends the edges, band by band, to the index.
func (b *bander) sort(x *Index) area {
	f := frame{vertex{math.MaxInt32, math.MaxInt32}, vertex{math.MinInt32, math.MinInt32}}
	for _, e := range b.edges {
		f.low = vertex{min(f.low.x, e.x1, e.x2), min(f.low.y, e.y1)}
		f.high = vertex{max(f.high.x, e.x1, e.x2), max(f.high.y, e.y2)}
	}
	height := uint32(int64(f.high.y)-int64(f.low.y)) + 1
	want := min(max(uint32(len(b.edges)), 1), maxBands)
	a := area{frame: f, shift: uint8(bits.Len32((height - 1) / want)), first: uint32(len(x.starts))}
	// Long edges stand in many bands: coarser ones keep the sum in bounds.
	for ; ; a.shift++ {
		a.bands = int32((height-1)>>a.shift) + 1
		total := 0
		for _, e := range b.edges {
			total += int(uint32(e.y2-f.low.y)>>a.shift) - int(uint32(e.y1-f.low.y)>>a.shift) + 1
		}
		if a.bands == 1 || total <= 3*len(b.edges) {
			break
		}
	}
	b.count = append(b.count[:0], make([]uint32, a.bands+1)...)
	for _, e := range b.edges {
		for i := uint32(e.y1-f.low.y) >> a.shift; i <= uint32(e.y2-f.low.y)>>a.shift; i++ {
			b.count[i+1]++
		}
	}
	base := uint32(len(x.edges))
	for i := range a.bands {
		b.count[i+1] += b.count[i]
	}
	for _, n := range b.count {
		x.starts = append(x.starts, base+n)
	}
	total := int(b.count[a.bands])
	x.edges = append(x.edges, make([]edge, total)...)
	out := x.edges[base:]
	for _, e := range b.edges {
		for i := uint32(e.y1-f.low.y) >> a.shift; i <= uint32(e.y2-f.low.y)>>a.shift; i++ {
			out[b.count[i]] = e
			b.count[i]++
		}
	}
	return a
}

// Congress is the number of the Congress whose districts these are.
func (x *Index) Congress() int { return x.set.Congress }

// Len is how many districts there are; their numbers run from 0 to Len-1.
func (x *Index) Len() int { return len(x.set.Districts) }

// GEOID is a district's id at the Census, "" for a number that is none.
func (x *Index) GEOID(district int32) string {
	if district < 0 || int(district) >= len(x.set.Districts) {
		return ""
	}
	return x.set.Districts[district].GEOID
}

// District is the number of the district with an id.
func (x *Index) District(geoid string) (int32, bool) {
	number, ok := x.byGEOID[geoid]
	return number, ok
}

// onGrid is where a point lies on the grid; ok is false for one that is no place
// on Earth.
func (x *Index) onGrid(lat, lon float64) (gx, gy float64, ok bool) {
	if !(lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180) {
		return 0, 0, false
	}
	g := &x.set.grid
	return (lon - g.translate[0]) / g.scale[0], (lat - g.translate[1]) / g.scale[1], true
}

// band is the edges of one of an area's bands.
func (x *Index) band(a *area, i int32) []edge {
	return x.edges[x.starts[a.first+uint32(i)]:x.starts[a.first+uint32(i)+1]]
}

// areasOf are a district's areas.
func (x *Index) areasOf(district int32) []area {
	return x.areas[x.byNumber[district]:x.byNumber[district+1]]
}
