package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// How long each step of a stop may take.
const (
	noticeStop = 200 * time.Millisecond // for whoever asks /readyz to see it
	drainStop  = 25 * time.Second       // for requests on their way
)

// Serve answers on ln until ctx ends; then it says that it isn't ready, lets
// the requests on their way finish, and returns. Its error is nil after such a
// stop.
func (s *Site) Serve(ctx context.Context, ln net.Listener) error {
	s.ready.Store(true)
	return s.serve(ctx, newServer(s.Handler(), s.Log), ln, func() {
		s.ready.Store(false)
		s.watching.stop()
		time.Sleep(noticeStop)
	})
}

// ServeMetrics answers /metrics on ln until ctx ends. The listener is private:
// REDRESS_METRICS_ADDR.
func (s *Site) ServeMetrics(ctx context.Context, ln net.Listener) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.Metrics.Handler())
	mux.HandleFunc("GET "+TrendsPath, s.tellTrends)
	return s.serve(ctx, newServer(mux, s.Log), ln, func() {})
}

func (s *Site) serve(ctx context.Context, server *http.Server, ln net.Listener, before func()) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	before()
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainStop)
	defer cancel()
	if err := server.Shutdown(draining); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// newServer is an HTTP server that nobody can hold up by being slow.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      40 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(quiet{log.Handler()}, slog.LevelWarn),
	}
}

// quiet passes on that net/http complained, not what it said: its lines quote
// addresses and requests.
type quiet struct{ slog.Handler }

// Handle logs a record without its text.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	r.Message = "http server complained"
	return q.Handler.Handle(ctx, r)
}
