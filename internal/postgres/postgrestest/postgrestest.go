//go:build unix

// Package postgrestest gives each test a migrated PostgreSQL database of its own, in a few
// hundredths of a second: the schema is made once as a template, and a test gets a copy.
//
// The server is the one that REDRESS_TEST_DATABASE_URL names (a superuser's URL), or a private one that
// lives as long as the test binary. To share one server between all packages of a run, run the
// tests under the command postgrestest/with.
package postgrestest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
)

// EnvURL names the server that tests use instead of starting their own.
const EnvURL = "REDRESS_TEST_DATABASE_URL"

// New returns a database with every migration applied, for this test alone. It is dropped when the
// test ends.
func New(t testing.TB) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Options{URL: NewURL(t), MaxConns: 10})
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	t.Cleanup(db.Close)
	return db
}

// NewURL is [New] for those who open the database themselves: programs under test.
func NewURL(t testing.TB) string {
	t.Helper()
	template, err := prepared()
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	return create(t, "TEMPLATE "+template+" STRATEGY file_copy")
}

// EmptyURL returns a database without any tables, for tests of migrating and restoring.
func EmptyURL(t testing.TB) string {
	t.Helper()
	if _, err := server(); err != nil {
		t.Fatalf("test database: %v", err)
	}
	return create(t, "TEMPLATE template0")
}

func create(t testing.TB, how string) string {
	t.Helper()
	base, _ := server()
	name := "redress_test_" + strings.ToLower(rand.Text()[:12])
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := administer(ctx, base, "CREATE DATABASE "+name+" "+how); err != nil {
		t.Fatalf("create test database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := administer(ctx, base, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return withDatabase(base, name)
}

// prepared returns the name of the template, made by whoever came first.
var prepared = sync.OnceValues(func() (string, error) {
	base, err := server()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	return template(ctx, base)
})

// server returns the URL of the server's maintenance database.
var server = sync.OnceValues(func() (string, error) {
	if given := os.Getenv(EnvURL); given != "" {
		if _, err := url.Parse(given); err != nil {
			return "", fmt.Errorf("%s is not a URL", EnvURL)
		}
		return withDatabase(given, "postgres"), nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	url, _, err := StartServer(ctx)
	return url, err
})

func administer(ctx context.Context, base, statement string) error {
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

func withDatabase(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	u.Path = "/" + name
	return u.String()
}
