package boundary

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// A shapefile is read as the "ESRI Shapefile Technical Description" (July 1998)
// has it: a header of 100 bytes, then records of polygons (types 5, 15, 25),
// whose outer rings run clockwise and whose holes run counterclockwise, in any
// order. Its table is a dBASE III file with one row per record. The Go libraries
// for it have been still for years or are not to be had; this is all we need.
const (
	shapeNull     = 0
	shapePolygon  = 5
	shapePolygonZ = 15
	shapePolygonM = 25
)

func readShapefile(shp, dbf io.Reader) (Set, []string, error) {
	shapes, err := readAll(shp)
	if err != nil {
		return Set{}, nil, fmt.Errorf(".shp: %w", err)
	}
	rows, err := readTable(dbf)
	if err != nil {
		return Set{}, nil, fmt.Errorf(".dbf: %w", err)
	}
	if len(shapes) < 100 || binary.BigEndian.Uint32(shapes) != 9994 || binary.LittleEndian.Uint32(shapes[28:]) != 1000 {
		return Set{}, nil, errors.New(".shp: not a shapefile")
	}
	switch kind := binary.LittleEndian.Uint32(shapes[32:]); kind {
	case shapePolygon, shapePolygonZ, shapePolygonM:
	default:
		return Set{}, nil, fmt.Errorf(".shp: holds no polygons but shapes of type %d", kind)
	}
	b := newBuilder(micro)
	effort := 0
	n := 0
	for rest := shapes[100:]; len(rest) > 0; n++ {
		if len(rest) < 8 {
			return Set{}, nil, errors.New(".shp: cut off")
		}
		size := 2 * int64(binary.BigEndian.Uint32(rest[4:]))
		if size < 4 || size > int64(len(rest)-8) {
			return Set{}, nil, errors.New(".shp: a record is cut off")
		}
		record := rest[8 : 8+size]
		rest = rest[8+size:]
		if n >= len(rows) {
			return Set{}, nil, errors.New("the .shp file has more records than the .dbf file")
		}
		if rows[n] == nil {
			continue // deleted
		}
		geoid, err := b.feature(rows[n])
		if err != nil {
			return Set{}, nil, err
		}
		if geoid == "" {
			continue
		}
		polygons, err := b.shape(record, &effort)
		if err != nil {
			return Set{}, nil, fmt.Errorf("district %s: %w", geoid, err)
		}
		b.add(geoid, polygons)
	}
	if n != len(rows) {
		return Set{}, nil, errors.New("the .dbf file has more rows than the .shp file has records")
	}
	return b.done()
}

// shape reads one record. effort counts the work of finding holes' outer rings
// over the whole file.
func (b *builder) shape(record []byte, effort *int) ([]polygon, error) {
	kind := binary.LittleEndian.Uint32(record)
	if kind == shapeNull {
		return nil, nil
	}
	if kind != shapePolygon && kind != shapePolygonZ && kind != shapePolygonM {
		return nil, fmt.Errorf("a record is no polygon but of type %d", kind)
	}
	if len(record) < 44 {
		return nil, errors.New("a record is cut off")
	}
	parts, points := int64(binary.LittleEndian.Uint32(record[36:])), int64(binary.LittleEndian.Uint32(record[40:]))
	if parts > maxRings || points > maxPoints {
		return nil, errTooLarge
	}
	if 44+4*parts+16*points > int64(len(record)) {
		return nil, errors.New("a record is cut off")
	}
	starts, places := record[44:44+4*parts], record[44+4*parts:]
	var outers, holes []ring
	line := [][2]float64{}
	for i := range parts {
		from, to := int64(binary.LittleEndian.Uint32(starts[4*i:])), points
		if i+1 < parts {
			to = int64(binary.LittleEndian.Uint32(starts[4*i+4:]))
		}
		if from > to || to > points {
			return nil, errors.New("a part lies outside its record")
		}
		line = line[:0]
		for j := from; j < to; j++ {
			line = append(line, [2]float64{
				math.Float64frombits(binary.LittleEndian.Uint64(places[16*j:])),
				math.Float64frombits(binary.LittleEndian.Uint64(places[16*j+8:])),
			})
		}
		r, err := b.line(line)
		if err != nil {
			return nil, err
		}
		switch {
		case r == nil:
		case twiceArea(b.set.arcs[r[0]]) < 0:
			outers = append(outers, r)
		default:
			holes = append(holes, r)
		}
	}
	return b.nest(outers, holes, effort)
}

// maxEffort bounds the comparisons of holes with outer rings, in edges: a file of
// the Census needs a millionth of it, a file made to keep us busy would not end.
const maxEffort = 500_000_000

