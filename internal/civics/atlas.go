package civics

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/civics/boundary"
	"redress/internal/postgres"
)

// Atlas answers who represents whom. Every lookup runs from an index in memory
// that is only swapped as a whole: when the facts change, of which the caller
// tells it by calling Reload on the tag "civics", and at the moment when a
// Congress, a term or a correction begins or ends, which needs no database.
type Atlas struct {
	db       *postgres.DB
	log      *slog.Logger
	geocoder Geocoder
	now      func() time.Time
	index    atomic.Pointer[index]
	loading  sync.Mutex
	maps     map[string]keptMap // by dataset; guarded by loading
}

// keptMap is a map of districts and what it was made from.
type keptMap struct {
	sum   [sha256.Size]byte
	index *boundary.Index
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
// as it is. Maps that can't be read are left out.
func FromTables(t Tables, options ...Option) *Atlas {
	a := newAtlas(slog.New(slog.DiscardHandler), options)
	a.index.Store(newIndex(t, a.read(t.Boundaries), a.now()))
	return a
}

// With is an atlas of the facts that this one holds now, under other options. It
// follows no database.
func (a *Atlas) With(options ...Option) *Atlas {
	b := newAtlas(a.log, options)
	b.index.Store(a.index.Load())
	return b
}

func newAtlas(log *slog.Logger, options []Option) *Atlas {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	a := &Atlas{log: log, now: time.Now, maps: map[string]keptMap{}}
	for _, option := range options {
		option(a)
	}
	a.index.Store(newIndex(Tables{}, nil, a.now()))
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
	var maps map[string]*boundary.Index
	// One snapshot of the database, so that tables replaced meanwhile don't mix.
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, a.db.Pool, options, func(tx pgx.Tx) error {
		shapes, err := boundaryTable.all(ctx, tx)
		if err != nil {
			return err
		}
		read := make(chan map[string]*boundary.Index, 1)
		go func() { read <- a.read(shapes) }() // the maps take as long as all the rest
		t, err = readTables(ctx, tx)
		maps = <-read
		t.Boundaries = shapes
		return err
	})
	if err != nil {
		return fmt.Errorf("civics: %w", err)
	}
	x := newIndex(t, maps, a.now())
	a.index.Store(x)
	go x.next() // made ahead, so that the turn waits for nothing
	a.log.InfoContext(ctx, "civic facts loaded", "officials", len(t.People), "divisions", len(t.Divisions),
		"maps", len(maps), "duration", time.Since(began).Round(time.Millisecond))
	return nil
}

// read makes maps of encoded boundaries. One that is known is not made again; one
// that can't be read is logged and left out.
func (a *Atlas) read(shapes []Boundary) map[string]*boundary.Index {
	maps := make(map[string]*boundary.Index, len(shapes))
	for _, b := range shapes {
		sum := sha256.Sum256(b.Shape)
		if kept, known := a.maps[b.Dataset]; known && kept.sum == sum {
			maps[b.Dataset] = kept.index
			continue
		}
		set, err := boundary.Decode(b.Shape)
		if err != nil {
			a.log.Error("a map of districts can't be read; points can't be placed on it", "dataset", b.Dataset, "cause", err)
			continue
		}
		maps[b.Dataset] = boundary.NewIndex(set)
		a.maps[b.Dataset] = keptMap{sum, maps[b.Dataset]}
	}
	return maps
}

// Official finds one official, or a vacancy, by id. Who has left is found too:
// their page stays. It is shared with the index: nobody changes it.
func (a *Atlas) Official(id string) (*Official, bool) {
	o, ok := a.current().officials[id]
	return o, ok
}

// Officials lists who represents a division, vacancies among them.
func (a *Atlas) Officials(divisionID string) []*Official {
	x := a.current()
	i, known := x.byID[divisionID]
	if !known {
		return nil
	}
	return slices.Clone(x.seated[i])
}

// Division finds one division by its Open Civic Data id.
func (a *Atlas) Division(id string) (Division, bool) {
	x := a.current()
	i, ok := x.byID[id]
	if !ok {
		return Division{}, false
	}
	return *x.divisions[i], true
}

// Datasets lists what was imported, from where, and how old it is.
func (a *Atlas) Datasets() []Dataset {
	return slices.Clone(a.current().datasets)
}

// Corrections lists what lies over the sources now, for the page on the data.
func (a *Atlas) Corrections() []Correction {
	return slices.Clone(a.current().corrections)
}

// OnCommittee reports whether an official sits on a committee of Congress, by its
// id: HSJU, SSJU.
func (o *Official) OnCommittee(id string) bool {
	return slices.ContainsFunc(o.Committees, func(c Committee) bool { return c.ID == id })
}

// Congress is the number of the Congress whose districts are in force.
func (a *Atlas) Congress() int { return a.current().congress }

// NextChange is the moment at which answers change by the calendar: a district, a
// member, a correction or a Congress begins or ends. A page that shows officials
// must not outlive it.
func (a *Atlas) NextChange(now time.Time) time.Time {
	if x := a.current(); x.until.After(now) {
		return x.until
	}
	return time.Time{}
}

// current is the index of the period that it is now.
func (a *Atlas) current() *index {
	x := a.index.Load()
	if a.now().Before(x.until) {
		return x
	}
	return a.turn(x)
}

// turn moves on to the period that it is now.
func (a *Atlas) turn(x *index) *index {
	for now := a.now(); !now.Before(x.until); {
		next := x.next()
		if a.index.CompareAndSwap(x, next) {
			a.log.Info("a new period of civic facts begins", "congress", next.congress, "until", next.until)
			go next.next()
		}
		x = next
	}
	return x
}
