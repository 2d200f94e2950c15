package proof

import (
	"bytes"
	"fmt"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"redress/internal/mail/mailtest"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// TestAnEditionThroughCrashes kills the program while it sends an edition. Every
// reader gets it; again only one whose mail was being handed over when the program
// died, by the same Message-ID; and each mail's signature holds.
func TestAnEditionThroughCrashes(t *testing.T) {
	t.Parallel()
	readers, kills, wait := 200, 1, 10*time.Millisecond
	if soaking {
		readers, kills, wait = 20_000, 3, time.Millisecond
	}
	m := newMailing(t, mailtest.WithHeads())
	m.env = append(m.env, "REDRESS_NEWSLETTER_DAYS=none")
	m.stop(t)
	m.start(t)
	addReaders(t, m.site, readers)
	var seen atomic.Int64
	m.server.Answer(func(a mailtest.Attempt) mailtest.Reply {
		if a.Stage != mailtest.Data {
			return mailtest.Reply{}
		}
		if seen.Add(1)%97 == 1 {
			m.signs(t, "an edition", bytes.Clone(a.Raw))
		}
		return mailtest.Reply{Wait: wait}
	})
	if out, err := m.command(t, "newsletter", "send"); err != nil || !strings.Contains(out, fmt.Sprintf("to %d.", readers)) {
		t.Fatalf("%v %s", err, out)
	}
	marked := map[string]int{} // how often a mail was being sent when the program died
	for kill := range kills {
		target := readers * (kill + 1) / (kills + 1)
		for end := time.Now().Add(5 * time.Minute); len(m.server.Received()) < target; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("after %d crashes %d of %d mails have gone", kill, len(m.server.Received()), readers)
			}
		}
		m.kill(t)
		died := time.Now()
		m.start(t)
		for _, id := range sendingAt(t, m.site, died) {
			marked[id]++
		}
		endLeases(t, m.site, died)
	}
	awaitEdition(t, m, readers)
	checkReaders(t, m, marked, readers)
	if out, err := m.command(t, "newsletter", "status"); err != nil || !strings.Contains(out, fmt.Sprintf("done  %d of %d sent", readers, readers)) {
		t.Errorf("%v %s", err, out)
	}
}

// addReaders subscribes people as the site would have, at a thousand domains.
func addReaders(t testing.TB, s *site, n int) {
	t.Helper()
	secret, err := os.ReadFile(filepath.Join(s.Data, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	box, err := seal.New(bytes.TrimSpace(secret))
	if err != nil {
		t.Fatal(err)
	}
	var rows, people [][]any
	now := time.Now()
	for i := range n {
		id := uuid.Must(uuid.NewV7())
		email := fmt.Sprintf("reader%d@d%d.example", i, i%1000)
		rows = append(rows, []any{id, supporter.MailboxKey(box, email), box.KeyVersion(), "active", "daily", "en", now, now})
		people = append(people, []any{id, []byte(box.Seal(email, seal.Place{Table: "subscriber_person", Column: "email", Row: id}))})
	}
	conn := connect(t, s)
	columns := []string{"id", "mailbox_key", "key_version", "state", "rhythm", "lang", "created_at", "confirmed_at"}
	if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{"subscriber"}, columns, pgx.CopyFromRows(rows)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{"subscriber_person"}, []string{"id", "email"}, pgx.CopyFromRows(people)); err != nil {
		t.Fatal(err)
	}
}

func awaitEdition(t *testing.T, m *mailing, readers int) {
	t.Helper()
	conn := connect(t, m.site)
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		var state string
		var sent int
		if err := conn.QueryRow(t.Context(), "SELECT state, sent FROM mailing WHERE kind = 'edition' ORDER BY started_at DESC LIMIT 1").Scan(&state, &sent); err != nil {
			t.Fatal(err)
		}
		if state == "done" && sent == readers {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the mailing is %s with %d of %d sent", state, sent, readers)
		}
	}
}

func checkReaders(t *testing.T, m *mailing, marked map[string]int, readers int) {
	t.Helper()
	arrivals, ids := map[string]int{}, map[string]string{}
	for _, r := range m.server.Accepted() {
		head, err := netmail.ReadMessage(bytes.NewReader(r.Raw))
		if err != nil {
			t.Fatal(err)
		}
		id := head.Header.Get("Message-Id")
		arrivals[id]++
		if known, again := ids[r.To]; again && known != id {
			t.Errorf("a reader got it twice as two mails")
		}
		ids[r.To] = id
		for _, header := range []string{"List-Unsubscribe: <https://act.center.example/subscriptions/", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "List-Id: <newsletter.act.center.example>"} {
			if !strings.Contains(string(r.Raw), "\r\n"+header) {
				t.Fatalf("a mail lacks %s", header)
			}
		}
	}
	repeats := 0
	for id, n := range arrivals {
		if n > 1 {
			repeats += n - 1
		}
		if n > 1+marked[strings.Trim(id, "<>")] {
			t.Errorf("a mail arrived %d times; at %d crashes it was being sent", n, marked[strings.Trim(id, "<>")])
		}
	}
	if len(ids) != readers || len(arrivals) != readers {
		t.Errorf("%d readers got %d mails, want %d", len(ids), len(arrivals), readers)
	}
	if len(marked) == 0 {
		t.Error("no crash came while a mail was being sent: nothing was proven")
	}
	t.Logf("%d readers; %d mails were being sent at a crash, %d came again", readers, len(marked), repeats)
}
