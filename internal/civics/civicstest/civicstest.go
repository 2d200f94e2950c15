// Package civicstest gives tests real civic facts (the snapshot that the program
// carries) and a stand-in for the geocoder of the U.S. Census.
package civicstest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/postgres"
)

// Day is a day on which the snapshot's districts are in force.
var Day = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

var facts = sync.OnceValues(func() (*civics.Atlas, error) {
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	return civics.FromTables(tables, civics.WithClock(func() time.Time { return Day })), err
})

// Atlas loads the embedded snapshot into the database and opens an atlas on it.
// Addresses are placed by the stand-in; the clock stands at Day unless an option
// says otherwise.
func Atlas(t testing.TB, db *postgres.DB, options ...civics.Option) *civics.Atlas {
	t.Helper()
	ctx := context.Background()
	if err := civics.LoadSnapshot(ctx, db, civics.EmbeddedSnapshot()); err != nil {
		t.Fatalf("load the snapshot: %v", err)
	}
	atlas, err := civics.Open(ctx, db, nil, withDefaults(options)...)
	if err != nil {
		t.Fatalf("open the atlas: %v", err)
	}
	return atlas
}

// InMemory opens an atlas on the embedded snapshot without a database, for tests
// that only look people up. All of them share its index.
func InMemory(t testing.TB, options ...civics.Option) *civics.Atlas {
	t.Helper()
	shared, err := facts()
	if err != nil {
		t.Fatalf("read the snapshot: %v", err)
	}
	return shared.With(withDefaults(options)...)
}

func withDefaults(options []civics.Option) []civics.Option {
	defaults := []civics.Option{
		civics.WithClock(func() time.Time { return Day }),
		civics.WithGeocoder(NewCensus().Geocoder()),
	}
	return append(defaults, options...)
}

// Geocoder runs the stand-in on loopback until the test ends. Its base for
// REDRESS_GEOCODER_URL is the server's URL.
func Geocoder(t testing.TB) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(Handler())
	t.Cleanup(server.Close)
	return server
}

// RoundTrip implements http.RoundTripper.
func (c *Census) RoundTrip(req *http.Request) (_ *http.Response, err error) {
	defer func() {
		if recover() != nil { // the handler drops the connection
			err = io.ErrUnexpectedEOF
		}
	}()
	if req.Context().Err() != nil {
		return nil, req.Context().Err()
	}
	recorder := httptest.NewRecorder()
	c.ServeHTTP(recorder, req)
	return recorder.Result(), req.Context().Err()
}
