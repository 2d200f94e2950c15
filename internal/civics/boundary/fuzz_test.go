package boundary

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"
)

const (
	tinyGrid  = `{"scale":[0.001,0.001],"translate":[-100,30]}`
	tinyArcs  = `[[[0,0],[100,0],[0,100]],[[100,100],[-100,0],[0,-100]],[[100,0],[100,0],[0,100],[-100,0]]]`
	tinyRings = `[[0,1]]`
)

// sound makes sure that whatever was taken can be kept and asked.
func sound(t *testing.T, set Set) {
	t.Helper()
	data := set.Encode()
	back, err := Decode(data)
	if err != nil {
		t.Fatalf("what was taken is refused later: %v", err)
	}
	if !reflect.DeepEqual(back, set) && !bytes.Equal(back.Encode(), data) {
		t.Fatal("the set changed on its way")
	}
	points := 0
	for _, d := range set.Districts {
		for _, p := range d.polygons {
			for _, r := range p {
				set.points(r, func(vertex) { points++ })
			}
		}
	}
	if points > 100_000 {
		return // arcs used again and again: bounded, but slow to try everything with
	}
	x := NewIndex(set)
	if len(x.edges) > 4*points {
		t.Fatalf("%d edges for %d points", len(x.edges), points)
	}
	var into []int32
	for d := range int32(min(x.Len(), 20)) {
		lat, lon := x.Inside(d)
		x.Place(lat, lon)
		for _, v := range set.arcs[0] {
			lat, lon := set.grid.degrees(v)
			x.Find(lat, lon)
			into = x.Close(lat, lon, 300, into[:0])
			if len(into) >= x.Len() {
				t.Fatalf("%d of %d districts are close", len(into), x.Len())
			}
		}
		x.Bounds(d)
		o := x.Outline(d, 120, 90)
		if len(o.Shape) > 1_000_000 || strings.ContainsAny(o.Shape, "NI<\"") {
			t.Fatalf("a shape of %d bytes: %.100s", len(o.Shape), o.Shape)
		}
	}
	for _, p := range [][2]float64{{0, 0}, {90, 180}, {-90, -180}, {math.NaN(), 0}, {40, -100}} {
		x.Place(p[0], p[1])
		x.Close(p[0], p[1], 5000, nil)
	}
}

func fuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		if set, _, err := Read("fuzz", bytes.NewReader(data)); err == nil {
			sound(t, set)
		}
	})
}

func FuzzReadTopoJSON(f *testing.F) {
	f.Add([]byte(topology(tinyGrid, tinyArcs, tinyRings)))
	f.Add([]byte(topology("null", `[[[0,0],[1.5,0],[1.5,1],[0,0]]]`, "[[0]]")))
	f.Add([]byte(topology(tinyGrid, tinyArcs, "[[-3,-2,-1]]")))
	f.Add([]byte(strings.Replace(topology(tinyGrid, tinyArcs, "[[[0,1]],[[0,1],[1,0]]]"), `"Polygon"`, `"MultiPolygon"`, 1)))
	fuzzRead(f)
}

func FuzzReadGeoJSON(f *testing.F) {
	f.Add([]byte(nested))
	f.Add([]byte(collection(feature("0101", "Polygon", "["+square(-180, -90, 0, 90)+"]"), feature("0200", "MultiPolygon", "[["+square(179, 51, 180, 52)+"],["+square(-180, 51, -178, 52)+"]]"))))
	f.Add([]byte(collection(feature("01ZZ", "Polygon", "[]"), feature("0101", "Polygon", "[[[0,0],[1e-7,0],[1,1,3]],[[0,0],[0,0]]]"))))
	fuzzRead(f)
}

func FuzzReadShapefile(f *testing.F) {
	shp, dbf := asShapefile(must(f, nested))
	f.Add(shp, dbf)
	shp, dbf = asShapefile(must(f, collection(feature("0200", "MultiPolygon", "[["+square(179, 51, 180, 52)+"],["+square(-180, 51, -178, 52)+"]]"))))
	f.Add(shp, dbf)
	f.Add(shp[:100], dbf[:32])
	f.Fuzz(func(t *testing.T, shp, dbf []byte) {
		if len(shp)+len(dbf) > 1<<16 {
			return
		}
		if set, _, err := ReadShapefile(bytes.NewReader(shp), bytes.NewReader(dbf)); err == nil {
			sound(t, set)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(must(f, nested).Encode())
	f.Add(must(f, topology(tinyGrid, tinyArcs, tinyRings)).Encode())
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		if set, err := Decode(data); err == nil {
			sound(t, set)
		}
	})
}

// Every cut and every changed byte of a good form is an error or another good
// set, never a panic.
func TestDamagedFormsAreRefused(t *testing.T) {
	set := must(t, nested)
	data := set.Encode()
	for n := range data {
		if _, err := Decode(data[:n]); err == nil {
			t.Errorf("taken when cut to %d of %d bytes", n, len(data))
		}
		for _, b := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			bad := bytes.Clone(data)
			bad[n] = b
			if got, err := Decode(bad); err == nil {
				sound(t, got)
			}
		}
	}
	if _, err := Decode(append(data, 0)); err == nil {
		t.Error("taken with a byte too many")
	}
}
