package telemetry_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"redress/internal/telemetry"
)

func TestMetricsNameRoutesByPattern(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	m.Answered("/issues/:slug", "GET", 200, time.Millisecond)
	m.Answered("/issues/:slug", "MAYA-ORTIZ", 405, time.Millisecond)
	m.Counter("/issues/:slug").Hit(200, time.Millisecond)
	m.Counter("/issues/:slug").Hit(304, time.Millisecond)
	m.Panicked("/issues/:slug")
	m.Served("stale")
	m.Challenged("letter", "missing")
	m.WatchSiege("letter", func() bool { return true })
	m.WatchSiege("sign", func() bool { return false })
	m.WatchDrift(func() (uint64, bool) { return 3, true }, func() (uint64, bool) { return 2, true })
	m.WatchSubscribers(func(_ context.Context, add func(string, string, int64)) error {
		add("active", "daily", 12)
		return nil
	})
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text := w.Body.String()
	for _, line := range []string{
		`redress_http_requests_total{method="GET",route="/issues/:slug",status="200"} 2`,
		`redress_http_requests_total{method="GET",route="/issues/:slug",status="304"} 1`,
		`redress_http_requests_total{method="other",route="/issues/:slug",status="405"} 1`,
		`redress_http_request_seconds_count{route="/issues/:slug"} 4`,
		`redress_page_cache_total{how="hit"} 2`,
		`redress_page_cache_total{how="stale"} 1`,
		`redress_challenge_total{action="letter",verdict="missing"} 1`,
		`redress_under_attack{action="letter"} 1`,
		`redress_subscribers{rhythm="daily",state="active"} 12`,
		`redress_under_attack{action="sign"} 0`,
		`redress_pledge_drift 3`,
		`redress_pledge_results_drift 2`,
		`redress_panics_total{route="/issues/:slug"} 1`,
		`go_goroutines`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("metrics lack %s", line)
		}
	}
	if strings.Contains(text, "MAYA") {
		t.Error("a made-up method is a label")
	}
}
