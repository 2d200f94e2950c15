package boundary

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// asGeoJSON writes a set as a feature collection.
func asGeoJSON(s Set) []byte {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","name":"districts","features":[`)
	for i, d := range s.Districts {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"STATEFP":%q,"CD%dFP":%q,"GEOID":%q,"CDSESSN":"%d","ALAND":12},"geometry":{"type":"MultiPolygon","coordinates":[`,
			d.GEOID[:2], s.Congress, d.GEOID[2:], d.GEOID, s.Congress)
		for j, p := range d.polygons {
			b.WriteString(",["[min(1, 1-min(j, 1)):])
			for k, r := range p {
				b.WriteString(",["[min(1, 1-min(k, 1)):])
				first := true
				s.points(r, func(v vertex) {
					lat, lon := s.grid.degrees(v)
					if !first {
						b.WriteByte(',')
					}
					first = false
					fmt.Fprintf(&b, "[%.6f, %.6f]", lon, lat)
				})
				b.WriteByte(']')
			}
			b.WriteByte(']')
		}
		b.WriteString(`]}}`)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

// asShapefile writes a set as ESRI's description has it: outer rings clockwise,
// holes counterclockwise, here the holes first.
func asShapefile(s Set) (shp, dbf []byte) {
	shp = make([]byte, 100)
	binary.BigEndian.PutUint32(shp, 9994)
	binary.LittleEndian.PutUint32(shp[28:], 1000)
	binary.LittleEndian.PutUint32(shp[32:], 5)
	for i, d := range s.Districts {
		var rings [][]vertex
		for _, p := range d.polygons {
			for j, r := range p {
				var line []vertex
				s.points(r, func(v vertex) { line = append(line, v) })
				if (twiceArea(line) < 0) != (j == 0) {
					slices.Reverse(line)
				}
				if j == 0 {
					rings = append(rings, line)
				} else {
					rings = append([][]vertex{line}, rings...)
				}
			}
		}
		record := make([]byte, 44)
		binary.LittleEndian.PutUint32(record, 5)
		n := 0
		for _, r := range rings {
			record = binary.LittleEndian.AppendUint32(record, uint32(n))
			n += len(r)
		}
		binary.LittleEndian.PutUint32(record[36:], uint32(len(rings)))
		binary.LittleEndian.PutUint32(record[40:], uint32(n))
		for _, r := range rings {
			for _, v := range r {
				lat, lon := s.grid.degrees(v)
				record = binary.LittleEndian.AppendUint64(record, math.Float64bits(lon))
				record = binary.LittleEndian.AppendUint64(record, math.Float64bits(lat))
			}
		}
		shp = binary.BigEndian.AppendUint32(shp, uint32(i+1))
		shp = binary.BigEndian.AppendUint32(shp, uint32(len(record)/2))
		shp = append(shp, record...)
	}
	binary.BigEndian.PutUint32(shp[24:], uint32(len(shp)/2))
	return shp, asTable(s)
}

func asTable(s Set) []byte {
	fields := []struct {
		name  string
		width int
	}{{"STATEFP", 2}, {fmt.Sprintf("CD%dFP", s.Congress), 2}, {"GEOID", 11}, {"NAMELSAD", 30}}
	header := make([]byte, 32)
	header[0] = 3
	binary.LittleEndian.PutUint32(header[4:], uint32(len(s.Districts)))
	width := 1
	for _, f := range fields {
		field := make([]byte, 32)
		copy(field, f.name)
		field[11], field[16] = 'C', byte(f.width)
		header = append(header, field...)
		width += f.width
	}
	header = append(header, 0x0d)
	binary.LittleEndian.PutUint16(header[8:], uint16(len(header)))
	binary.LittleEndian.PutUint16(header[10:], uint16(width))
	for _, d := range s.Districts {
		header = fmt.Appendf(header, " %-2s%-2s%-11s%-30s", d.GEOID[:2], d.GEOID[2:], d.GEOID, "Congressional District")
	}
	return append(header, 0x1a)
}

func zipped(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever format the districts come in, the same points lie in them.
func TestFormatsAgree(t *testing.T) {
	set, x := congress119(t), index119(t)
	shp, dbf := asShapefile(set)
	for name, data := range map[string][]byte{
		"cd119.geojson":             asGeoJSON(set),
		"cb_2024_us_cd119_500k.zip": zipped(t, map[string][]byte{"cb_2024_us_cd119_500k.shp": shp, "cb_2024_us_cd119_500k.dbf": dbf, "cb_2024_us_cd119_500k.prj": []byte("GEOGCS[]"), "__MACOSX/._cb_2024_us_cd119_500k.shp": []byte("Mac OS X")}),
	} {
		other, warnings, err := Read(name, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if other.Congress != 119 || len(other.Districts) != len(set.Districts) || len(warnings) > 0 {
			t.Errorf("%s: Congress %d, %d districts, %q", name, other.Congress, len(other.Districts), warnings)
		}
		for i, d := range other.Districts {
			holes, want := 0, 0
			for _, p := range d.polygons {
				holes += len(p) - 1
			}
			for _, p := range set.Districts[i].polygons {
				want += len(p) - 1
			}
			if d.GEOID != set.Districts[i].GEOID || len(d.polygons) != len(set.Districts[i].polygons) || holes != want {
				t.Errorf("%s: %s has %d polygons and %d holes, not %d and %d", name, d.GEOID, len(d.polygons), holes, len(set.Districts[i].polygons), want)
			}
		}
		back, err := Decode(other.Encode())
		if err != nil || !reflect.DeepEqual(back, other) {
			t.Errorf("%s: does not come back: %v", name, err)
		}
		y := NewIndex(other)
		chance := rand.New(rand.NewPCG(119, 5))
		for i := range 20_000 {
			lat, lon := 24+26*chance.Float64(), -125+59*chance.Float64()
			if i%2 == 0 { // by a line
				e := x.edges[chance.IntN(len(x.edges))]
				lat, lon = set.grid.degrees(vertex{e.x1, e.y1})
				lat, lon = lat+chance.NormFloat64()/1e4, lon+chance.NormFloat64()/1e4
			}
			a, okA := x.Find(lat, lon)
			b, okB := y.Find(lat, lon)
			if a == b && okA == okB {
				continue
			}
			if _, m, _ := x.Nearest(lat, lon); m > 0.2 { // a millionth of a degree is 11 cm
				t.Errorf("%s: (%v, %v), %.2f m from a line, lies in %s (%v), not %s (%v)", name, lat, lon, m, y.GEOID(b), okB, x.GEOID(a), okA)
			}
		}
	}
	if _, _, err := ReadShapefile(bytes.NewReader(shp), bytes.NewReader(dbf[:len(dbf)-1])); err != nil {
		t.Errorf("a table without its end mark: %v", err)
	}
}

func square(x0, y0, x1, y1 float64) string {
	return fmt.Sprintf("[[%[1]v,%[2]v],[%[3]v,%[2]v],[%[3]v,%[4]v],[%[1]v,%[4]v],[%[1]v,%[2]v]]", x0, y0, x1, y1)
}

func feature(geoid, kind, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"GEOID":%q,"CD119FP":%q},"geometry":{"type":%q,"coordinates":%s}}`, geoid, geoid[2:], kind, coordinates)
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// nested is a district with a hole, in it a district with a hole, in it an
// island of the first; and a third beside it, of two squares that touch in a
// corner. Each of its lines is level or upright.
var nested = collection(
	feature("0101", "MultiPolygon", "[["+square(-100, 30, -90, 40)+","+square(-98, 32, -92, 38)+"],["+square(-96, 34, -94, 36)+"]]"),
	feature("0102", "Polygon", "["+square(-98, 32, -92, 38)+","+square(-96, 34, -94, 36)+"]"),
	feature("0103", "MultiPolygon", "[["+square(-90, 30, -88, 35)+"],["+square(-88, 35, -86, 40)+"]]"),
)

