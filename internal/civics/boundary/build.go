package boundary

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// builder gathers districts from a source, whatever its format.
type builder struct {
	set      Set
	warnings []string
	seen     map[string]bool
	points   int
	rings    int
	water    int
	thin     int // rings without area
	open     int // rings that we closed
	nameless int
	turned   int // rings that wind like holes but lie in no outer ring
}

func newBuilder(g grid) *builder {
	return &builder{set: Set{grid: g}, seen: map[string]bool{}}
}

var congressField = regexp.MustCompile(`^CD([0-9]{2,3})FP$`)

// feature reads who a feature is from its properties, whose names are in upper
// case. It gives "" for one that is no district and is left out.
func (b *builder) feature(properties map[string]string) (geoid string, err error) {
	district, congress := "", 0
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if m := congressField.FindStringSubmatch(name); m != nil {
			district = strings.TrimSpace(properties[name])
			congress, _ = strconv.Atoi(m[1])
		}
	}
	if congress == 0 {
		congress, _ = strconv.Atoi(strings.TrimSpace(properties["CDSESSN"]))
	}
	geoid = strings.TrimSpace(properties["GEOID"])
	if geoid == "" {
		geoid = strings.TrimSpace(properties["STATEFP"]) + district
	}
	if len(geoid) == 4 && strings.HasSuffix(geoid, "ZZ") {
		b.water++
		return "", nil
	}
	if !isGEOID(geoid) {
		b.nameless++
		return "", nil
	}
	if congress < 0 || congress > 999 {
		return "", fmt.Errorf("district %s: no such Congress", geoid)
	}
	if congress != 0 {
		if b.set.Congress != 0 && b.set.Congress != congress {
			return "", fmt.Errorf("district %s is of Congress %d, others are of Congress %d", geoid, congress, b.set.Congress)
		}
		b.set.Congress = congress
	}
	if b.seen[geoid] {
		return "", fmt.Errorf("district %s stands twice", geoid)
	}
	if len(b.seen) == maxDistricts {
		return "", errTooLarge
	}
	b.seen[geoid] = true
	return geoid, nil
}

// add keeps a district's polygons; one without any is left out.
func (b *builder) add(geoid string, polygons []polygon) {
	if len(polygons) == 0 {
		b.warnings = append(b.warnings, fmt.Sprintf("district %s has no area and is left out", geoid))
		return
	}
	b.set.Districts = append(b.set.Districts, District{GEOID: geoid, polygons: polygons})
}

// polygons reads a district's geometry, whose lists of numbers one kind of source
// reads with one, and keeps it.
func (b *builder) polygons(geoid, kind string, raw json.RawMessage, one func(*numbers) (polygon, error)) error {
	n := numbers{rest: raw}
	var polygons []polygon
	read := func() error {
		p, err := one(&n)
		if len(p) > 0 {
			polygons = append(polygons, p)
		}
		return err
	}
	var err error
	switch kind {
	case "Polygon":
		err = read()
	case "MultiPolygon":
		err = n.list(read)
	default:
		return fmt.Errorf("district %s is no polygon but %q", geoid, shorten(kind))
	}
	if err == nil {
		err = n.end()
	}
	if err != nil {
		return fmt.Errorf("district %s: %w", geoid, err)
	}
	b.add(geoid, polygons)
	return nil
}

// line puts a ring given in degrees (longitude, latitude) on the millionth grid,
// as an arc of its own. One without area gives nil.
func (b *builder) line(points [][2]float64) (ring, error) {
	if b.points += len(points); b.points > maxPoints {
		return nil, errTooLarge
	}
	if b.rings++; b.rings > maxRings {
		return nil, errTooLarge
	}
	arc := make([]vertex, 0, len(points)+1)
	for _, p := range points {
		v, err := onMicro(p)
		if err != nil {
			return nil, err
		}
		if len(arc) == 0 || arc[len(arc)-1] != v {
			arc = append(arc, v)
		}
	}
	if len(arc) > 1 && arc[0] != arc[len(arc)-1] {
		arc = append(arc, arc[0])
		b.open++
	}
	if len(arc) < 4 || twiceArea(arc) == 0 {
		b.thin++
		return nil, nil
	}
	b.set.arcs = append(b.set.arcs, arc)
	return ring{int32(len(b.set.arcs) - 1)}, nil
}

func onMicro(p [2]float64) (vertex, error) {
	if !(math.Abs(p[0]) <= 180.000001) || !(math.Abs(p[1]) <= 90.000001) {
		return vertex{}, fmt.Errorf("coordinates are not degrees of longitude and latitude")
	}
	return vertex{int32(math.Round(p[0] * 1e6)), int32(math.Round(p[1] * 1e6))}, nil
}

// twiceArea is twice a closed ring's area in the grid's units: positive when it
// runs counterclockwise.
func twiceArea(ring []vertex) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		// Relative to the first vertex, so that small rings lose no digits.
		sum += (float64(a.x)-float64(ring[0].x))*(float64(b.y)-float64(ring[0].y)) -
			(float64(b.x)-float64(ring[0].x))*(float64(a.y)-float64(ring[0].y))
	}
	return sum
}

// done checks the set and says what was left out.
func (b *builder) done() (Set, []string, error) {
	b.set.sort()
	if err := b.set.check(); err != nil {
		return Set{}, nil, err
	}
	say := func(n int, format string) {
		if n > 0 {
			b.warnings = append(b.warnings, fmt.Sprintf(format, n))
		}
	}
	say(b.water, "%d areas of water (ZZ) are no districts and are left out")
	say(b.nameless, "%d features without a GEOID of four digits are left out")
	say(b.thin, "%d rings without area are left out")
	say(b.open, "%d rings were not closed and are closed here")
	say(b.turned, "%d rings wind like holes but lie in no outline; they count as outlines")
	if b.set.Congress == 0 {
		b.warnings = append(b.warnings, "the file does not say of which Congress it is (no CD119FP or CDSESSN)")
	}
	return b.set, b.warnings, nil
}
