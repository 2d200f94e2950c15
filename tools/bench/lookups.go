package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/postgres"
)

// measureLookups prints what looking up who represents whom costs in memory, in
// this process, on the site's own database. These are absolute figures of this
// machine, beside their goals.
func measureLookups(ctx context.Context, site *site) error {
	if _, err := fetch(ctx, site.url+issuePath, "br"); err != nil { // it answers once its tables are filled
		return err
	}
	zips, err := zipsOf(ctx, site.database)
	if err != nil {
		return err
	}
	db, err := postgres.Open(ctx, postgres.Options{URL: site.database})
	if err != nil {
		return err
	}
	defer db.Close()
	before := heap()
	atlas, err := measureLoad(ctx, db)
	if err != nil {
		return err
	}
	memory("index in memory, heap", heap()-before, "goal <= 100 MB")
	if err := measureZips(atlas, zips); err != nil {
		return err
	}
	memory("the same, with every ZIP code's answer", heap()-before, "kept after the first time")
	err = measurePoints(ctx, atlas)
	runtime.KeepAlive(atlas)
	return err
}

// measureLoad loads the index several times, each as a start does.
func measureLoad(ctx context.Context, db *postgres.DB) (*civics.Atlas, error) {
	var atlas *civics.Atlas
	var took []time.Duration
	for range 5 {
		began := time.Now()
		var err error
		if atlas, err = civics.Open(ctx, db, slog.New(slog.DiscardHandler)); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	time.Sleep(2 * time.Second) // the next period's index is made behind it; it counts too
	slices.Sort(took)
	figure("index from the database, loaded", took[len(took)/2], "300 ms", fmt.Sprintf("best %v", took[0].Round(time.Millisecond)))
	return atlas, nil
}

func measureZips(atlas *civics.Atlas, zips []string) error {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // nothing secret
	shuffled := slices.Clone(zips)
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	began := time.Now()
	for _, zip := range shuffled {
		if _, err := atlas.ByZIP(zip); err != nil {
			return fmt.Errorf("a ZIP code of the tables: %w", err)
		}
	}
	figure("ZIP code, each of the tables the first time", time.Since(began)/time.Duration(len(zips)), "", "")
	benchmark("ZIP code, one", "1 µs", func(int) { _, _ = atlas.ByZIP(hotZip) })
	benchmark("ZIP code, at random", "1 µs", func(i int) { _, _ = atlas.ByZIP(shuffled[i%len(shuffled)]) })
	return nil
}

// measurePoints looks up random points of the contiguous states.
func measurePoints(ctx context.Context, atlas *civics.Atlas) error {
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // nothing secret
	var points []civics.Point
	for range 40_000 {
		p := civics.Point{Lat: 25 + 24*random.Float64(), Lon: -124 + 57*random.Float64()}
		if _, err := atlas.ByPoint(ctx, p); err == nil {
			points = append(points, p)
		}
	}
	if len(points) < 10_000 {
		return fmt.Errorf("only %d of 40000 points lie in a district", len(points))
	}
	benchmark("point, one", "2 µs", func(int) { _, _ = atlas.ByPoint(ctx, points[0]) })
	benchmark("point, at random", "2 µs", func(i int) { _, _ = atlas.ByPoint(ctx, points[i%len(points)]) })
	return nil
}

// benchmark prints what one lookup takes, and how often and how much it
// allocates.
func benchmark(name, goal string, lookup func(i int)) {
	result := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			lookup(i)
			i++
		}
	})
	figure(name, time.Duration(result.NsPerOp()), goal, fmt.Sprintf("%d allocations, %d bytes", result.AllocsPerOp(), result.AllocedBytesPerOp()))
}

func figure(name string, took time.Duration, goal, more string) {
	if took > time.Millisecond {
		took = took.Round(time.Millisecond)
	}
	if goal != "" {
		goal = "goal <= " + goal
	}
	if goal != "" && more != "" {
		goal += "; "
	}
	if goal += more; goal != "" {
		goal = " (" + goal + ")"
	}
	fmt.Printf("%-46s %8v%s\n", name, took, goal)
}

func memory(name string, bytes int64, more string) {
	fmt.Printf("%-46s %8.1f MB (%s)\n", name, float64(bytes)/(1<<20), more)
}

// heap is how many bytes are in use once everything unused is collected.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
