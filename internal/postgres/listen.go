package postgres

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
)

// Channel is where changes are told: redress_notify() in SQL and [DB.Notify] speak, [DB.Listen] hears.
const Channel = "redress_changed"

const (
	listenPatience = 30 * time.Second // silence after which the connection is asked whether it lives
	listenRetryMin = 100 * time.Millisecond
	listenRetryMax = 5 * time.Second
)

// Listen calls changed with the tag of every change that is committed, on a connection of its own,
// until ctx ends; run it in a goroutine. Whatever may have been missed is told by reset: it is
// called when listening begins, as soon as the connection is lost, and when it is back.
func (db *DB) Listen(ctx context.Context, changed func(tag string), reset func()) {
	wait := listenRetryMin
	for ctx.Err() == nil {
		heard, err := db.listenOnce(ctx, changed, reset)
		if ctx.Err() != nil {
			return
		}
		if heard {
			reset()
			wait = listenRetryMin
		}
		db.log.WarnContext(ctx, "listening was interrupted", "fault", Describe(err), "again_in", wait)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, listenRetryMax)
	}
}

// listenOnce listens until the connection fails, and reports whether it had begun.
func (db *DB) listenOnce(ctx context.Context, changed func(string), reset func()) (heard bool, err error) {
	conn, err := pgx.ConnectConfig(ctx, db.Pool.Config().ConnConfig)
	if err != nil {
		return false, err
	}
	defer func() {
		goodbye, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(goodbye)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+Channel); err != nil {
		return false, err
	}
	reset()
	for {
		tag, err := nextTag(ctx, conn)
		if err != nil {
			return true, err
		}
		if tag != "" {
			changed(tag)
		}
	}
}

// nextTag waits for the next change. After a long silence it asks whether the server is still
// there, and answers "" if so.
func nextTag(ctx context.Context, conn *pgx.Conn) (string, error) {
	patient, cancel := context.WithTimeout(ctx, listenPatience)
	defer cancel()
	notification, err := conn.WaitForNotification(patient)
	if err == nil {
		return notification.Payload, nil
	}
	var network net.Error
	if ctx.Err() == nil && !conn.IsClosed() && (errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout()) {
		asking, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		return "", conn.Ping(asking)
	}
	return "", err
}

// Notify tells every node that listens, this one too, that the pages with this tag are old.
func (db *DB) Notify(ctx context.Context, tag string) error {
	_, err := db.Pool.Exec(ctx, `SELECT pg_notify($1, $2)`, Channel, tag)
	return err
}
