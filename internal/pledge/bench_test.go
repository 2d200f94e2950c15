package pledge_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
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
