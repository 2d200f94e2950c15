package pledge_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"redress/internal/pledge"
)

// BenchmarkSign measures newcomers who arrive at once.
func BenchmarkSign(b *testing.B) {
	w := newWorld(b)
	w.publish(b, slug)
	var n atomic.Int64
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s := ana(slug)
			s.Email = fmt.Sprintf("ana%d@mail.example", n.Add(1))
			if _, err := w.Sign(context.Background(), s); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkExport measures signatures written out.
func BenchmarkExport(b *testing.B) {
	w := newWorld(b)
	w.publish(b, slug)
	const crowd = 100_000
	demo(b, w, crowd)
	b.ResetTimer()
	for range b.N {
		n := 0
		err := w.Export(b.Context(), slug, pledge.ExportOptions{EveryEmail: true}, func(*pledge.Exported) error { n++; return nil })
		if err != nil || n != crowd {
			b.Fatalf("%d, %v", n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*crowd), "µs/signature")
}
