package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// errBorrowed answers whoever would end a transaction that isn't theirs.
var errBorrowed = errors.New("this transaction belongs to GORM: it is not ended or nested through River")

// borrowed shows the connection of GORM's transaction to River as a pgx.Tx. It can run statements;
// beginning, committing and rolling back are refused, since GORM does that.
type borrowed struct{ conn *pgx.Conn }

var _ pgx.Tx = borrowed{}

func (b borrowed) Begin(context.Context) (pgx.Tx, error) { return nil, errBorrowed }
func (b borrowed) Commit(context.Context) error          { return errBorrowed }
func (b borrowed) Rollback(context.Context) error        { return errBorrowed }

func (b borrowed) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return b.conn.Exec(ctx, sql, args...)
}

func (b borrowed) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return b.conn.Query(ctx, sql, args...)
}

func (b borrowed) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return b.conn.QueryRow(ctx, sql, args...)
}

func (b borrowed) CopyFrom(ctx context.Context, table pgx.Identifier, columns []string, source pgx.CopyFromSource) (int64, error) {
	return b.conn.CopyFrom(ctx, table, columns, source)
}

func (b borrowed) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return b.conn.SendBatch(ctx, batch)
}

func (b borrowed) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return b.conn.Prepare(ctx, name, sql)
}

func (b borrowed) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }
func (b borrowed) Conn() *pgx.Conn                { return b.conn }
