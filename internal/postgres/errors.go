package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
	"gorm.io/gorm"
)

// IsUnique reports whether err says that a row broke the unique constraint or index of that name.
func IsUnique(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" && pg.ConstraintName == constraint
}

// IsRetryable reports whether err ended a transaction because of others that ran at the same time: run
// again it may pass.
func IsRetryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001" || pg.Code == "23505")
}

// IsUnavailable reports whether err means that the database can't be reached, is going down or has
// no connection to spare, or did not answer in time: try again later, nothing is wrong with the
// request. A canceled request is not such a case.
func IsUnavailable(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return unavailableState(pg.Code)
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, puddle.ErrClosedPool) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded) ||
		isClosed(err)
}

// IsCanceled reports that PostgreSQL ended a statement because it was told to
// (SQLSTATE 57014), as it is when the request that it is for ends.
func IsCanceled(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "57014"
}

// unavailableState knows the SQLSTATEs of a server that can't serve now.
func unavailableState(code string) bool {
	switch code {
	case "57P01", // admin_shutdown
		"57P02", // crash_shutdown
		"57P03", // cannot_connect_now
		"57P05", // idle_session_timeout
		"53300", // too_many_connections
		"53100", // disk_full
		"53200", // out_of_memory
		"25006", // read_only_sql_transaction: a standby, in the middle of a switch
		"25P03": // idle_in_transaction_session_timeout
		return true
	}
	return strings.HasPrefix(code, "08") // connection exceptions
}

// isClosed knows the errors of closed things that their packages keep to themselves.
func isClosed(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		switch err.Error() {
		case "sql: database is closed", "conn closed", "closed pool":
			return true
		}
	}
	return false
}

// Describe says in a few fixed words what kind of database error err is: its SQLSTATE and
// constraint at most. The texts of PostgreSQL and its drivers quote values, so they don't belong in
// logs or job rows; this does.
func Describe(err error) string {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &pg) && pg.ConstraintName != "":
		return "sqlstate " + pg.Code + " " + pg.ConstraintName
	case errors.As(err, &pg):
		return "sqlstate " + pg.Code
	case errors.Is(err, gorm.ErrRecordNotFound), errors.Is(err, sql.ErrNoRows):
		return "no row"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "timed out"
	case IsUnavailable(err):
		return "unavailable"
	}
	return "other"
}
