package postgres

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"redress/migrations"
)

// migrateLock is the advisory lock that a migrating node holds ("redress" in hexadecimal).
const migrateLock int64 = 0x72656472657373

// Migrate brings the schema up to date: ours by goose, then the jobs' by River. Several nodes may
// start at once: one migrates, the others wait and find nothing left to do.
func (db *DB) Migrate(ctx context.Context) error {
	return db.alone(ctx, migrateLock, func() error {
		if err := db.migrateSchema(ctx, migrations.FS); err != nil {
			return err
		}
		return db.migrateJobs(ctx)
	})
}

func (db *DB) migrateSchema(ctx context.Context, files fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectPostgres, db.sql, files)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	applied, err := provider.Up(ctx)
	for _, step := range applied {
		db.log.InfoContext(ctx, "migrated", "version", step.Source.Version, "took", step.Duration)
	}
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func (db *DB) migrateJobs(ctx context.Context) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(db.Pool), &rivermigrate.Config{Logger: JobLog(db.log)})
	if err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return nil
}

// alone runs fn while a session of its own holds the advisory lock. It asks again and again rather
// than wait inside PostgreSQL: a statement that waits there keeps a snapshot, and CREATE INDEX
// CONCURRENTLY would wait for that in turn. The session is not of the pool, whose connections fn needs.
func (db *DB) alone(ctx context.Context, lock int64, fn func() error) error {
	conn, err := pgx.ConnectConfig(ctx, db.Pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for {
		var mine bool
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, lock).Scan(&mine); err != nil {
			return fmt.Errorf("lock: %w", err)
		}
		if mine {
			return fn()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("lock: another node is still migrating: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
