package boundary

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestOutlinesAreSmallAndInTheirFrames(t *testing.T) {
	x := index119(t)
	var sizes, sums []int
	longest := ""
	for d := range int32(x.Len()) {
		o := x.Outline(d, 240, 180)
		sum := len(o.Shape)
		for _, n := range o.Neighbors {
			sum += len(n)
		}
		sizes, sums = append(sizes, len(o.Shape)), append(sums, sum)
		if len(o.Shape) > 2_000 || sum > 6_000 {
			t.Errorf("%s: %d bytes, %d with its %d neighbors", x.GEOID(d), len(o.Shape), sum, len(o.Neighbors))
		}
		if len(o.Shape) >= slices.Max(sizes) {
			longest = x.GEOID(d)
		}
		low, high := extent(t, o.Shape)
		wide, tall := high[0]-low[0], high[1]-low[1]
		if low[0] < -4 || low[1] < -4 || high[0] > 244 || high[1] > 184 || wide < 190 && tall < 140 {
			t.Errorf("%s: drawn from %v to %v", x.GEOID(d), low, high)
		}
		for _, n := range o.Neighbors {
			if low, high := extent(t, n); low[0] < -4 || low[1] < -4 || high[0] > 244 || high[1] > 184 {
				t.Errorf("%s: a neighbor is drawn from %v to %v", x.GEOID(d), low, high)
			}
		}
	}
	slices.Sort(sizes)
	slices.Sort(sums)
	n := len(sizes)
	t.Logf("shape: median %d, 90 %% %d, longest %d (%s); with neighbors: median %d, 90 %% %d, longest %d",
		sizes[n/2], sizes[n*9/10], sizes[n-1], longest, sums[n/2], sums[n*9/10], sums[n-1])
	if sizes[n/2] > 1_500 || sums[n*9/10] > 4_000 {
		t.Error("outlines are larger than they should be")
	}
	if o := x.Outline(-1, 100, 100); o.Shape != "" || o.Neighbors != nil {
		t.Error("no district has an outline")
	}
	if file := os.Getenv("OUTLINES"); file != "" { // to look at them
		var b strings.Builder
		for _, id := range strings.Fields("0200 1502 6098 6998 6698 7298 1228 1501 0634 0611 3612 4807 1704 2503 1226 2300 2601 5302 5301 7898 1198 0650 2405 3601 2201") {
			if d, ok := x.District(id); ok {
				o := x.Outline(d, 240, 180)
				fmt.Fprintf(&b, `<svg width=240 height=180 viewBox="0 0 240 180" style="border:1px solid #999;margin:4px"><title>%s</title>`, id)
				for _, n := range o.Neighbors {
					fmt.Fprintf(&b, `<path d="%s" fill="#eee" stroke="#bbb" fill-rule="evenodd"/>`, n)
				}
				fmt.Fprintf(&b, `<path d="%s" fill="#8ac" stroke="#234" fill-rule="evenodd"/><text x=4 y=14>%s %d</text></svg>`, o.Shape, id, len(o.Shape))
			}
		}
		os.WriteFile(file, []byte(b.String()), 0o600)
	}
}

// extent reads path data as a browser does and gives the corners of what it
// draws.
func extent(t *testing.T, path string) (low, high [2]float64) {
	t.Helper()
	if path == "" || path[0] != 'M' || path[len(path)-1] != 'Z' {
		t.Fatalf("%.40q is no path", path)
	}
	low, high = [2]float64{1e9, 1e9}, [2]float64{-1e9, -1e9}
	for _, part := range strings.Split(strings.TrimSuffix(path[1:], "Z"), "ZM") {
		start, steps, ok := strings.Cut(part, "l")
		at := numbersOf(t, start)
		moves := numbersOf(t, steps)
		if !ok || len(at) != 2 || len(moves)%2 != 0 || len(moves) < 4 {
			t.Fatalf("%.40q is no closed shape", part)
		}
		for i := 0; ; i += 2 {
			low = [2]float64{min(low[0], at[0]), min(low[1], at[1])}
			high = [2]float64{max(high[0], at[0]), max(high[1], at[1])}
			if i == len(moves) {
				break
			}
			at[0], at[1] = at[0]+moves[i], at[1]+moves[i+1]
		}
	}
	return low, high
}

func numbersOf(t *testing.T, s string) []float64 {
	t.Helper()
	var out []float64
	for _, word := range strings.Fields(strings.ReplaceAll(s, "-", " -")) {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatalf("%q is no number", word)
		}
		out = append(out, v)
	}
	return out
}

func BenchmarkOutline(b *testing.B) {
	x := index119(b)
	b.ReportAllocs()
	for i := range b.N {
		x.Outline(int32(i%x.Len()), 240, 180)
	}
}
