package postgres_test

import (
	"context"
	"testing"
	"time"

	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

type ear struct {
	tags   chan string
	resets chan struct{}
	ended  chan struct{}
}

func listen(ctx context.Context, db *postgres.DB) ear {
	e := ear{make(chan string, 100), make(chan struct{}, 100), make(chan struct{})}
	go func() {
		db.Listen(ctx, func(tag string) { e.tags <- tag }, func() { e.resets <- struct{}{} })
		close(e.ended)
	}()
	return e
}

func within[T any](t *testing.T, what string, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(10 * time.Second):
		t.Fatalf("no %s", what)
	}
	return v
}

func TestListenHearsCommittedChanges(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	_, err := db.Pool.Exec(t.Context(), `CREATE TABLE thing (id int);
		CREATE TRIGGER thing_notify AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON thing FOR EACH STATEMENT EXECUTE FUNCTION redress_notify('content')`)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	e := listen(ctx, db)
	within(t, "beginning", e.resets)

	err = db.InTx(t.Context(), func(tx *postgres.Tx) error {
		if err := tx.Exec(`INSERT INTO thing SELECT generate_series(1, 1000)`).Error; err != nil {
			return err
		}
		select {
		case tag := <-e.tags:
			t.Errorf("heard %s before the commit", tag)
		case <-time.After(50 * time.Millisecond):
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if tag := within(t, "change", e.tags); tag != "content" {
		t.Errorf("heard %q", tag)
	}
	if err := db.Notify(t.Context(), "pledge:qualified-immunity"); err != nil {
		t.Fatal(err)
	}
	if tag := within(t, "notice", e.tags); tag != "pledge:qualified-immunity" {
		t.Errorf("heard %q: a statement must be told once", tag)
	}
	cancel()
	within(t, "end", e.ended)
}

func TestListenComesBack(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	e := listen(t.Context(), db)
	within(t, "beginning", e.resets)
	for range 2 {
		_, err := db.Pool.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
		if err != nil {
			t.Fatal(err)
		}
		within(t, "reset at the loss", e.resets)
		within(t, "reset at the return", e.resets)
		if err := db.Notify(t.Context(), "content"); err != nil {
			t.Fatal(err)
		}
		if tag := within(t, "notice", e.tags); tag != "content" {
			t.Errorf("heard %q", tag)
		}
	}
}
