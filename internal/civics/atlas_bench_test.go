package civics

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

func BenchmarkByZIPRandom(b *testing.B) {
	a := shippedAtlas(b)
	var zips []string
	for zip := range zipsOf(shippedTables(b)) {
		zips = append(zips, zip)
	}
	slices.Sort(zips)
	for _, zip := range zips {
		if _, err := a.ByZIP(zip); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % len(zips)
		_, _ = a.ByZIP(zips[i])
	}
}

func BenchmarkByPoint(b *testing.B) {
	a := shippedAtlas(b)
	x := a.current()
	var points []Point
	for n := range x.districts.shapes.Len() {
		lat, lon := x.districts.shapes.Inside(int32(n))
		points = append(points, Point{Lat: lat, Lon: lon})
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 31) % len(points)
		if _, err := a.ByPoint(context.Background(), points[i]); err != nil {
			b.Fatal(fmt.Sprint(err))
		}
	}
}
