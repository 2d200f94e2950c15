// Package telemetry is what the operator sees: the log, the access log and the
// metrics. All three name routes by their pattern and hold nothing that a
// visitor sent: no path, query, referrer, address or name.
package telemetry

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the program's Prometheus metrics, in a registry of their own.
type Metrics struct {
	Registry *prometheus.Registry

	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	cache    *prometheus.CounterVec
	panics   *prometheus.CounterVec
	verdicts *prometheus.CounterVec
	rules    *prometheus.CounterVec
}

// NewMetrics returns metrics that have counted nothing yet.
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "redress_http_requests_total",
			Help: "Requests answered, by route pattern, method and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "redress_http_request_seconds",
			Help:    "Time from a request's header to its answer, by route pattern.",
			Buckets: []float64{0.0005, 0.002, 0.01, 0.05, 0.2, 1, 5},
		}, []string{"route"}),
		cache: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "redress_page_cache_total",
			Help: "Pages served, by how: hit, rendered, stale.",
		}, []string{"how"}),
		panics: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "redress_panics_total",
			Help: "Panics that a request survived, by route pattern.",
		}, []string{"route"}),
	}
	m.verdicts = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "redress_challenge_total",
		Help: "Forms taken, by action and by what came back for their challenge: solved, missing, expired, forged, used, malformed.",
	}, []string{"action", "verdict"})
	m.rules = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "redress_rule_total",
		Help: "Effects of each rule against abuse, by rule and action: network and visitor (told to wait), allowed (passed by the list), honeypot, typo_asked, typo_taken, disposable (held).",
	}, []string{"rule", "action"})
	m.Registry.MustRegister(m.requests, m.seconds, m.cache, m.panics, m.verdicts, m.rules,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Answered counts one answer.
func (m *Metrics) Answered(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, methodLabel(method), strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// Panicked counts one panic that a request survived.
func (m *Metrics) Panicked(route string) { m.panics.WithLabelValues(route).Inc() }

// Challenged counts one form by what came back for its challenge.
func (m *Metrics) Challenged(action, verdict string) {
	m.verdicts.WithLabelValues(action, verdict).Inc()
}

// Ruled counts one effect of a rule against abuse.
func (m *Metrics) Ruled(rule, action string) { m.rules.WithLabelValues(rule, action).Inc() }

// WatchSiege shows whether the forms of an action are under attack, as 1 or 0, each time the metrics are read.
func (m *Metrics) WatchSiege(action string, under func() bool) {
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name:        "redress_under_attack",
		Help:        "1 while the forms of an action are under attack: mail for those without a solved challenge waits.",
		ConstLabels: prometheus.Labels{"action": action},
	}, func() float64 {
		if under() {
			return 1
		}
		return 0
	}))
}

// WatchDrift shows how many signatures the pledges' counters and their results are off by, each time the metrics are read;
// nothing before the first audit.
func (m *Metrics) WatchDrift(counters, results func() (signatures uint64, audited bool)) {
	m.Registry.MustRegister(
		driftCollector{driftDesc("redress_pledge_drift", "Signatures that the counters are off by"), counters},
		driftCollector{driftDesc("redress_pledge_results_drift", "Signatures that the results by day, state or ZIP code are off by"), results},
	)
}

func driftDesc(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help+", as the last nightly audit found. There must be none.", nil, nil)
}

type driftCollector struct {
	desc *prometheus.Desc
	off  func() (signatures uint64, audited bool)
}

func (c driftCollector) Describe(to chan<- *prometheus.Desc) { to <- c.desc }

func (c driftCollector) Collect(to chan<- prometheus.Metric) {
	if signatures, audited := c.off(); audited {
		to <- prometheus.MustNewConstMetric(c.desc, prometheus.GaugeValue, float64(signatures))
	}
}

// Served counts one page by how the cache came by it.
func (m *Metrics) Served(how string) { m.cache.WithLabelValues(how).Inc() }

// Counter is a route's counters looked up once, for the path that answers from
// memory.
type Counter struct {
	ok, notModified prometheus.Counter
	seconds         prometheus.Observer
	hits            prometheus.Counter
}

// Counter prepares counting cache hits on a route.
func (m *Metrics) Counter(route string) *Counter {
	return &Counter{
		ok:          m.requests.WithLabelValues(route, http.MethodGet, "200"),
		notModified: m.requests.WithLabelValues(route, http.MethodGet, "304"),
		seconds:     m.seconds.WithLabelValues(route),
		hits:        m.cache.WithLabelValues("hit"),
	}
}

// Hit counts one answer from memory, with 200 or 304.
func (c *Counter) Hit(status int, took time.Duration) {
	if status == http.StatusNotModified {
		c.notModified.Inc()
	} else {
		c.ok.Inc()
	}
	c.hits.Inc()
	c.seconds.Observe(took.Seconds())
}

// Handler serves the metrics; it belongs on a listener of its own.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{Registry: m.Registry})
}

// methodLabel keeps made-up methods from becoming labels without end.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
