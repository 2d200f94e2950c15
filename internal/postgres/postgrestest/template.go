//go:build unix

package postgrestest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"redress/internal/postgres"
	"redress/migrations"
)

// templateLock is held while a template is made ("template" in hexadecimal).
const templateLock int64 = 0x74656d706c617465

// template makes sure of the template database for today's migrations. Its name carries their
// digest, so a server that is kept between runs never serves an old schema; it is built under
// another name, so a broken build is never taken for one.
func template(ctx context.Context, base string) (string, error) {
	digest, err := migrationsDigest()
	if err != nil {
		return "", err
	}
	name := "redress_template_" + digest
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, templateLock); err != nil {
		return "", err
	}
	var there bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there); err != nil || there {
		return name, err
	}
	building := name + "_building"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + building + " WITH (FORCE)",
		"CREATE DATABASE " + building + " TEMPLATE template0",
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", err
		}
	}
	if err := migrate(ctx, withDatabase(base, building)); err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+building+" RENAME TO "+name)
	return name, err
}

func migrate(ctx context.Context, url string) error {
	db, err := postgres.Open(ctx, postgres.Options{URL: url, MaxConns: 4})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(ctx)
}

// migrationsDigest covers our migrations and River's.
func migrationsDigest() (string, error) {
	sum := sha256.New()
	for _, files := range []fs.FS{migrations.FS, riverpgxv5.New(nil).GetMigrationFS(riverdriver.MigrationLineMain)} {
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(files, path)
			fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}
