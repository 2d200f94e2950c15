package boundary

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/simplify"
)

// Outline is a small map of a district as SVG path data for a viewBox of
// "0 0 Width Height". A path holds several closed shapes and their holes, so it
// is to be filled by fill-rule="evenodd".
type Outline struct {
	Width, Height int
	// Shape is the district.
	Shape string
	// Neighbors are the other districts that reach into the frame, one path each,
	// cut off a little outside of it so that the cut is not seen.
	Neighbors []string
}

const (
	margin     = 0.08 // of the frame, around the district
	tolerance  = 0.4  // pixels by which a line may be simplified
	smallest   = 1.0  // square pixels of a part that is drawn
	seen       = 2.0  // square pixels of a part that the frame makes room for
	overhang   = 3.0  // pixels that neighbors reach out of the frame
	shapeSize  = 1500 // bytes that a shape aims to stay below,
	aroundSize = 2000 // and all the neighbors together
)

// Outline draws a district into a frame of the given size in pixels, from 16 to
// 4096 each, with a margin of 8 %. Parts too small to be seen don't count, and parts
// far off (Swains Island off American Samoa) don't shrink the rest below three
// fifths of what it could be: they are left outside of the frame. It takes a few milliseconds; keep what it gives. A
// number that is no district's has an empty shape.
func (x *Index) Outline(district int32, width, height int) Outline {
	width, height = min(max(width, 16), 4096), min(max(height, 16), 4096)
	out := Outline{Width: width, Height: height}
	if district < 0 || int(district) >= x.Len() || len(x.areasOf(district)) == 0 {
		return out
	}
	f := x.fit(district, float64(width), float64(height))
	own := f.draw(x, district, false)
	out.Shape = shrink([][]orb.Polygon{own}, shapeSize, 2, seen)[0]

	var around [][]orb.Polygon
	for _, other := range f.reached(x, district) {
		if p := f.draw(x, other, true); len(p) > 0 {
			around = append(around, p)
		}
	}
	for _, path := range shrink(around, aroundSize, 3, 16) {
		if path != "" {
			out.Neighbors = append(out.Neighbors, path)
		}
	}
	return out
}

// fitting is how degrees become pixels: equirectangular, true to shape at the
// district's middle.
type fitting struct {
	view          view
	width, height float64
	squeeze       float64 // cosine of the middle latitude
	scale         float64 // pixels per degree of latitude
	west, north   float64 // the frame's corner: squeezed longitude, latitude
}

// box is an extent in squeezed degrees.
type box struct{ west, south, east, north float64 }

func (b box) with(c box) box {
	return box{min(b.west, c.west), min(b.south, c.south), max(b.east, c.east), max(b.north, c.north)}
}

// fit chooses what of the district the frame shows.
func (x *Index) fit(district int32, width, height float64) *fitting {
	f := &fitting{view: x.view(district), width: width, height: height}
	south, _, north, _ := x.Bounds(district)
	f.squeeze = max(math.Cos((south+north)/2*math.Pi/180), 0.01)

	type part struct {
		box
		size float64
	}
	var parts []part
	total := 0.0
	for _, a := range x.areasOf(district) {
		s, w := f.view.degrees(a.frame.low)
		n, e := f.view.degrees(a.frame.high)
		size := math.Abs(twiceArea(x.lines(x.set.Districts[district].polygons[a.polygon])[0]))
		total += size
		parts = append(parts, part{box{w * f.squeeze, s, e * f.squeeze, n}, size})
	}
	slices.SortStableFunc(parts, func(a, b part) int { return -cmp.Compare(a.size, b.size) })
	zoom := func(b box) float64 {
		return (1 - 2*margin) * min(width/max(b.east-b.west, 1e-6), height/max(b.north-b.south, 1e-6))
	}
	unit := f.view.grid.scale[0] * f.view.grid.scale[1] * f.squeeze // in square degrees of latitude
	shown, covered, most := parts[0].box, 0.0, 0.0
	for _, p := range parts {
		if wider := shown.with(p.box); covered < 0.9*total {
			shown, covered = wider, covered+p.size
			most = zoom(shown)
		} else if z := zoom(wider); z >= 0.6*most && p.size*unit*z*z >= seen {
			shown = wider
		}
	}
	f.scale = zoom(shown)
	f.west = (shown.west+shown.east)/2 - width/2/f.scale
	f.north = (shown.south+shown.north)/2 + height/2/f.scale
	return f
}

func (f *fitting) pixel(v vertex) orb.Point {
	lat, lon := f.view.degrees(v)
	return orb.Point{(lon*f.squeeze - f.west) * f.scale, (f.north - lat) * f.scale}
}

