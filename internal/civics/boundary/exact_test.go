package boundary

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// slow is the second opinion: the published file decoded plainly into floating
// point degrees, and orb's test of every polygon whose box holds the point.
type slow struct {
	polygons []orb.Polygon
	bounds   []orb.Bound
	geoids   []string
	shared   []pair
}

// pair is an edge between two districts, in degrees.
type pair struct {
	a, b   orb.Point
	geoids [2]string
}

func slow119(t *testing.T) *slow {
	t.Helper()
	congress119(t)
	data, err := os.ReadFile(publishedFile)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Transform struct{ Scale, Translate []float64 }
		Arcs      [][][]float64
		Objects   map[string]struct {
			Geometries []struct {
				Type       string
				Properties struct{ GEOID string }
				Arcs       json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	arcs := make([][]orb.Point, len(file.Arcs))
	for i, arc := range file.Arcs {
		var x, y float64
		for _, p := range arc {
			x, y = x+p[0], y+p[1]
			arcs[i] = append(arcs[i], orb.Point{x*file.Transform.Scale[0] + file.Transform.Translate[0], y*file.Transform.Scale[1] + file.Transform.Translate[1]})
		}
	}
	s := &slow{}
	users := make([][]string, len(arcs))
	for _, object := range file.Objects {
		for _, g := range object.Geometries {
			var polygons [][][]int
			if g.Type == "Polygon" {
				polygons = make([][][]int, 1)
				err = json.Unmarshal(g.Arcs, &polygons[0])
			} else {
				err = json.Unmarshal(g.Arcs, &polygons)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, rings := range polygons {
				var p orb.Polygon
				for _, refs := range rings {
					var ring orb.Ring
					for _, ref := range refs {
						if ref >= 0 {
							ring = append(ring, arcs[ref]...)
							users[ref] = append(users[ref], g.Properties.GEOID)
							continue
						}
						line := slices.Clone(arcs[^ref])
						slices.Reverse(line)
						ring = append(ring, line...)
						users[^ref] = append(users[^ref], g.Properties.GEOID)
					}
					p = append(p, ring)
				}
				s.polygons, s.bounds, s.geoids = append(s.polygons, p), append(s.bounds, p.Bound()), append(s.geoids, g.Properties.GEOID)
			}
		}
	}
	for i, u := range users {
		if len(u) == 2 && u[0] != u[1] {
			for j := 1; j < len(arcs[i]); j++ {
				s.shared = append(s.shared, pair{arcs[i][j-1], arcs[i][j], [2]string{u[0], u[1]}})
			}
		}
	}
	return s
}

// find lists the districts that hold a point.
func (s *slow) find(lat, lon float64) []string {
	var out []string
	at := orb.Point{lon, lat}
	for i, p := range s.polygons {
		if s.bounds[i].Contains(at) && planar.PolygonContains(p, at) && !slices.Contains(out, s.geoids[i]) {
			out = append(out, s.geoids[i])
		}
	}
	return out
}

// agree counts the points that both find, and fails where the two differ.
func agree(t *testing.T, x *Index, s *slow, lat, lon float64, found *int) {
	t.Helper()
	want := s.find(lat, lon)
	got, ok := x.Find(lat, lon)
	switch {
	case len(want) > 1:
		t.Errorf("(%v, %v) lies in %v", lat, lon, want)
	case ok != (len(want) == 1), ok && x.GEOID(got) != want[0]:
		t.Errorf("(%v, %v): %v %s, the slow test has %v", lat, lon, ok, x.GEOID(got), want)
	}
	if ok {
		*found++
	}
}

func TestRandomPointsAgreeWithTheSlowTest(t *testing.T) {
	x, s := index119(t), slow119(t)
	chance := rand.New(rand.NewPCG(119, 1))
	found := 0
	for i := range 20_000 {
		lat, lon := -15+87*chance.Float64(), -180+360*chance.Float64()
		if i%4 > 0 { // most of them where most districts are
			lat, lon = 24+26*chance.Float64(), -125+59*chance.Float64()
		}
		agree(t, x, s, lat, lon, &found)
	}
	t.Logf("%d of 20,000 in a district", found)
	if found < 5_000 {
		t.Error("too few points to say anything")
	}
}

func TestPointsByLinesAgreeWithTheSlowTest(t *testing.T) {
	x, s := index119(t), slow119(t)
	chance := rand.New(rand.NewPCG(119, 2))
	found := 0
	for range 10_000 {
		e := x.edges[chance.IntN(len(x.edges))]
		lat1, lon1 := x.set.grid.degrees(vertex{e.x1, e.y1})
		lat2, lon2 := x.set.grid.degrees(vertex{e.x2, e.y2})
		along := chance.Float64()
		lat, lon := lat1+along*(lat2-lat1), lon1+along*(lon2-lon1)
		for _, off := range []float64{40 * chance.Float64(), -40 * chance.Float64()} {
			aLat, aLon := aside(lat1, lon1, lat2, lon2, lat, lon, off)
			agree(t, x, s, aLat, aLon, &found)
		}
	}
	t.Logf("%d of 20,000 in a district", found)
}

// aside is the point that many meters to the left of (lat, lon), as one goes from
// the first point to the second.
func aside(lat1, lon1, lat2, lon2, lat, lon, meters float64) (float64, float64) {
	east, north := metersPerDegree(lat)
	dx, dy := (lon2-lon1)*east, (lat2-lat1)*north
	length := math.Hypot(dx, dy)
	return lat + dx/length*meters/north, lon - dy/length*meters/east
}

// On either side of a line between two districts, 40 m away, are those two
// districts, each close to the other.
func TestTwoDistrictsMeetAtTheirLine(t *testing.T) {
	x, s := index119(t), slow119(t)
	chance := rand.New(rand.NewPCG(119, 3))
	tried := 0
	for tried < 2_000 {
		e := s.shared[chance.IntN(len(s.shared))]
		lat, lon := (e.a[1]+e.b[1])/2, (e.a[0]+e.b[0])/2
		east, north := metersPerDegree(lat)
		if math.Hypot((e.a[0]-e.b[0])*east, (e.a[1]-e.b[1])*north) < 150 || x.lines90(lat, lon) > 2 {
			continue // a corner, or another line, is near
		}
		tried++
		var sides []string
		for _, off := range []float64{40, -40} {
			aLat, aLon := aside(e.a[1], e.a[0], e.b[1], e.b[0], lat, lon, off)
			own, ok := x.Find(aLat, aLon)
			if !ok {
				t.Fatalf("40 m from a line between %v lies nothing", e.geoids)
			}
			sides = append(sides, x.GEOID(own))
			other, _ := x.District(e.geoids[0])
			if other == own {
				other, _ = x.District(e.geoids[1])
			}
			if got := x.Close(aLat, aLon, 40.5, nil); !slices.Equal(got, []int32{other}) {
				t.Errorf("40 m from %v, in %s: close are %v", e.geoids, x.GEOID(own), got)
			}
			if got := x.Close(aLat, aLon, 39.5, nil); len(got) != 0 {
				t.Errorf("40 m from %v, in %s: close by 39.5 m are %v", e.geoids, x.GEOID(own), got)
			}
			if _, m, ok := x.Nearest(aLat, aLon); !ok || math.Abs(m-40) > 0.05 {
				t.Errorf("40 m from a line, it is said to be %v m away", m)
			}
		}
		want := e.geoids[:]
		slices.Sort(sides)
		slices.Sort(want)
		if !slices.Equal(sides, want) {
			t.Errorf("on the sides of a line between %v lie %v", want, sides)
		}
	}
}

// lines90 counts the edges within 90 m of a point, each district's for itself.
func (x *Index) lines90(lat, lon float64) int {
	w, ok := x.window(lat, lon, 90)
	if !ok {
		return 0
	}
	seen := map[[5]int32]bool{}
	x.tree.Search(w.low, w.high, func(_, _ [2]int32, number int32) bool {
		a := &x.areas[number]
		first, last := a.bandsIn(&w)
		for i := first; i <= last; i++ {
			for _, e := range x.band(a, i) {
				if e.squared(w.x, w.y, w.east, w.north) <= 90*90 {
					seen[[5]int32{a.district, e.x1, e.y1, e.x2, e.y2}] = true
				}
			}
		}
		return true
	})
	return len(seen)
}

// A vertex or a point of a line inside the country lies in exactly one district:
// the one that Find names.
func TestPointsOnLinesLieInOneDistrict(t *testing.T) {
	x := index119(t)
	users := make(map[int32][]int)
	for i, d := range x.set.Districts {
		for _, p := range d.polygons {
			for _, r := range p {
				for _, ref := range r {
					users[max(ref, ^ref)] = append(users[max(ref, ^ref)], i)
				}
			}
		}
	}
	tried, apart := 0, 0
	for i, arc := range x.set.arcs {
		if u := users[int32(i)]; len(u) != 2 || u[0] == u[1] {
			continue
		}
		for j := 1; j+1 < len(arc); j += 3 {
			v, w := arc[j], arc[j+1]
			for _, at := range [][2]float64{
				{float64(v.x), float64(v.y)}, {(float64(v.x) + float64(w.x)) / 2, (float64(v.y) + float64(w.y)) / 2},
				{float64(v.x) + (float64(w.x)-float64(v.x))/3, float64(v.y) + (float64(w.y)-float64(v.y))/3},
			} {
				tried++
				var in []int32
				for k := range x.areas {
					if a := &x.areas[k]; a.frame.around(at[0], at[1]) && x.inside(a, at[0], at[1], int32(math.Floor(at[1]))) {
						in = append(in, a.district)
					}
				}
				if len(in) != 1 {
					t.Errorf("%v on a line of %s and %s lies in %v", at, x.GEOID(int32(users[int32(i)][0])), x.GEOID(int32(users[int32(i)][1])), in)
					continue
				}
				g := x.set.grid
				got, ok := x.Find(at[1]*g.scale[1]+g.translate[1], at[0]*g.scale[0]+g.translate[0])
				if !ok || !slices.Contains(users[int32(i)], int(got)) && !x.touchesAt(got, at) {
					t.Errorf("a point on a line is found in neither district: %v %v", got, ok)
				}
				if got != in[0] { // degrees round to the other side of the line
					apart++
				}
			}
		}
	}
	t.Logf("%d points, %d of which degrees put on the line's other side", tried, apart)
	if tried < 30_000 {
		t.Error("too few points")
	}
}

// touchesAt reports whether a district's line runs through a place: a third one
// may touch the line of two in a single point.
func (x *Index) touchesAt(district int32, at [2]float64) bool {
	for _, a := range x.areasOf(district) {
		for b := range a.bands {
			for _, e := range x.band(&a, b) {
				if e.squared(at[0], at[1], 1, 1) < 1e-12 {
					return true
				}
			}
		}
	}
	return false
}

func TestEveryDistrictHasAPointInside(t *testing.T) {
	x := index119(t)
	near := 0
	for d := range int32(x.Len()) {
		lat, lon := x.Inside(d)
		if got, ok := x.Find(lat, lon); !ok || got != d {
			t.Errorf("%s: its point (%v, %v) is found in %s, %v", x.GEOID(d), lat, lon, x.GEOID(got), ok)
		}
		if p := x.Place(lat, lon); p != (Placement{Where: Inside, District: d}) {
			t.Errorf("%s: its point is placed %+v", x.GEOID(d), p)
		}
		if len(x.Close(lat, lon, 400, nil)) > 0 {
			near++
		}
		south, west, north, east := x.Bounds(d)
		if lat < south || lat > north || west < east && (lon < west || lon > east) {
			t.Errorf("%s: its point is out of its bounds", x.GEOID(d))
		}
		if (west > east) != (x.GEOID(d) == "0200") {
			t.Errorf("%s: from %v to %v", x.GEOID(d), west, east)
		}
		if number, ok := x.District(x.GEOID(d)); !ok || number != d {
			t.Errorf("%s is not number %d", x.GEOID(d), d)
		}
	}
	if near > 20 {
		t.Errorf("%d of the points are close to a line", near)
	}
}

// What Close and Nearest tell of points near lines is what measuring every edge
// tells.
func TestDistancesAgreeWithMeasuringAll(t *testing.T) {
	x := index119(t)
	chance := rand.New(rand.NewPCG(119, 4))
	for range 150 {
		e := x.edges[chance.IntN(len(x.edges))]
		lat, lon := x.set.grid.degrees(vertex{e.x1, e.y1})
		east, north := metersPerDegree(lat)
		lat += chance.NormFloat64() * 1500 / north
		lon += chance.NormFloat64() * 1500 / east
		east, north = metersPerDegree(lat)
		apart := make([]float64, x.Len())
		for i := range apart {
			apart[i] = math.Inf(1)
		}
		for i := range x.areas {
			a := &x.areas[i]
			for b := range a.bands {
				for _, e := range x.band(a, b) {
					lat1, lon1 := x.set.grid.degrees(vertex{e.x1, e.y1})
					lat2, lon2 := x.set.grid.degrees(vertex{e.x2, e.y2})
					if math.Abs(lat1-lat) > 2 || math.Abs(lon1-lon) > 4 {
						continue
					}
					apart[a.district] = min(apart[a.district], planar.DistanceFromSegment(
						orb.Point{(lon1 - lon) * east, (lat1 - lat) * north}, orb.Point{(lon2 - lon) * east, (lat2 - lat) * north}, orb.Point{}))
				}
			}
		}
		nearest := slices.Min(apart)
		own, ok := x.Find(lat, lon)
		d, meters, found := x.Nearest(lat, lon)
		if found != (nearest < MaxReach) || found && (math.Abs(meters-nearest) > 1e-3 || apart[d] > nearest+1e-3) {
			t.Errorf("nearest is %d at %v m (%v), measured %v m", d, meters, found, nearest)
		}
		if !ok {
			own = d
		}
		for _, reach := range []float64{10, 100, 700, 5_000, 50_000} {
			var want []int32
			for i, m := range apart {
				if m <= min(reach, MaxReach) && int32(i) != own {
					want = append(want, int32(i))
				}
			}
			if got := x.Close(lat, lon, reach, nil); !slices.Equal(got, want) {
				t.Errorf("close by %v m: %v, measured %v", reach, got, want)
			}
		}
	}
}

// Many may ask at once: run with -race, nobody writes.
func TestManyAskAtOnce(t *testing.T) {
	x := index119(t)
	want, _ := x.Find(40.7128, -74.0060)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 50 {
				if got, ok := x.Find(40.7128, -74.0060); !ok || got != want {
					t.Error(got, ok)
				}
				x.Close(40.7128, -74.0060, 500, nil)
				x.Place(33.9980, -118.5010)
				x.Inside(int32(i))
			}
			x.Outline(int32(i), 100, 100)
		})
	}
	all.Wait()
}

func TestLookupsDoNotAllocate(t *testing.T) {
	x := index119(t)
	into := make([]int32, 0, 64)
	for _, p := range [][2]float64{{40.7128, -74.0060}, {33.9980, -118.5010}, {0, 0}} {
		if n := testing.AllocsPerRun(100, func() {
			x.Find(p[0], p[1])
			x.Place(p[0], p[1])
			into = x.Close(p[0], p[1], 1000, into[:0])
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}