func TestHolesAndIslands(t *testing.T) {
	set, warnings, err := Read("nested", strings.NewReader(nested))
	if err != nil || len(warnings) > 0 || set.Congress != 119 {
		t.Fatal(set.Congress, warnings, err)
	}
	shp, dbf := asShapefile(set)
	shaped, _, err := ReadShapefile(bytes.NewReader(shp), bytes.NewReader(dbf))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(polygonsOf(shaped), polygonsOf(set)) {
		t.Errorf("the shapefile has %v, not %v", polygonsOf(shaped), polygonsOf(set))
	}
	for name, x := range map[string]*Index{"GeoJSON": NewIndex(set), "shapefile": NewIndex(shaped)} {
		for at, want := range map[[2]float64]string{
			{31, -99}: "0101", {33, -97}: "0102", {35, -95}: "0101", {37, -93}: "0102", {39, -91}: "0101",
			{32, -89}: "0103", {37, -87}: "0103", {37, -89}: "", {32, -87}: "", {29.9999, -95}: "", {40.0001, -95}: "",
			// On lines and corners: the west and south sides belong to what is east
			// and north of them.
			{35, -90}: "", {34, -90}: "0103", {35, -92}: "0101", {35, -98}: "0102", {32, -95}: "0102", {38, -95}: "0101", {34, -95}: "0101", {36, -95}: "0102",
			{32, -98}: "0102", {38, -98}: "0101", {38, -92}: "0101", {32, -92}: "0101", {34, -96}: "0101", {36, -94}: "0102",
			{30, -100}: "0101", {40, -100}: "", {30, -90}: "0103", {35, -88}: "0103", {30, -88}: "",
		} {
			d, ok := x.Find(at[0], at[1])
			got := ""
			if ok {
				got = x.GEOID(d)
			}
			if got != want {
				t.Errorf("%s: %v lies in %q, not %q", name, at, got, want)
			}
		}
		// 0101 runs around 0102 and inside of it.
		if got := x.Close(34.0005, -96.0005, 100, []int32{7}); !slices.Equal(got, []int32{7, 0}) {
			t.Errorf("%s: close are %v", name, got)
		}
		for d := range int32(3) {
			lat, lon := x.Inside(d)
			if got, ok := x.Find(lat, lon); !ok || got != d {
				t.Errorf("%s: (%v, %v) is not inside %d", name, lat, lon, d)
			}
		}
	}
}

