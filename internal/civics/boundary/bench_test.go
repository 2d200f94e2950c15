package boundary

import (
	"math/rand/v2"
	"testing"
)

// places are points in the 48 states, most of them on land.
func places(n int) [][2]float64 {
	chance := rand.New(rand.NewPCG(1, 2))
	out := make([][2]float64, n)
	for i := range out {
		out[i] = [2]float64{26 + 22*chance.Float64(), -124 + 56*chance.Float64()}
	}
	return out
}

func BenchmarkFind(b *testing.B) {
	x := index119(b)
	at := places(4096)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		p := at[i%len(at)]
		x.Find(p[0], p[1])
	}
}

// Where the people are: small districts, many edges.
func BenchmarkFindInCities(b *testing.B) {
	x := index119(b)
	var at [][2]float64
	chance := rand.New(rand.NewPCG(3, 4))
	for _, city := range [][2]float64{{40.7, -73.95}, {34.05, -118.25}, {41.85, -87.7}, {29.76, -95.4}, {39.95, -75.2}, {38.9, -77.1}} {
		for range 500 {
			at = append(at, [2]float64{city[0] + chance.NormFloat64()/10, city[1] + chance.NormFloat64()/10})
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		p := at[i%len(at)]
		x.Find(p[0], p[1])
	}
}

func BenchmarkClose(b *testing.B) {
	x := index119(b)
	var at [][2]float64
	for _, p := range places(8192) { // in a district, as most who ask are
		if _, ok := x.Find(p[0], p[1]); ok {
			at = append(at, p)
		}
	}
	into := make([]int32, 0, 16)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		p := at[i%len(at)]
		into = x.Close(p[0], p[1], 100, into[:0])
	}
}

func BenchmarkNearest(b *testing.B) {
	x := index119(b)
	at := places(4096)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		p := at[i%len(at)]
		x.Nearest(p[0], p[1])
	}
}

func BenchmarkNewIndex(b *testing.B) {
	set := congress119(b)
	b.ReportAllocs()
	for range b.N {
		NewIndex(set)
	}
}

func BenchmarkDecode(b *testing.B) {
	data := congress119(b).Encode()
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for range b.N {
		if _, err := Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}
