package postgres

import (
	"context"
	"io/fs"
)

var (
	CheckNumber = checkNumber
	LibpqURL    = libpqURL
)

// Bridge shows what River is given, so that its misuse can be tried.
func (tx *Tx) Bridge() interface {
	Commit(context.Context) error
	Rollback(context.Context) error
} {
	return tx.bridge
}

func (db *DB) MigrateFiles(ctx context.Context, files fs.FS) error {
	return db.alone(ctx, migrateLock, func() error { return db.migrateSchema(ctx, files) })
}
