package proof

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"redress/internal/seal"
	"redress/internal/supporter"
)

// crash kills PostgreSQL as a crash does, and starts it again.
func (d *database) crash() {
	d.t.Helper()
	if err := syscall.Kill(d.server.PID(), syscall.SIGKILL); err != nil {
		d.t.Fatal(err)
	}
	_ = d.server.Stop(context.Background()) // it has ended; what it left is tidied
	d.server = nil
	// Its orphaned workers end when they notice; until then their memory keeps a new one away.
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		server, err := d.launch()
		if err == nil {
			d.server = server
			return
		}
		if time.Now().After(deadline) {
			d.t.Fatal(err)
		}
	}
}

func (d *database) connect() *pgx.Conn {
	d.t.Helper()
	conn, err := pgx.Connect(context.Background(), d.server.URL())
	if err != nil {
		d.t.Fatal(err)
	}
	return conn
}

// TestEveryThankedSignerIsKeptThroughACrashOfPostgreSQL kills PostgreSQL under a
// running site while people sign and confirm. The site stays, and each who was
// thanked is in the database, once.
func TestEveryThankedSignerIsKeptThroughACrashOfPostgreSQL(t *testing.T) {
	t.Parallel()
	rounds := 2
	if soaking {
		rounds = 20
	}
	db := newDatabase(t)
	db.stop()
	db.durable = true
	db.start()
	s := emptySite(t, "DATABASE_URL="+db.server.URL(), aSecret)
	s.start(t)
	box, err := seal.New([]byte(strings.TrimPrefix(aSecret, "REDRESS_SECRET=")))
	if err != nil {
		t.Fatal(err)
	}
	thanked, confirmed := &names{}, &names{}
	for round := range rounds {
		conn := db.connect()
		waiting := waitingToConfirm(t, conn)
		_ = conn.Close(context.Background())
		stopSigning := arrive(s, 1000+round, thanked)
		stopConfirming := pressLinks(s, box, waiting, confirmed)
		time.Sleep(time.Duration(500+137*(round%5)) * time.Millisecond)
		db.crash()
		awaitReady(t, s)
		stopSigning()
		stopConfirming()
	}
	if len(thanked.all()) < 10*rounds || len(confirmed.all()) < rounds {
		t.Fatalf("only %d signers were thanked and %d confirmed: nothing was proven", len(thanked.all()), len(confirmed.all()))
	}
	conn := db.connect()
	defer conn.Close(context.Background())
	mustBeKept(t, conn, box, thanked.all(), confirmed.all())
	t.Logf("%d signers were thanked and %d confirmed through %d crashes of PostgreSQL", len(thanked.all()), len(confirmed.all()), rounds)
}

func awaitReady(t testing.TB, s *site) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if resp, _ := s.get(t, "/readyz"); resp.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatal("the site doesn't come back")
}

// waitingToConfirm are the signatures whose links can be pressed.
func waitingToConfirm(t testing.TB, conn *pgx.Conn) []uuid.UUID {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT id FROM signature WHERE state = 'pending' ORDER BY id DESC LIMIT 400`)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// pressLinks confirms signatures from several connections until stop is called,
// and keeps the ids of those who were thanked.
func pressLinks(s *site, box *seal.Box, ids []uuid.UUID, thanked *names) (stop func()) {
	var done atomic.Bool
	var next atomic.Int64
	var group sync.WaitGroup
	for range signers / 2 {
		group.Go(func() {
			for !done.Load() {
				n := int(next.Add(1)) - 1
				if n >= len(ids) {
					return
				}
				token := box.Sign(seal.Token{Purpose: seal.Confirm, ID: ids[n], Expires: time.Now().Add(time.Hour)})
				resp, err := client.Post(s.URL+"/signatures/"+token+"/confirm", "application/x-www-form-urlencoded", nil)
				if err != nil {
					continue
				}
				resp.Body.Close()
				if resp.StatusCode == http.StatusSeeOther {
					thanked.add(ids[n].String())
				}
			}
		})
	}
	return func() { done.Store(true); group.Wait() }
}

// mustBeKept checks that nobody who was thanked is lost or doubled, that each has
// their sealed name and mail, and that every counter says what the rows say.
func mustBeKept(t testing.TB, conn *pgx.Conn, box *seal.Box, signed, confirmed []string) {
	t.Helper()
	keys := make([][]byte, len(signed))
	for i, email := range signed {
		keys[i] = supporter.MailboxKey(box, email)
	}
	for what, statement := range map[string]string{
		"thanked signers are lost or doubled": `SELECT count(*) FROM unnest($1::bytea[]) AS thanked(key)
			WHERE (SELECT count(*) FROM signature WHERE mailbox_key = key) <> 1 AND $2::uuid[] IS NOT NULL`,
		"thanked confirmations are lost": `SELECT count(*) FROM unnest($2::uuid[]) AS thanked(id)
			WHERE NOT EXISTS (SELECT 1 FROM signature s WHERE s.id = thanked.id AND state = 'confirmed') AND $1::bytea[] IS NOT NULL`,
		"signatures lack their person or mail": `SELECT count(*) FROM signature s WHERE $1::bytea[] IS NOT NULL AND $2::uuid[] IS NOT NULL
			AND (NOT EXISTS (SELECT 1 FROM signature_person WHERE signature_id = s.id) OR NOT EXISTS (SELECT 1 FROM mail WHERE subject_id = s.id))`,
		"counters are off by": `SELECT abs((SELECT count(*) FROM signature WHERE state = 'confirmed')
			- (SELECT coalesce(sum(confirmed - erased), 0) FROM pledge_counter))::bigint WHERE $1::bytea[] IS NOT NULL AND $2::uuid[] IS NOT NULL`,
	} {
		var n int
		if err := conn.QueryRow(t.Context(), statement, keys, confirmed).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d, %v", what, n, err)
		}
	}
}

// notConfirmed are those of the addresses whose signature still waits.
func notConfirmed(t testing.TB, conn *pgx.Conn, box *seal.Box, emails []string) []string {
	t.Helper()
	var waiting []string
	for _, email := range emails {
		var n int
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM signature WHERE mailbox_key = $1 AND state = 'pending'`,
			supporter.MailboxKey(box, email)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			waiting = append(waiting, email)
		}
	}
	return waiting
}