// nest gives every hole to the smallest outer ring around it. One that no outer
// ring is around winds the wrong way: it is taken as an outer ring.
func (b *builder) nest(outers, holes []ring, effort *int) ([]polygon, error) {
	polygons := make([]polygon, len(outers))
	frames := make([]frame, len(outers))
	for i, r := range outers {
		polygons[i] = polygon{r}
		frames[i] = frameOf(b.set.arcs[r[0]])
	}
	for _, r := range holes {
		hole := b.set.arcs[r[0]]
		x, y, found := within(hole)
		inner := frameOf(hole)
		best, bestArea := -1, math.Inf(1)
		for i := range outers {
			*effort++
			if !found || !frames[i].holds(inner) {
				continue
			}
			outer := b.set.arcs[outers[i][0]]
			if *effort += len(outer); *effort > maxEffort {
				return nil, errors.New("its holes are too tangled")
			}
			if area := math.Abs(twiceArea(outer)); area < bestArea && evenOdd(outer, x, y) {
				best, bestArea = i, area
			}
		}
		if best < 0 {
			b.turned++
			polygons = append(polygons, polygon{r})
			continue
		}
		polygons[best] = append(polygons[best], r)
	}
	return polygons, nil
}

// frame is a box of vertices, edges included.
type frame struct{ low, high vertex }

func frameOf(line []vertex) frame {
	f := frame{line[0], line[0]}
	for _, v := range line {
		f.low = vertex{min(f.low.x, v.x), min(f.low.y, v.y)}
		f.high = vertex{max(f.high.x, v.x), max(f.high.y, v.y)}
	}
	return f
}

func (f frame) holds(g frame) bool {
	return f.low.x <= g.low.x && f.low.y <= g.low.y && f.high.x >= g.high.x && f.high.y >= g.high.y
}

// around reports whether a point lies in the box.
func (f frame) around(x, y float64) bool {
	return x >= float64(f.low.x) && x <= float64(f.high.x) && y >= float64(f.low.y) && y <= float64(f.high.y)
}

// evenOdd reports whether a closed ring is around a point.
func evenOdd(ring []vertex, x, y float64) bool {
	in := false
	for i := 1; i < len(ring); i++ {
		e := edgeOf(ring[i-1], ring[i])
		if float64(e.y1) <= y && y < float64(e.y2) && e.rightOf(x, y) {
			in = !in
		}
	}
	return in
}

// within is a point inside a closed ring, off its line: the middle of the widest
// stretch of a level that lies between vertices.
func within(ring []vertex) (x, y float64, ok bool) {
	f := frameOf(ring)
	widest := 0.0
	for i := range 7 {
		// Halves off the grid: no vertex lies on the level.
		level := math.Floor(float64(f.low.y)+float64(int64(f.high.y)-int64(f.low.y))*float64(i+1)/8) + 0.5
		for _, s := range stretches(level, [][]vertex{ring}) {
			if s[1]-s[0] > widest {
				x, y, ok, widest = (s[0]+s[1])/2, level, true, s[1]-s[0]
			}
		}
	}
	return x, y, ok
}

// readTable reads a dBASE III table: one map per row, by field name in upper
// case; nil for a row that is marked as deleted.
func readTable(r io.Reader) ([]map[string]string, error) {
	data, err := readAll(r)
	if err != nil {
		return nil, err
	}
	if len(data) < 33 {
		return nil, errors.New("cut off")
	}
	count := int64(binary.LittleEndian.Uint32(data[4:]))
	header := int64(binary.LittleEndian.Uint16(data[8:]))
	width := int64(binary.LittleEndian.Uint16(data[10:]))
	if count > 10*maxDistricts {
		return nil, errTooLarge
	}
	if header < 33 || width < 1 || header+count*width > int64(len(data)) {
		return nil, errors.New("cut off")
	}
	type field struct {
		name     string
		from, to int64
	}
	var fields []field
	at := int64(1)
	for d := int64(32); d+32 <= header && data[d] != 0x0d; d += 32 {
		name, _, _ := strings.Cut(string(data[d:d+11]), "\x00")
		f := field{strings.ToUpper(strings.TrimSpace(name)), at, at + int64(data[d+16])}
		if at = f.to; at > width {
			return nil, errors.New("its fields are longer than its rows")
		}
		fields = append(fields, f)
	}
	if len(fields) == 0 || len(fields) > 255 {
		return nil, errors.New("it has " + strconv.Itoa(len(fields)) + " fields")
	}
	rows := make([]map[string]string, count)
	for i := range rows {
		row := data[header+int64(i)*width:][:width]
		if row[0] == '*' {
			continue
		}
		values := make(map[string]string, len(fields))
		for _, f := range fields {
			values[f.name] = strings.Trim(string(row[f.from:f.to]), " \x00")
		}
		rows[i] = values
	}
	return rows, nil
}
