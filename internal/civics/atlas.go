package civics

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
)

// Atlas answers who represents whom. Every lookup runs from an index in memory
// that is never changed, only swapped as a whole; the caller tells it to follow
// the database by calling Reload on the tag "civics".
type Atlas struct {
	db       *postgres.DB
	log      *slog.Logger
	geocoder Geocoder
	now      func() time.Time
	index    atomic.Pointer[index]
	loading  sync.Mutex
}

// Option sets up an Atlas.
type Option func(*Atlas)

// WithGeocoder sets who places addresses. Without it ByAddress and ByPoint are
// unavailable.
func WithGeocoder(g Geocoder) Option { return func(a *Atlas) { a.geocoder = g } }

// WithClock sets the time by which divisions are in force.
func WithClock(now func() time.Time) Option { return func(a *Atlas) { a.now = now } }

// Open loads the index from the database. An empty database is no error: then
// nobody is found until LoadSnapshot or an import and a Reload.
func Open(ctx context.Context, db *postgres.DB, log *slog.Logger, options ...Option) (*Atlas, error) {
	a := newAtlas(log, options)
	a.db = db
	return a, a.Reload(ctx)
}

// FromTables makes an Atlas of staged tables, without a database. Reload keeps it
// as it is.
func FromTables(t Tables, options ...Option) *Atlas {
	a := newAtlas(slog.New(slog.DiscardHandler), options)
	a.index.Store(newIndex(t, a.now()))
	return a
}

func newAtlas(log *slog.Logger, options []Option) *Atlas {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	a := &Atlas{log: log, now: time.Now}
	for _, option := range options {
		option(a)
	}
	a.index.Store(newIndex(Tables{}, time.Time{}))
	return a
}

// Reload reads the facts again and swaps the index. Readers never wait: until it
// is done, and when it fails, they see the former index.
func (a *Atlas) Reload(ctx context.Context) error {
	if a.db == nil {
		return nil
	}
	a.loading.Lock()
	defer a.loading.Unlock()
	began := time.Now()
	var t Tables
	// One snapshot of the database, so that tables replaced meanwhile don't mix.
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, a.db.Pool, options, func(tx pgx.Tx) (err error) {
		t, err = readTables(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("civics: %w", err)
	}
	a.index.Store(newIndex(t, a.now()))
	a.log.InfoContext(ctx, "civic facts loaded", "officials", len(t.People), "zip_pairs", len(t.Zips),
		"duration", time.Since(began).Round(time.Millisecond))
	return nil
}

// Official finds one official, or a vacancy, by id.
func (a *Atlas) Official(id string) (Official, bool) {
	o, ok := a.index.Load().officials[id]
	if !ok {
		return Official{}, false
	}
	return *o, true
}

// Officials lists who represents a division, vacancies among them.
func (a *Atlas) Officials(divisionID string) []Official {
	return deref(a.index.Load().at[divisionID])
}

// Division finds one division by its Open Civic Data id.
func (a *Atlas) Division(id string) (Division, bool) {
	x := a.index.Load()
	i, ok := x.byID[id]
	if !ok {
		return Division{}, false
	}
	return x.divisions[i], true
}

// Datasets lists what was imported, from where, and how old it is.
func (a *Atlas) Datasets() []Dataset {
	return append([]Dataset(nil), a.index.Load().datasets...)
}

// Corrections lists what lies over the sources now, for the page on the data.
func (a *Atlas) Corrections() []Correction {
	return append([]Correction(nil), a.index.Load().corrections...)
}

// Judiciary reports whether an official sits on the committee on the judiciary
// of the House or the Senate.
func (a *Atlas) Judiciary(officialID string) bool {
	return a.index.Load().judiciary[officialID]
}

// NextChange is the first moment after now at which divisions begin or end, zero
// when none is known. A page that shows officials must not outlive it.
func (a *Atlas) NextChange(now time.Time) time.Time {
	var next time.Time
	for _, d := range a.index.Load().divisions {
		for _, at := range []time.Time{d.From, d.Until} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

// Current is the same as now for every answer of one lookup.
func (a *Atlas) current() (*index, time.Time) { return a.index.Load(), a.now() }

func deref(list []*Official) []Official {
	out := make([]Official, len(list))
	for i, o := range list {
		out[i] = *o
	}
	return out
}