func polygonsOf(s Set) (out [][][]int) {
	for _, d := range s.Districts {
		var of [][]int
		for _, p := range d.polygons {
			var sizes []int
			for _, r := range p {
				n := 0
				s.points(r, func(vertex) { n++ })
				sizes = append(sizes, n)
			}
			of = append(of, sizes)
		}
		out = append(out, of)
	}
	return out
}

// What is odd but harmless is left out or mended, and said.
func TestWarningsSayWhatIsLeftOut(t *testing.T) {
	for _, c := range []struct {
		name, data string
		districts  int
		congress   int
		says       string
	}{
		{"water", collection(feature("0101", "Polygon", "["+square(0, 0, 1, 1)+"]"), feature("01ZZ", "Polygon", "["+square(2, 0, 3, 1)+"]")), 1, 119, "1 areas of water"},
		{"nameless", collection(feature("0101", "Polygon", "["+square(0, 0, 1, 1)+"]"), feature("xxxx", "Polygon", "[]")), 1, 119, "1 features without a GEOID"},
		{"open", collection(feature("0101", "Polygon", "[[[0,0],[1,0],[1,1]]]")), 1, 119, "1 rings were not closed"},
		{"thin hole", collection(feature("0101", "Polygon", "["+square(0, 0, 9, 9)+",[[1,1],[2,2],[1,1]]]")), 1, 119, "1 rings without area"},
		{"thin district", collection(feature("0101", "Polygon", "["+square(0, 0, 1, 1)+"]"), feature("0102", "Polygon", "[[[1,1],[2,2],[1,1]]]")), 1, 119, "district 0102 has no area"},
		{"no geometry", collection(feature("0101", "Polygon", "["+square(0, 0, 1, 1)+"]"), `{"type":"Feature","properties":{"GEOID":"0102"},"geometry":null}`), 1, 119, "district 0102 has no area"},
		{"no Congress", collection(`{"type":"Feature","properties":{"geoid":"0101"},"geometry":{"type":"Polygon","coordinates":[` + square(0, 0, 1, 1) + `]}}`), 1, 0, "does not say of which Congress"},
		{"session", collection(`{"type":"Feature","properties":{"STATEFP":"02","CD120FP":"00","CDSESSN":120},"geometry":{"type":"Polygon","coordinates":[` + square(0, 0, 1, 1) + `]}}`), 1, 120, ""},
		{"mark", "\xef\xbb\xbf\n " + collection(feature("0101", "Polygon", "["+square(0, 0, 1, 1)+"]")), 1, 119, ""},
		{"height", collection(feature("0101", "Polygon", "[[[0,0,5],[1,0,5],[1,1,5,6,7],[0,0,5]]]")), 1, 119, ""},
		{"to the edges of the world", collection(feature("0101", "Polygon", "["+square(-180, -90, 0, 90)+"]"), feature("0102", "Polygon", "["+square(0, -90, 180, 90)+"]")), 2, 119, ""},
		{"no grid", `{"type":"Topology","objects":{"a":{"type":"Polygon","properties":{"GEOID":"0101","CD119FP":"01"},"arcs":[[0]]}},"arcs":[[[0,0],[1.5,0],[1.5,1],[0,0]]]}`, 1, 119, ""},
	} {
		set, warnings, err := Read(c.name, strings.NewReader(c.data))
		if err != nil || len(set.Districts) != c.districts || set.Congress != c.congress {
			t.Errorf("%s: %d districts of Congress %d: %v", c.name, len(set.Districts), set.Congress, err)
		}
		if c.says == "" && len(warnings) > 0 || c.says != "" && !strings.Contains(strings.Join(warnings, "\n"), c.says) {
			t.Errorf("%s: warnings %q", c.name, warnings)
		}
	}
}

