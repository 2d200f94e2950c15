package civics

import (
	"sync"
	"testing"

	"redress/internal/civics/refdatatest"
)

var published struct {
	once   sync.Once
	tables Tables
	err    error
}

func publishedTables(t testing.TB) Tables {
	t.Helper()
	dir := refdatatest.Folder(t)
	published.once.Do(func() { published.tables, published.err = ReadPublished(dir, func(string) {}) })
	if published.err != nil {
		t.Fatal(published.err)
	}
	return published.tables
}

var shipped = sync.OnceValues(func() (Tables, error) { return ReadSnapshot(EmbeddedSnapshot()) })

func shippedTables(t testing.TB) Tables {
	t.Helper()
	tables, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	// All tests share the rows: whoever adds some must not write behind theirs.
	own := Tables{Corrections: tables.Corrections}
	own.add(tables)
	return own
}
