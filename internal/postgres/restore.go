//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5"
)

// ErrNotEmpty says that a restore would replace data.
var ErrNotEmpty = errors.New("the database is not empty: a restore would replace everything in it (--force does so)")

// aside is the schema that holds the former data while a restore is under way.
const aside = "redress_before_restore"

// Restore reads a file that [Backup] wrote into the database. A database that has tables is refused with
// [ErrNotEmpty], unless force is set: then its contents are replaced. Either everything is restored or
// the database is as before. The program must not serve meanwhile. Migrate afterwards: the backup
// may be of an older version.
func Restore(ctx context.Context, url, file string, force bool, progress Progress) error {
	restore, err := clientProgram(ctx, "pg_restore", url)
	if err != nil {
		return err
	}
	source, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer source.Close()
	if err := isBackup(source); err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	replaced, err := makeRoom(ctx, conn, force)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	err = restore.load(ctx, source, progress)
	if !replaced {
		return err
	}
	if err != nil {
		return errors.Join(err, putBack(context.WithoutCancel(ctx), conn))
	}
	if _, err := conn.Exec(ctx, "DROP SCHEMA "+aside+" CASCADE"); err != nil {
		return fmt.Errorf("restore: everything is restored, but the former data in schema %s could not be removed: %w", aside, err)
	}
	return nil
}

// load runs pg_restore in one transaction.
func (c client) load(ctx context.Context, source *os.File, progress Progress) error {
	info, err := source.Stat()
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	cmd := c.command(ctx, "--format=custom", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--dbname="+c.url)
	cmd.Stdin = &counter{reader: source, total: info.Size(), progress: progress}
	if err := runQuietly(cmd); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// isBackup looks at the file's first bytes, and leaves the file at its start.
func isBackup(file *os.File) error {
	mark := make([]byte, 5)
	if _, err := file.ReadAt(mark, 0); err != nil || string(mark) != "PGDMP" {
		return errors.New("this is not a backup made by redress")
	}
	return nil
}

// makeRoom sees to it that the schema is empty: it is, or its contents step aside.
func makeRoom(ctx context.Context, conn *pgx.Conn, force bool) (replaced bool, err error) {
	if err := finishInterrupted(ctx, conn); err != nil {
		return false, err
	}
	full, err := hasTables(ctx, conn)
	if err != nil || !full {
		return false, err
	}
	if !force {
		return false, ErrNotEmpty
	}
	return true, stepAside(ctx, conn)
}

// finishInterrupted deals with a restore that was killed. Loading is one transaction: when nothing was
// loaded, the former data goes back to its place; when everything was, only its removal is left to do.
func finishInterrupted(ctx context.Context, conn *pgx.Conn) error {
	interrupted, err := hasSchema(ctx, conn, aside)
	if err != nil || !interrupted {
		return err
	}
	loaded, err := hasTables(ctx, conn)
	if err != nil {
		return err
	}
	if !loaded {
		return putBack(ctx, conn)
	}
	_, err = conn.Exec(ctx, "DROP SCHEMA "+aside+" CASCADE")
	return err
}

func hasSchema(ctx context.Context, conn *pgx.Conn, name string) (there bool, err error) {
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)`, name).Scan(&there)
	return there, err
}

func hasTables(ctx context.Context, conn *pgx.Conn) (full bool, err error) {
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm'))`).Scan(&full)
	return full, err
}

// stepAside renames the schema with all that is in it and makes an empty one. Extensions stay
// where they are: a backup asks for them by schema, and they exist once per database.
func stepAside(ctx context.Context, conn *pgx.Conn) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, statement := range []string{"ALTER SCHEMA public RENAME TO " + aside, "CREATE SCHEMA public", "GRANT USAGE ON SCHEMA public TO PUBLIC"} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return moveExtensions(ctx, tx, aside, "public")
	})
}

// putBack undoes stepAside.
func putBack(ctx context.Context, conn *pgx.Conn) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := moveExtensions(ctx, tx, "public", aside); err != nil {
			return err
		}
		for _, statement := range []string{"DROP SCHEMA public CASCADE", "ALTER SCHEMA " + aside + " RENAME TO public"} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

func moveExtensions(ctx context.Context, tx pgx.Tx, from, to string) error {
	rows, err := tx.Query(ctx, `SELECT extname FROM pg_extension WHERE extnamespace = $1::regnamespace`, from)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		statement := "ALTER EXTENSION " + pgx.Identifier{name}.Sanitize() + " SET SCHEMA " + to
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