func topology(transform, arcs, rings string) string {
	return `{"type":"Topology","transform":` + transform + `,"objects":{"cd":{"type":"GeometryCollection","geometries":[{"type":"Polygon","properties":{"GEOID":"0101","CD119FP":"01"},"arcs":` + rings + `}]}},"arcs":` + arcs + `}`
}

func TestNonsenseIsRefused(t *testing.T) {
	const grid = `{"scale":[0.001,0.001],"translate":[-100,30]}`
	const arcs = `[[[0,0],[100,0],[0,100]],[[100,100],[-100,0],[0,-100]]]`
	if _, _, err := Read("good", strings.NewReader(topology(grid, arcs, "[[0,1]]"))); err != nil {
		t.Fatal(err)
	}
	shp, dbf := asShapefile(must(t, nested))
	bent := func(data []byte, at int, b ...byte) []byte {
		data = slices.Clone(data)
		copy(data[at:], b)
		return data
	}
	nan := binary.LittleEndian.AppendUint64(nil, math.Float64bits(math.NaN()))
	pack := func(shp, dbf []byte) string { return string(zipped(t, map[string][]byte{"a.shp": shp, "a.dbf": dbf})) }
	if _, _, err := Read("good", strings.NewReader(pack(shp, dbf))); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"nothing": "", "text": "hello", "array": "[]", "object": "{}", "cut": nested[:len(nested)/2], "after": nested + "x",
		"feature alone": feature("0101", "Polygon", "[]"), "no features": collection(), "features null": `{"type":"FeatureCollection","features":null}`, "features missing": `{"type":"FeatureCollection"}`,
		"point": collection(feature("0101", "Point", "[1,2]")), "only water": collection(feature("01ZZ", "Polygon", "["+square(0, 0, 1, 1)+"]")),
		"twice":             collection(feature("0101", "Polygon", "["+square(0, 0, 1, 1)+"]"), feature("0101", "Polygon", "["+square(0, 0, 1, 1)+"]")),
		"two Congresses":    collection(feature("0101", "Polygon", "["+square(0, 0, 1, 1)+"]"), strings.ReplaceAll(feature("0102", "Polygon", "["+square(0, 0, 1, 1)+"]"), "CD119FP", "CD120FP")),
		"off the globe":     collection(feature("0101", "Polygon", "["+square(0, 0, 181, 1)+"]")),
		"meters":            collection(feature("0101", "Polygon", "["+square(500000, 4000000, 510000, 4100000)+"]")),
		"overflow":          collection(feature("0101", "Polygon", "[[[0,0],[1e400,0],[1,1],[0,0]]]")),
		"short position":    collection(feature("0101", "Polygon", "[[[0,0],[1],[1,1],[0,0]]]")),
		"empty position":    collection(feature("0101", "Polygon", "[[[0,0],[],[1,1],[0,0]]]")),
		"words":             collection(feature("0101", "Polygon", `[[[0,0],["1",0],[1,1],[0,0]]]`)),
		"null coordinates":  collection(feature("0101", "Polygon", `null`)),
		"too shallow":       collection(feature("0101", "Polygon", `[[0,0],[1,0],[1,1],[0,0]]`)),
		"too deep":          collection(feature("0101", "Polygon", strings.Repeat("[", 9000)+strings.Repeat("]", 9000))),
		"deeper":            collection(feature("0101", "Polygon", strings.Repeat("[", 1_000_000))),
		"uncut at 180":      collection(feature("0101", "Polygon", "[[[179,0],[-179,0],[-179,1],[179,1],[179,0]]]")),
		"many features":     collection(strings.TrimSuffix(strings.Repeat("{},", 20_000), ",")),
		"many objects":      `{"type":"Topology","objects":{` + strings.TrimSuffix(strings.Repeat(`"a":{},`, 100), ",") + `},"arcs":[]}`,
		"many arcs":         topology(grid, "["+strings.TrimSuffix(strings.Repeat("[],", 500_000), ",")+"]", "[[0]]"),
		"no arcs":           topology(grid, "[]", "[[0]]"),
		"empty arc":         topology(grid, "[[]]", "[[0]]"),
		"arc too high":      topology(grid, arcs, "[[0,2]]"),
		"arc too low":       topology(grid, arcs, "[[0,-3]]"),
		"arc broken":        topology(grid, arcs, "[[0,0.5]]"),
		"arc huge":          topology(grid, arcs, "[[0,99999999999999999999]]"),
		"arcs apart":        topology(grid, arcs, "[[0,-2]]"),
		"not closed":        topology(grid, arcs, "[[0]]"),
		"off the grid":      topology(grid, `[[[0,0],[1e300,0],[0,1]]]`, "[[0]]"),
		"between the grid":  topology(grid, `[[[0,0],[1.5,0],[0,1]]]`, "[[0]]"),
		"grid of zero":      topology(`{"scale":[0,0],"translate":[0,0]}`, arcs, "[[0,1]]"),
		"grid negative":     topology(`{"scale":[-1,1],"translate":[0,0]}`, arcs, "[[0,1]]"),
		"grid far off":      topology(`{"scale":[0.001,0.001],"translate":[1e300,0]}`, arcs, "[[0,1]]"),
		"two layers":        strings.Replace(topology(grid, arcs, "[[0,1]]"), `"objects":{`, `"objects":{"b":{"type":"Polygon","properties":{"GEOID":"0102"},"arcs":[[0,1]]},`, 1),
		"empty zip":         string(zipped(t, nil)),
		"zip of text":       string(zipped(t, map[string][]byte{"a.txt": []byte("hello")})),
		"zip without table": string(zipped(t, map[string][]byte{"a.shp": shp})),
		"two shapes":        string(zipped(t, map[string][]byte{"a.shp": shp, "b.shp": shp, "a.dbf": dbf})),
		"zip cut":           pack(shp, dbf)[:200],
		"shape cut":         pack(shp[:len(shp)-9], dbf),
		"head cut":          pack(shp[:90], dbf),
		"no shapes":         pack(shp[:100], dbf),
		"table cut":         pack(shp, dbf[:len(dbf)-20]),
		"not a shape":       pack(bent(shp, 0, 1), dbf),
		"lines":             pack(bent(shp, 32, 3), dbf),
		"a line":            pack(bent(shp, 108, 3), dbf),
		"huge record":       pack(bent(shp, 104, 0xff, 0xff, 0xff, 0xff), dbf),
		"record of nothing": pack(bent(shp, 104, 0, 0, 0, 0), dbf),
		"huge parts":        pack(bent(shp, 108+36, 0xff, 0xff, 0xff, 0xff), dbf),
		"huge points":       pack(bent(shp, 108+40, 0xff, 0xff, 0xff, 0xff), dbf),
		"part too far":      pack(bent(shp, 108+44+4, 0xff, 0xff), dbf),
		"NaN":               pack(bent(shp, 108+44+12, nan...), dbf),
		"rows missing":      pack(shp, bent(dbf, 4, 2)),
		"rows too many":     pack(shp, bent(dbf, 4, 0xff, 0xff, 0xff, 0xff)),
		"fields too wide":   pack(shp, bent(dbf, 32+16, 255)),
		"no fields":         pack(shp, bent(dbf, 32, 0x0d)),
		"no header":         pack(shp, bent(dbf, 8, 0, 0)),
		"no width":          pack(shp, bent(dbf, 10, 0, 0)),
	} {
		if set, _, err := Read(name, strings.NewReader(data)); err == nil {
			t.Errorf("%s: taken, with %d districts", name, len(set.Districts))
		} else if !strings.Contains(err.Error(), name) || len(err.Error()) > 300 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestZipBombIsRefused(t *testing.T) {
	bomb := zipped(t, map[string][]byte{"a.shp": make([]byte, maxFile+1), "a.dbf": nil})
	if _, _, err := Read("bomb.zip", bytes.NewReader(bomb)); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Error(err)
	}
}

