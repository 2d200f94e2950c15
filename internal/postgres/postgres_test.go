package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

func open(t *testing.T, url string, log *slog.Logger) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), postgres.Options{URL: url, MaxConns: 5, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func TestOldServersAreRefused(t *testing.T) {
	t.Parallel()
	if err := postgres.CheckNumber(140022); !errors.Is(err, postgres.ErrTooOld) || !strings.Contains(err.Error(), "version 14") {
		t.Errorf("14.22: %v", err)
	}
	if err := postgres.CheckNumber(150000); err != nil {
		t.Errorf("15.0: %v", err)
	}
}

func TestSeveralNodesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := postgrestest.EmptyURL(t)
	done := make(chan error)
	for range 4 {
		db := open(t, url, nil)
		go func() { done <- db.Migrate(t.Context()) }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := open(t, url, nil).Migrate(t.Context()); err != nil {
		t.Errorf("again: %v", err)
	}
	if rows, jobs := rowsAndJobs(t, open(t, url, nil)); rows != 0 || jobs != 0 {
		t.Errorf("%d rows, %d jobs", rows, jobs)
	}
}

func TestWaitingToMigrateCanBeCancelled(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	if _, err := db.Pool.Exec(t.Context(), `SELECT pg_advisory_lock($1)`, int64(0x72656472657373)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := db.Migrate(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error is %v", err)
	}
}

func TestFailedMigrationIsTriedAgain(t *testing.T) {
	t.Parallel()
	db := open(t, postgrestest.EmptyURL(t), nil)
	files := fstest.MapFS{
		"00001_one.sql": {Data: []byte("-- +goose Up\nCREATE TABLE one (id int);")},
		"00002_two.sql": {Data: []byte("-- +goose Up\nCREATE TABLE two (id int);\nCREATE TABLE nonsense (;")},
	}
	if err := db.MigrateFiles(t.Context(), files); err == nil {
		t.Fatal("nonsense was applied")
	}
	files["00002_two.sql"].Data = []byte("-- +goose Up\nCREATE TABLE two (id int);")
	if err := db.MigrateFiles(t.Context(), files); err != nil {
		t.Fatal(err)
	}
}

func TestLogHoldsNoValues(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	db := open(t, postgrestest.NewURL(t), slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	const canary = "maya@canary.example"
	for range 2 {
		_ = db.InTx(t.Context(), func(tx *postgres.Tx) error {
			return tx.Create(&Setting{Key: canary, Value: []byte(canary)}).Error
		})
	}
	var s Setting
	_ = db.Read(t.Context()).Where("key = ?", canary).First(&s).Error
	_ = db.Read(t.Context()).Raw(`SELECT ?::text::int`, canary).Scan(new(int)).Error
	_ = db.Read(t.Context()).Raw(`SELECT pg_sleep(0.6), ?::text`, canary).Scan(&struct{}{}).Error
	if text := log.String(); strings.Contains(text, canary) {
		t.Errorf("the log holds a value:\n%s", text)
	}
	for _, want := range []string{`INSERT INTO \"setting\"`, "23505 setting_pkey", "22P02", "slow statement", "VALUES ($1,$2,$3)"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %s in\n%s", want, log.String())
		}
	}
}

func TestJobLogHoldsNoValues(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	l := postgres.JobLog(slog.New(slog.NewTextHandler(&log, nil))).With("error", "canary")
	l.Error("job failed", "err", errors.New("canary"), "panic_val", "canary", "job_id", 7, "kind", "mail.wake", slog.Group("args", "x", "canary"))
	if text := log.String(); strings.Contains(text, "canary") || !strings.Contains(text, "job_id=7 kind=mail.wake") {
		t.Error(text)
	}
}

func TestIsUnique(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	insert := func() error {
		return db.InTx(t.Context(), func(tx *postgres.Tx) error { return tx.Create(&Setting{Key: "a", Value: []byte("x")}).Error })
	}
	if err := insert(); err != nil {
		t.Fatal(err)
	}
	err := insert()
	if !postgres.IsUnique(err, "setting_pkey") || postgres.IsUnique(err, "other") || postgres.IsUnique(nil, "setting_pkey") {
		t.Errorf("error is %v", err)
	}
	if postgres.IsUnavailable(err) {
		t.Error("a broken constraint counts as unavailable")
	}
}

func TestUnavailable(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = postgres.Open(t.Context(), postgres.Options{URL: "postgres://nobody@" + l.Addr().String() + "/none"})
	if !postgres.IsUnavailable(err) {
		t.Errorf("connection refused: %v", err)
	}

	db := postgrestest.New(t)
	err = db.InTx(t.Context(), func(tx *postgres.Tx) error {
		return tx.Exec(`SELECT pg_terminate_backend(pg_backend_pid())`).Error
	})
	if !postgres.IsUnavailable(err) {
		t.Errorf("terminated: %v", err)
	}
	if err := db.Read(t.Context()).Exec(`SELECT 1`).Error; err != nil {
		t.Errorf("the pool does not recover: %v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Read(ctx).Exec(`SELECT 1`).Error; err == nil || postgres.IsUnavailable(err) {
		t.Errorf("canceled: %v", err)
	}
	if err := db.Read(t.Context()).Exec(`SELECT nonsense`).Error; err == nil || postgres.IsUnavailable(err) {
		t.Errorf("nonsense: %v", err)
	}
	db.Close()
	if err := db.Read(t.Context()).Exec(`SELECT 1`).Error; !postgres.IsUnavailable(err) {
		t.Errorf("closed: %v", err)
	}
}

func TestFullServerIsUnavailable(t *testing.T) {
	t.Parallel()
	url := postgrestest.NewURL(t)
	db := open(t, url, nil)
	_, err := db.Pool.Exec(t.Context(), `DO $$ BEGIN
		EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 0', current_database() || '_poor'); END $$`)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = db.Pool.Exec(context.Background(), `DO $$ BEGIN EXECUTE format('DROP ROLE %I', current_database() || '_poor'); END $$`)
	})
	var name string
	if err := db.Pool.QueryRow(t.Context(), `SELECT current_database() || '_poor'`).Scan(&name); err != nil {
		t.Fatal(err)
	}
	config := db.Pool.Config().ConnConfig
	poor := strings.Replace(url, config.User, name, 1)
	if _, err := postgres.Open(t.Context(), postgres.Options{URL: poor}); !postgres.IsUnavailable(err) {
		t.Errorf("too many connections: %v", err)
	}
}

func TestCheckSecret(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	for _, check := range []string{"first", "first"} {
		if err := db.CheckSecret(t.Context(), []byte(check)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.CheckSecret(t.Context(), []byte("second")); !errors.Is(err, postgres.ErrOtherSecret) {
		t.Errorf("another secret: %v", err)
	}
	if err := db.CheckSecret(t.Context(), nil); err == nil {
		t.Error("an empty value was taken")
	}
}
