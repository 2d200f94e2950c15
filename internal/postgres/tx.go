package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// Tx is a running transaction. It is a GORM handle; [Tx.Enqueue] adds jobs to it. It must not leave
// the function it was given to, and only one goroutine may use it: GORM and River talk over the
// same connection.
type Tx struct {
	*gorm.DB
	bridge borrowed
	insert inserter
}

// InTx runs fn in a transaction, which is committed when fn returns nil and rolled back when it
// returns an error or panics. A context that ends before the commit rolls back too.
func (db *DB) InTx(ctx context.Context, fn func(tx *Tx) error) error {
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer conn.Close()
	raw, err := pgxConn(conn)
	if err != nil {
		return err
	}
	// database/sql rolls back from a goroutine of its own when the context of the transaction ends,
	// which would meet a job's insert on the same connection. So the transaction itself gets a
	// context without an end; statements have the caller's, and it is asked before the commit.
	return db.on(conn, context.WithoutCancel(ctx)).Transaction(func(g *gorm.DB) error {
		tx := &Tx{DB: g.WithContext(ctx), bridge: borrowed{raw}, insert: db.insert}
		if err := fn(tx); err != nil {
			return err
		}
		return ctx.Err()
	})
}

// on returns a GORM handle that uses this one connection.
func (db *DB) on(conn *sql.Conn, ctx context.Context) *gorm.DB { //nolint:revive // the connection is the subject
	g := db.Gorm.WithContext(ctx)
	g.Statement.ConnPool = conn
	return g
}

// pgxConn takes the pgx connection out of a database/sql one.
func pgxConn(conn *sql.Conn) (*pgx.Conn, error) {
	var raw *pgx.Conn
	err := conn.Raw(func(driverConn any) error {
		std, ok := driverConn.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("begin: the driver's connection is a %T", driverConn)
		}
		raw = std.Conn()
		return nil
	})
	return raw, err
}

// Pgx lends the transaction's own connection, for statements over many rows at once: pgx sends arrays
// in binary, where GORM would spell out every value. It can't be ended or nested.
func (tx *Tx) Pgx() pgx.Tx { return tx.bridge }