// A hole that nothing is around winds the wrong way: it is land.
func TestRingThatWindsTheWrongWayIsLand(t *testing.T) {
	shp, dbf := asShapefile(must(t, collection(feature("0101", "Polygon", "["+square(0, 0, 1, 1)+"]"))))
	for i := range 2 { // turn it: swap the second and the fourth vertex
		at := 108 + 44 + 4
		for j := range 8 {
			a, b := at+16+8*i+j, at+48+8*i+j
			shp[a], shp[b] = shp[b], shp[a]
		}
	}
	set, warnings, err := ReadShapefile(bytes.NewReader(shp), bytes.NewReader(dbf))
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "1 rings wind") {
		t.Fatal(warnings, err)
	}
	if _, ok := NewIndex(set).Find(0.5, 0.5); !ok {
		t.Error("the land is lost")
	}
}

// Islands on both sides of the 180th meridian, cut there, make one small map.
func TestDistrictOnBothSidesOfTheDateLine(t *testing.T) {
	x := NewIndex(must(t, collection(feature("0200", "MultiPolygon", "[["+square(179, 51, 180, 52)+"],["+square(-180, 51, -178, 52)+"]]"))))
	for at, want := range map[[2]float64]bool{{51.5, 179.5}: true, {51.5, -179}: true, {51.5, 0}: false, {51.5, 178.9}: false, {51.5, -177.9}: false} {
		if _, ok := x.Find(at[0], at[1]); ok != want {
			t.Errorf("%v: %v", at, ok)
		}
	}
	if s, w, n, e := x.Bounds(0); s != 51 || w != 179 || n != 52 || e != -178 {
		t.Error(s, w, n, e)
	}
	low, high := extent(t, x.Outline(0, 300, 200).Shape)
	if high[0]-low[0] < 250 || high[1]-low[1] < 80 {
		t.Errorf("drawn from %v to %v", low, high)
	}
}

func must(t testing.TB, data string) Set {
	t.Helper()
	set, _, err := Read("test", strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return set
}
