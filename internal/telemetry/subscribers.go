package telemetry

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// subscribersAge is how old the numbers of subscribers may be: counting reads the whole table.
const subscribersAge = time.Minute

// WatchSubscribers shows how many subscriptions there are by state and rhythm, each time the metrics are read, at most a minute old.
// What can't be counted is left out.
func (m *Metrics) WatchSubscribers(count func(ctx context.Context, add func(state, rhythm string, n int64)) error) {
	m.Registry.MustRegister(&subscribers{count: count, about: prometheus.NewDesc(
		"redress_subscribers", "Subscriptions to the newsletter, by state (pending, active, paused, ended) and rhythm.", []string{"state", "rhythm"}, nil)})
}

type subscribers struct {
	count func(context.Context, func(string, string, int64)) error
	about *prometheus.Desc

	mu   sync.Mutex
	read time.Time
	last []prometheus.Metric
}

// Describe says what Collect gives.
func (s *subscribers) Describe(out chan<- *prometheus.Desc) { out <- s.about }

// Collect gives the numbers.
func (s *subscribers) Collect(out chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.read) >= subscribersAge {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		var now []prometheus.Metric
		err := s.count(ctx, func(state, rhythm string, n int64) {
			now = append(now, prometheus.MustNewConstMetric(s.about, prometheus.GaugeValue, float64(n), state, rhythm))
		})
		if err != nil {
			now = nil
		}
		s.last, s.read = now, time.Now()
	}
	for _, metric := range s.last {
		out <- metric
	}
}
