package civics

import (
	"fmt"
	"io"
	"strconv"

	"redress/internal/civics/boundary"
)

// ReadBoundaries reads the map of one Congress's districts: TopoJSON, GeoJSON or
// a zipped shapefile, as the Census publishes its cartographic boundary files.
// Every district of the apportionment must be on it, and no other.
func ReadBoundaries(name string, r io.Reader) (Tables, error) {
	set, warnings, err := boundary.Read(name, r)
	if err != nil {
		return Tables{}, err
	}
	return stageBoundaries(name, set, warnings)
}

// stageBoundaries checks a map and stages it.
func stageBoundaries(name string, set boundary.Set, warnings []string) (Tables, error) {
	if set.Congress == 0 {
		set.Congress = congressInName(name)
	}
	if set.Congress == 0 {
		return Tables{}, fmt.Errorf("%s doesn't say of which Congress its districts are", name)
	}
	if err := complete(set); err != nil {
		return Tables{}, err
	}
	d := describe(DatasetBoundaries, set.Congress, CongressBegins(set.Congress), len(set.Districts))
	return Tables{
		Datasets:   []Dataset{d},
		Boundaries: []Boundary{{Dataset: d.ID, Congress: set.Congress, Shape: set.Encode()}},
		Warnings:   warnings,
	}, nil
}

// complete compares the districts of a map with those that elect someone.
func complete(set boundary.Set) error {
	drawn := map[string]bool{}
	for _, d := range set.Districts {
		p := placeByFIPS[d.GEOID[:min(2, len(d.GEOID))]]
		district, ok := congressionalDistrict(d.GEOID[min(2, len(d.GEOID)):])
		id := congressionalID(p, district)
		if p.code == "" || !ok || !p.hasDistrict(district) {
			return fmt.Errorf("the map shows a district %q that doesn't exist", d.GEOID)
		}
		if drawn[id] {
			return fmt.Errorf("the map shows the district %s twice", d.GEOID)
		}
		drawn[id] = true
	}
	for _, p := range places {
		for n := 1; n <= p.seats; n++ {
			district := strconv.Itoa(n)
			if p.atLarge() {
				district = "0"
			}
			if !drawn[congressionalID(p, district)] {
				return fmt.Errorf("the map lacks a district: %s, %s", p.name, districtName(district))
			}
		}
	}
	return nil
}
