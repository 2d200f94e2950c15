package boundary

import (
	"encoding/binary"
	"errors"
	"math"
)

// The form: magic with version; Congress; the grid's four numbers; how many
// arcs and points; every arc's length; all x, then all y, each as the difference
// to the point before; the districts with their polygons, rings and arcs. Counts
// are varints, differences zigzag varints. x and y stand apart because gzip
// finds more that way. The same set always gives the same bytes.
const magic = "redress.boundary\x01"

// Encode writes the set in the package's own compact form, for [Decode]. It is
// not compressed: what holds it compresses as it likes.
func (s Set) Encode() []byte {
	points := 0
	for _, arc := range s.arcs {
		points += len(arc)
	}
	out := make([]byte, 0, len(magic)+3*points+64*len(s.Districts)+1024)
	out = append(out, magic...)
	out = binary.AppendUvarint(out, uint64(s.Congress))
	for _, f := range [...]float64{s.grid.scale[0], s.grid.scale[1], s.grid.translate[0], s.grid.translate[1]} {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(f))
	}
	out = binary.AppendUvarint(out, uint64(len(s.arcs)))
	out = binary.AppendUvarint(out, uint64(points))
	for _, arc := range s.arcs {
		out = binary.AppendUvarint(out, uint64(len(arc)))
	}
	var before vertex
	for _, arc := range s.arcs {
		for _, v := range arc {
			out = binary.AppendVarint(out, int64(v.x)-int64(before.x))
			before = v
		}
	}
	before = vertex{}
	for _, arc := range s.arcs {
		for _, v := range arc {
			out = binary.AppendVarint(out, int64(v.y)-int64(before.y))
			before = v
		}
	}
	out = binary.AppendUvarint(out, uint64(len(s.Districts)))
	last := int64(0)
	for _, d := range s.Districts {
		out = append(out, d.GEOID...)
		out = binary.AppendUvarint(out, uint64(len(d.polygons)))
		for _, p := range d.polygons {
			out = binary.AppendUvarint(out, uint64(len(p)))
			for _, r := range p {
				out = binary.AppendUvarint(out, uint64(len(r)))
				for _, ref := range r {
					out = binary.AppendVarint(out, int64(ref)-last)
					last = int64(ref)
				}
			}
		}
	}
	return out
}

var errForm = errors.New("boundaries: not the form that this program writes, or cut off")

// Decode reads what [Set.Encode] wrote. Anything else is an error; the memory it
// takes is bounded by the length of the bytes.
func Decode(data []byte) (Set, error) {
	if len(data) < len(magic) || string(data[:len(magic)]) != magic {
		return Set{}, errForm
	}
	in := reader{rest: data[len(magic):]}
	s := Set{Congress: in.count(999)}
	for _, f := range [...]*float64{&s.grid.scale[0], &s.grid.scale[1], &s.grid.translate[0], &s.grid.translate[1]} {
		*f = in.float()
	}
	arcs := in.count(min(maxArcs, len(in.rest)))
	points := in.count(min(maxPoints, len(in.rest)/2))
	if in.bad {
		return Set{}, errForm
	}
	slab := make([]vertex, points)
	s.arcs = make([][]vertex, arcs)
	from := 0
	for i := range s.arcs {
		n := in.count(points - from)
		s.arcs[i] = slab[from : from+n : from+n]
		from += n
	}
	if in.bad || from != points {
		return Set{}, errForm
	}
	at := int64(0)
	for i := range slab {
		at += in.step()
		slab[i].x = int32(at)
		in.bad = in.bad || at != int64(int32(at))
	}
	at = 0
	for i := range slab {
		at += in.step()
		slab[i].y = int32(at)
		in.bad = in.bad || at != int64(int32(at))
	}
	if in.bad {
		return Set{}, errForm
	}
	if err := in.districts(&s); err != nil {
		return Set{}, err
	}
	return s, s.check()
}

func (in *reader) districts(s *Set) error {
	last := int64(0)
	s.Districts = make([]District, in.count(min(maxDistricts, len(in.rest))))
	for i := range s.Districts {
		d := &s.Districts[i]
		d.GEOID = in.text(4)
		d.polygons = make([]polygon, in.count(len(in.rest)))
		for j := range d.polygons {
			d.polygons[j] = make(polygon, in.count(len(in.rest)))
			for k := range d.polygons[j] {
				r := make(ring, in.count(len(in.rest)))
				for l := range r {
					last += in.step()
					if last != int64(int32(last)) {
						return errForm
					}
					r[l] = int32(last)
				}
				d.polygons[j][k] = r
			}
			if in.bad {
				return errForm
			}
		}
	}
	if in.bad || len(in.rest) > 0 {
		return errForm
	}
	return nil
}

// reader takes numbers off a slice and remembers that one was missing or out of
// its range; from then on it gives zeros.
type reader struct {
	rest []byte
	bad  bool
}

// count is a whole number from 0 to limit. What it counts takes at least a byte
// each, so a limit of the bytes left bounds what a caller makes of it.
func (in *reader) count(limit int) int {
	v, n := binary.Uvarint(in.rest)
	if in.bad || n <= 0 || v > uint64(max(limit, 0)) {
		in.bad = true
		return 0
	}
	in.rest = in.rest[n:]
	return int(v)
}

func (in *reader) step() int64 {
	if len(in.rest) > 0 && in.rest[0] < 0x80 && !in.bad { // most are one byte
		b := in.rest[0]
		in.rest = in.rest[1:]
		return int64(b>>1) ^ -int64(b&1)
	}
	v, n := binary.Varint(in.rest)
	if in.bad || n <= 0 || v > math.MaxUint32 || v < -math.MaxUint32 {
		in.bad = true
		return 0
	}
	in.rest = in.rest[n:]
	return v
}

func (in *reader) float() float64 {
	if in.bad || len(in.rest) < 8 {
		in.bad = true
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(in.rest))
	in.rest = in.rest[8:]
	return v
}

func (in *reader) text(n int) string {
	if in.bad || len(in.rest) < n {
		in.bad = true
		return ""
	}
	v := string(in.rest[:n])
	in.rest = in.rest[n:]
	return v
}
