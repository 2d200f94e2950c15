package postgrestest

import (
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"redress/internal/postgres"
)

// Wire stands between the program and PostgreSQL and keeps every statement
// that is executed, whichever library sent it.
type Wire struct {
	mu  sync.Mutex
	ran []string
}

func (w *Wire) saw(sql string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ran = append(w.ran, sql)
}

// mark ends what take returns.
const mark = "SELECT 'everything before this has been seen'"

// Take returns what was executed since the last call, but for what the
// notifier says in the background.
func (w *Wire) Take(t testing.TB, db *postgres.DB) []string {
	t.Helper()
	if _, err := db.Pool.Exec(t.Context(), mark); err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		w.mu.Lock()
		ran := w.ran
		if at := slices.Index(ran, mark); at >= 0 {
			w.ran = nil
			w.mu.Unlock()
			return slices.DeleteFunc(ran[:at], func(sql string) bool { return strings.Contains(sql, "pg_notify") })
		}
		w.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the wire saw nothing")
	return nil
}

// Tapped opens a new database through a wire.
func Tapped(t testing.TB) (*postgres.DB, *Wire) {
	t.Helper()
	u, err := url.Parse(NewURL(t))
	if err != nil {
		t.Fatal(err)
	}
	config, err := pgconn.ParseConfig(u.String())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { w.pass(near, config.Host, config.Port) })
		}
	})
	u.Host = listener.Addr().String()
	u.RawQuery = "sslmode=disable"
	db, err := postgres.Open(t.Context(), postgres.Options{URL: u.String(), MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		db.Close()
		_ = listener.Close()
		conns.Wait()
	})
	return db, w
}

func (w *Wire) pass(near net.Conn, host string, port uint16) {
	defer near.Close()
	network, address := pgconn.NetworkAddress(host, port)
	far, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		_, _ = io.Copy(near, far)
		_ = near.Close()
	}()
	said, heard := io.Pipe()
	go w.read(said)
	_, _ = io.Copy(io.MultiWriter(far, heard), near)
	_ = heard.Close()
}

// read follows the frontend's side of the protocol.
func (w *Wire) read(from *io.PipeReader) {
	defer func() { _, _ = io.Copy(io.Discard, from) }()
	backend := pgproto3.NewBackend(from, io.Discard)
	if _, err := backend.ReceiveStartupMessage(); err != nil {
		return
	}
	prepared := map[string]string{}
	bound := ""
	for {
		message, err := backend.Receive()
		if err != nil {
			return
		}
		switch m := message.(type) {
		case *pgproto3.Query:
			w.saw(m.String)
		case *pgproto3.Parse:
			prepared[m.Name] = m.Query
		case *pgproto3.Bind:
			bound = prepared[m.PreparedStatement]
		case *pgproto3.Execute:
			w.saw(bound)
		}
	}
}
