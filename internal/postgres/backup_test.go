package postgres_test

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

func put(t *testing.T, db *postgres.DB, key string) {
	t.Helper()
	if _, err := db.Pool.Exec(t.Context(), `INSERT INTO setting (key, value) VALUES ($1, 'x')`, key); err != nil {
		t.Fatal(err)
	}
}

func keys(t *testing.T, db *postgres.DB) string {
	t.Helper()
	var all string
	if err := db.Pool.QueryRow(t.Context(), `SELECT coalesce(string_agg(key, ' ' ORDER BY key), '') FROM setting`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	from := postgrestest.NewURL(t)
	put(t, open(t, from, nil), "saved")
	file := filepath.Join(t.TempDir(), "redress.backup")
	var seen int64
	if err := postgres.Backup(t.Context(), from, file, func(done, _ int64) { seen = done }); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Size() == 0 || info.Size() != seen {
		t.Errorf("mode %v, %d bytes, %d reported", info.Mode(), info.Size(), seen)
	}

	into := postgrestest.EmptyURL(t)
	if err := postgres.Restore(t.Context(), into, file, false, nil); err != nil {
		t.Fatal(err)
	}
	db := open(t, into, nil)
	if got := keys(t, db); got != "saved" {
		t.Errorf("restored %q", got)
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Errorf("migrate after restoring: %v", err)
	}

	put(t, db, "later")
	if err := postgres.Restore(t.Context(), into, file, false, nil); !errors.Is(err, postgres.ErrNotEmpty) {
		t.Errorf("a full database: %v", err)
	}
	if got := keys(t, db); got != "later saved" {
		t.Errorf("after a refused restore: %q", got)
	}
	if err := postgres.Restore(t.Context(), into, file, true, nil); err != nil {
		t.Fatal(err)
	}
	db = open(t, into, nil)
	if got := keys(t, db); got != "saved" {
		t.Errorf("after a forced restore: %q", got)
	}
	// What was restored can be saved again.
	if err := postgres.Backup(t.Context(), into, file, nil); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Restore(t.Context(), postgrestest.EmptyURL(t), file, false, nil); err != nil {
		t.Error(err)
	}
}

func TestBrokenRestoreLeavesTheDatabase(t *testing.T) {
	t.Parallel()
	url := postgrestest.NewURL(t)
	db := open(t, url, nil)
	put(t, db, "mine")
	if _, err := db.Pool.Exec(t.Context(), `CREATE EXTENSION IF NOT EXISTS pg_trgm`); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "redress.backup")
	if err := postgres.Backup(t.Context(), url, file, nil); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Restore(t.Context(), url, file, true, nil); err != nil {
		t.Errorf("with an extension: %v", err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, whole[:len(whole)*2/3], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Restore(t.Context(), url, file, true, nil); err == nil {
		t.Error("a cut file was restored")
	}
	db = open(t, url, nil)
	if got := keys(t, db); got != "mine" {
		t.Errorf("after a broken restore: %q", got)
	}
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Restore(t.Context(), url, file, true, nil); err == nil || !strings.Contains(err.Error(), "not a backup") {
		t.Errorf("not a backup: %v", err)
	}
}

func TestKilledRestoreIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	url := postgrestest.NewURL(t)
	db := open(t, url, nil)
	put(t, db, "mine")
	file := filepath.Join(t.TempDir(), "redress.backup")
	if err := postgres.Backup(t.Context(), url, file, nil); err != nil {
		t.Fatal(err)
	}
	// Killed before anything was loaded: the former data is put back, and protected again.
	exec := func(statement string) {
		t.Helper()
		if _, err := db.Pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		db.Pool.Reset()
	}
	exec(`ALTER SCHEMA public RENAME TO redress_before_restore; CREATE SCHEMA public`)
	if err := postgres.Restore(t.Context(), url, file, false, nil); !errors.Is(err, postgres.ErrNotEmpty) {
		t.Fatalf("error is %v", err)
	}
	if got := keys(t, open(t, url, nil)); got != "mine" {
		t.Errorf("put back: %q", got)
	}
	// Killed after everything was loaded: what was loaded stays.
	exec(`CREATE SCHEMA redress_before_restore; CREATE TABLE redress_before_restore.old (id int)`)
	if err := postgres.Restore(t.Context(), url, file, false, nil); !errors.Is(err, postgres.ErrNotEmpty) {
		t.Fatalf("error is %v", err)
	}
	if got := keys(t, open(t, url, nil)); got != "mine" {
		t.Errorf("kept: %q", got)
	}
}

func TestFailedBackupLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "redress.backup")
	if err := os.WriteFile(file, []byte("yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	gone, err := url.Parse(postgrestest.NewURL(t))
	if err != nil {
		t.Fatal(err)
	}
	gone.Path = "/no_such_database"
	if err := postgres.Backup(t.Context(), gone.String(), file, nil); err == nil {
		t.Error("saved what isn't there")
	}
	kept, _ := os.ReadFile(file)
	entries, _ := os.ReadDir(dir)
	if string(kept) != "yesterday" || len(entries) != 1 {
		t.Errorf("kept %q, %d files", kept, len(entries))
	}
}

func TestPasswordStaysOffTheCommandLine(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"postgres://maya:s%2Fcret@db.example:5433/redress?sslmode=require&pool_max_conns=9": "postgres://maya@db.example:5433/redress?sslmode=require",
		"postgresql://maya@/redress?host=%2Frun&password=s%2Fcret":                          "postgresql://maya@/redress?host=%2Frun",
	} {
		plain, password, err := postgres.LibpqURL(given)
		if err != nil || plain != want || password != "s/cret" {
			t.Errorf("%s: %s, %q, %v", given, plain, password, err)
		}
	}
	if _, _, err := postgres.LibpqURL("host=/run password=x"); err == nil {
		t.Error("took what isn't a URL")
	}
}
