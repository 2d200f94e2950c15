package boundary

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
)

// readTopoJSON reads a topology (the TopoJSON format specification, 1.0). Its
// arcs and its grid are kept as they are.
func readTopoJSON(data []byte) (Set, []string, error) {
	var file struct {
		Transform *struct {
			Scale     [2]float64 `json:"scale"`
			Translate [2]float64 `json:"translate"`
		} `json:"transform"`
		Objects json.RawMessage `json:"objects"`
		Arcs    json.RawMessage `json:"arcs"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return Set{}, nil, err
	}
	b := newBuilder(micro)
	if file.Transform != nil {
		b.set.grid = grid{scale: file.Transform.Scale, translate: file.Transform.Translate}
	}
	if err := b.readArcs(file.Arcs, file.Transform != nil); err != nil {
		return Set{}, nil, err
	}
	layers := 0
	err := members(file.Objects, 64, func(_ string, raw json.RawMessage) error {
		before := len(b.seen)
		err := b.topoObject(raw)
		if len(b.seen) > before {
			layers++
		}
		if layers > 1 {
			return errors.New("more than one of its objects holds districts")
		}
		return err
	})
	if err != nil {
		return Set{}, nil, err
	}
	return b.done()
}

// readArcs reads the arcs: differences on the file's grid where it has one, else
// degrees.
func (b *builder) readArcs(raw json.RawMessage, gridded bool) error {
	n := numbers{rest: raw}
	err := n.list(func() error {
		if len(b.set.arcs) == maxArcs {
			return errTooLarge
		}
		var arc []vertex
		var x, y float64
		err := n.list(func() error {
			if b.points++; b.points > maxPoints {
				return errTooLarge
			}
			p, err := n.position()
			if err != nil {
				return err
			}
			if !gridded {
				v, err := onMicro(p)
				arc = append(arc, v)
				return err
			}
			x, y = x+p[0], y+p[1]
			if x != math.Trunc(x) || y != math.Trunc(y) || math.Abs(x) > maxCoordinate || math.Abs(y) > maxCoordinate {
				return errors.New("an arc leaves its grid")
			}
			arc = append(arc, vertex{int32(x), int32(y)})
			return nil
		})
		b.set.arcs = append(b.set.arcs, arc)
		return err
	})
	if err != nil {
		return err
	}
	return n.end()
}

type topoGeometry struct {
	Type       string          `json:"type"`
	Properties json.RawMessage `json:"properties"`
	Arcs       json.RawMessage `json:"arcs"`
	Geometries json.RawMessage `json:"geometries"`
}

func (b *builder) topoObject(raw json.RawMessage) error {
	var object topoGeometry
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	if object.Type != "GeometryCollection" {
		return b.topoFeature(object)
	}
	return each(object.Geometries, 10*maxDistricts, func(raw json.RawMessage) error {
		var g topoGeometry
		if err := json.Unmarshal(raw, &g); err != nil {
			return err
		}
		return b.topoFeature(g)
	})
}

func (b *builder) topoFeature(g topoGeometry) error {
	properties, err := text(g.Properties)
	if err != nil {
		return err
	}
	geoid, err := b.feature(properties)
	if err != nil || geoid == "" {
		return err
	}
	return b.polygons(geoid, g.Type, g.Arcs, b.topoPolygon)
}

// topoPolygon reads one polygon's rings. Without an outer ring of some area it is
// left out, a hole without area alone.
func (b *builder) topoPolygon(n *numbers) (polygon, error) {
	var out polygon
	first, empty := true, false
	err := n.list(func() error {
		if b.rings++; b.rings > maxRings {
			return errTooLarge
		}
		var r ring
		err := n.list(func() error {
			v, err := n.number()
			if err != nil || v != math.Trunc(v) || v >= float64(len(b.set.arcs)) || v < -float64(len(b.set.arcs)) {
				return errors.New("a ring names an arc that isn't there")
			}
			r = append(r, int32(v))
			return nil
		})
		if err != nil {
			return err
		}
		thin := len(r) == 0
		if !thin {
			points, err := b.checkRing(r)
			if err != nil {
				return err
			}
			thin = points < 4
		}
		if thin {
			b.thin++
		} else if !empty {
			out = append(out, r)
		}
		empty = empty || first && thin
		first = false
		return nil
	})
	return out, err
}

// checkRing is Set.checkRing before the arcs themselves are known to be whole.
func (b *builder) checkRing(r ring) (int, error) {
	for _, ref := range r {
		if ref < 0 {
			ref = ^ref
		}
		if len(b.set.arcs[ref]) < 2 {
			return 0, errors.New("an arc has fewer than two points")
		}
	}
	return b.set.checkRing(r)
}

// shorten is a foreign word that may stand in an error.
func shorten(s string) string { return strings.ToValidUTF8(s[:min(len(s), 40)], "") }
