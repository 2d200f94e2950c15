// Package postgres is the one way to the database: it opens it, brings its schema up to date, runs
// transactions in which rows and jobs are written together, and passes on what changed.
//
// GORM and River share one pool of connections. A transaction ([DB.InTx]) hands its subject a GORM
// handle and an insert-only River client on the very same connection, so a job exists exactly when
// the rows it serves do.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/riverqueue/river"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// OldestMajor is the oldest PostgreSQL this program works with.
const OldestMajor = 15

// ErrTooOld says that the server is older than [OldestMajor].
var ErrTooOld = errors.New("the PostgreSQL server is too old")

// Options say which database to open and how.
type Options struct {
	URL      string       // postgres://…; direct or session-pooled
	MaxConns int          // 0: four per processor, at least 8
	Logger   *slog.Logger // nil: silent
}

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	Gorm *gorm.DB
	Pool *pgxpool.Pool

	sql    *sql.DB
	insert *river.Client[pgx.Tx]
	log    *slog.Logger
}

// Open connects to the database and checks that the server is new enough. It does not migrate.
func Open(ctx context.Context, o Options) (*DB, error) {
	log := o.Logger
	if log == nil {
		log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	pool, err := openPool(ctx, o)
	if err != nil {
		return nil, err
	}
	db := &DB{Pool: pool, sql: stdlib.OpenDBFromPool(pool), log: log}
	if db.Gorm, err = openGorm(db.sql, log); err == nil {
		db.insert, err = newInsertClient(log)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// Close waits for running statements and closes every connection.
func (db *DB) Close() {
	_ = db.sql.Close()
	db.Pool.Close()
}

// Read returns a handle for reading. Writes belong in [DB.InTx].
func (db *DB) Read(ctx context.Context) *gorm.DB {
	return db.Gorm.WithContext(ctx)
}

// Ping asks the server for an answer: the database is reachable and lets us in.
func (db *DB) Ping(ctx context.Context) error {
	return db.Pool.Ping(ctx)
}

func openPool(ctx context.Context, o Options) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	config.MaxConns = int32(o.MaxConns)
	if o.MaxConns <= 0 {
		config.MaxConns = int32(max(8, 4*runtime.NumCPU()))
	}
	config.HealthCheckPeriod = 30 * time.Second
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	// Only parameters that session poolers pass on.
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "redress"
	}
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := checkVersion(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

func checkVersion(ctx context.Context, pool *pgxpool.Pool) error {
	var text string
	if err := pool.QueryRow(ctx, `SHOW server_version_num`).Scan(&text); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("server version %q: %w", text, err)
	}
	return checkNumber(number)
}

// checkNumber takes PostgreSQL's own number for a version: 150018 is 15.18.
func checkNumber(number int) error {
	if number < OldestMajor*10000 {
		return fmt.Errorf("%w: version %d, and this program needs %d or newer", ErrTooOld, number/10000, OldestMajor)
	}
	return nil
}

func openGorm(db *sql.DB, log *slog.Logger) (*gorm.DB, error) {
	return gorm.Open(gormpostgres.New(gormpostgres.Config{Conn: db}), &gorm.Config{
		Logger:                 queryLog{log},
		NamingStrategy:         schema.NamingStrategy{SingularTable: true},
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		NowFunc:                func() time.Time { return time.Now().UTC() },
	})
}
