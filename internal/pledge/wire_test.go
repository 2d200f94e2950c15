package pledge_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// wire stands between the program and PostgreSQL and keeps every statement
// that is executed, whichever library sent it.
type wire struct {
	mu  sync.Mutex
	ran []string
}

func (w *wire) saw(sql string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ran = append(w.ran, sql)
}

// mark ends what take returns.
const mark = "SELECT 'everything before this has been seen'"

// take returns what was executed since the last call, but for what the
// notifier says in the background.
func (w *wire) take(t *testing.T, db *postgres.DB) []string {
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

// tapped opens a new database through a wire.
func tapped(t *testing.T) (*postgres.DB, *wire) {
	t.Helper()
	u, err := url.Parse(postgrestest.NewURL(t))
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
	w := &wire{}
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

func (w *wire) pass(near net.Conn, host string, port uint16) {
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
func (w *wire) read(from *io.PipeReader) {
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

// The answer to a newcomer and to somebody who has signed must not differ in
// the work it takes: the same statements run, in the same order.
func TestTheSameStatementsRunWhoeverSigns(t *testing.T) {
	t.Parallel()
	db, wire := tapped(t)
	w := worldOn(t, db)
	w.publish(t, slug)
	for n := range 10 { // until every statement is prepared
		w.sign(t, person(slug, 100+n))
	}

	ben, cleo := ana(slug), ana(slug)
	ben.GivenName, cleo.GivenName = "Ben", "Cleo"
	var want []string
	run := func(name string, s pledge.Signing) {
		t.Helper()
		w.clock.turn(2 * time.Second) // a signer wakes the mail's worker when none did within a second
		wire.take(t, db)
		w.sign(t, s)
		ran := wire.take(t, db)
		if want == nil {
			want = ran
			if len(ran) < 5 || !slices.ContainsFunc(ran, func(sql string) bool { return strings.Contains(sql, "INSERT INTO signature ") }) ||
				!slices.ContainsFunc(ran, func(sql string) bool { return regexp.MustCompile(`(?i)insert into "?mail`).MatchString(sql) }) ||
				!slices.ContainsFunc(ran, func(sql string) bool { return strings.Contains(sql, "river_job") }) {
				t.Fatalf("the wire saw only %q", ran)
			}
			return
		}
		if !slices.Equal(ran, want) {
			t.Errorf("%s: ran\n%q\nnot\n%q", name, short(ran), short(want))
		}
	}
	run("newcomer", ana(slug))
	run("another newcomer", person(slug, 1))
	slow := person(slug, 5)
	slow.Slow = true
	run("a newcomer whose mail waits", slow)
	run("waiting to be confirmed", ana(slug))
	w.sign(t, ana(slug))
	w.confirm(t, w.token(t))
	run("has signed", ana(slug))
	run("has signed and been told today", ana(slug))
	w.signed(t, ben)
	run("third on a mailbox", cleo)
	run("third on a mailbox, told today", cleo)
	c := w.signed(t, person(slug, 2))
	if err := w.Withdraw(t.Context(), c.Signature.ID); err != nil {
		t.Fatal(err)
	}
	run("signs again", person(slug, 2))
	w.clock.turn(48 * time.Hour)
	run("after a while", ana(slug))
	for n := range pledge.MailboxWaiting {
		mal := person(slug, 3)
		mal.GivenName = "Mal" + string(rune('a'+n))
		w.sign(t, mal)
	}
	run("the oldest that waits makes way", person(slug, 3))
	dan, eve := person(slug, 4), person(slug, 4)
	dan.GivenName, eve.GivenName = "Dan", "Eve"
	w.sign(t, person(slug, 4))
	w.signed(t, dan)
	w.signed(t, eve)
	run("waits where two have confirmed", person(slug, 4))
}

func TestSigningNeedsThePostgreSQLToCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish(t, slug)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	receipt, err := w.Sign(ctx, ana(slug))
	if receipt != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("Sign = %q, %v", receipt, err)
	}
	if n := w.one(t, `SELECT count(*) FROM signature`); n != 0 {
		t.Errorf("%d signatures", n)
	}
}

// short names statements, for a readable difference.
func short(ran []string) []string {
	var names []string
	for _, sql := range ran {
		names = append(names, strings.Join(strings.Fields(sql[:min(len(sql), 60)]), " "))
	}
	return names
}
