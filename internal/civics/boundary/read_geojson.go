package boundary

import (
	"encoding/json"
)

// readGeoJSON reads a feature collection (RFC 7946), each ring a line of its own
// on the millionth grid.
func readGeoJSON(data []byte) (Set, []string, error) {
	var file struct {
		Features json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return Set{}, nil, err
	}
	b := newBuilder(micro)
	if err := each(file.Features, 10*maxDistricts, b.geoFeature); err != nil {
		return Set{}, nil, err
	}
	return b.done()
}

func (b *builder) geoFeature(raw json.RawMessage) error {
	var feature struct {
		Properties json.RawMessage `json:"properties"`
		Geometry   *struct {
			Type        string          `json:"type"`
			Coordinates json.RawMessage `json:"coordinates"`
		} `json:"geometry"`
	}
	if err := json.Unmarshal(raw, &feature); err != nil {
		return err
	}
	properties, err := text(feature.Properties)
	if err != nil {
		return err
	}
	geoid, err := b.feature(properties)
	if err != nil || geoid == "" {
		return err
	}
	if feature.Geometry == nil {
		b.add(geoid, nil)
		return nil
	}
	return b.polygons(geoid, feature.Geometry.Type, feature.Geometry.Coordinates, b.geoPolygon)
}

// geoPolygon reads an outer ring and its holes. Without an outer ring of some
// area it is left out, a hole without area alone.
func (b *builder) geoPolygon(n *numbers) (polygon, error) {
	var out polygon
	first, empty := true, false
	var points [][2]float64
	err := n.list(func() error {
		points = points[:0]
		err := n.list(func() error {
			if len(points) == maxPoints {
				return errTooLarge
			}
			p, err := n.position()
			points = append(points, p)
			return err
		})
		if err != nil {
			return err
		}
		r, err := b.line(points)
		if r != nil && !empty {
			out = append(out, r)
		}
		empty = empty || first && r == nil
		first = false
		return err
	})
	return out, err
}