// reached are the other districts whose boxes touch the frame, in order.
func (f *fitting) reached(x *Index, district int32) []int32 {
	g := x.set.grid
	west, east := f.west/f.squeeze, (f.west+f.width/f.scale)/f.squeeze
	low := [2]int32{onInt((west - g.translate[0]) / g.scale[0]), onInt((f.north - f.height/f.scale - g.translate[1]) / g.scale[1])}
	high := [2]int32{onInt((east - g.translate[0]) / g.scale[0]), onInt((f.north - g.translate[1]) / g.scale[1])}
	var out []int32
	x.tree.Search(low, high, func(_, _ [2]int32, number int32) bool {
		if d := x.areas[number].district; d != district && !slices.Contains(out, d) {
			out = append(out, d)
		}
		return true
	})
	slices.Sort(out)
	return out
}

// draw is a district in pixels, thinned to a tenth of one, without what is too
// small to be seen or, if cut, outside the frame.
func (f *fitting) draw(x *Index, district int32, cut bool) []orb.Polygon {
	frame := orb.Bound{Min: orb.Point{-overhang, -overhang}, Max: orb.Point{f.width + overhang, f.height + overhang}}
	var out []orb.Polygon
	for _, p := range x.set.Districts[district].polygons {
		var drawn orb.Polygon
		for i, r := range p {
			var line orb.Ring
			x.set.points(r, func(v vertex) {
				at := f.pixel(v)
				if n := len(line); n == 0 || math.Abs(at[0]-line[n-1][0]) >= 0.1 || math.Abs(at[1]-line[n-1][1]) >= 0.1 {
					line = append(line, at)
				}
			})
			if len(line) >= 3 && !line.Closed() {
				line = append(line, line[0])
			}
			if len(line) >= 4 && (cut || !contains(frame, line)) {
				line = clip.Ring(frame, line)
			}
			if len(line) < 4 || surface(line) < smallest {
				if i == 0 {
					break
				}
				continue
			}
			drawn = append(drawn, line)
		}
		if len(drawn) > 0 {
			out = append(out, drawn)
		}
	}
	return out
}

func contains(frame orb.Bound, line orb.Ring) bool {
	b := line.Bound()
	return frame.Contains(b.Min) && frame.Contains(b.Max)
}

// surface is a ring's area in square pixels.
func surface(line orb.Ring) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		sum += line[i-1][0]*line[i][1] - line[i][0]*line[i-1][1]
	}
	return math.Abs(sum) / 2
}

// shrink writes paths that together aim to stay below a size, by simplifying
// more, up to coarsest pixels, and leaving out more of what is small, up to large
// square pixels.
func shrink(shapes [][]orb.Polygon, size int, coarsest, large float64) []string {
	paths := make([]string, len(shapes))
	for off, least := tolerance, smallest; ; off, least = off*1.3, min(least*1.3, large) {
		sum := 0
		for i, shape := range shapes {
			paths[i] = pathData(shape, off, least)
			sum += len(paths[i])
		}
		if sum <= size || off*1.3 > coarsest {
			return paths
		}
	}
}

// pathData is one district's path data. Its largest part is always in it. The
// shape stays simplified: the next, coarser try starts from it.
func pathData(shape []orb.Polygon, off, least float64) string {
	largest := 0.0
	for _, p := range shape {
		largest = max(largest, surface(p[0]))
	}
	var b strings.Builder
	for _, p := range shape {
		for i, line := range p {
			s := surface(line)
			if s < least && s < largest {
				if i == 0 {
					break
				}
				continue
			}
			// An island must not be simplified away.
			p[i] = simplify.DouglasPeucker(min(off, math.Sqrt(s)/4)).Ring(line)
			write(&b, p[i])
		}
	}
	return b.String()
}

// write adds one closed line in tenths of a pixel, each point relative to the one
// before, without what SVG's grammar does not need: "M1.2 30l-.5 4 3.1-.2z".
func write(b *strings.Builder, line orb.Ring) {
	var points [][2]int
	for _, p := range line {
		q := [2]int{int(math.Round(p[0] * 10)), int(math.Round(p[1] * 10))}
		if n := len(points); n == 0 || points[n-1] != q {
			points = append(points, q)
		}
	}
	if n := len(points); n > 1 && points[0] == points[n-1] {
		points = points[:n-1]
	}
	if len(points) < 3 {
		return
	}
	b.WriteByte('M')
	number(b, points[0][0], true)
	number(b, points[0][1], false)
	b.WriteByte('l')
	for i := 1; i < len(points); i++ {
		number(b, points[i][0]-points[i-1][0], i == 1)
		number(b, points[i][1]-points[i-1][1], false)
	}
	b.WriteByte('Z')
}

// number adds tenths, with a space before it only where it must have one.
func number(b *strings.Builder, tenths int, first bool) {
	if tenths < 0 {
		b.WriteByte('-')
		tenths = -tenths
	} else if !first {
		b.WriteByte(' ')
	}
	whole, rest := tenths/10, tenths%10
	if whole > 0 || rest == 0 {
		b.WriteString(strconv.Itoa(whole))
	}
	if rest > 0 {
		b.WriteByte('.')
		b.WriteByte(byte('0' + rest))
	}
}
