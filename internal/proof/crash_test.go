package proof

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres/local"
	"redress/internal/seal"
)

// soaking tells whether the long proofs run (make soak).
var soaking = os.Getenv("REDRESS_SOAK") != ""

const signers = 12 // at a time

// TestEveryThankedSignerIsKeptThroughACrash kills the program while people sign
// and confirm. Each who was told "check your mail" must be in PostgreSQL, once,
// and get that mail; each who was told that they are counted must be.
func TestEveryThankedSignerIsKeptThroughACrash(t *testing.T) {
	t.Parallel()
	rounds := 2
	if soaking {
		rounds = 20
	}
	s := newSite(t)
	thanked, confirmed := &names{}, &names{}
	var killed time.Time
	for round := range rounds {
		s.start(t)
		box := boxOf(t, s)
		stop := arrive(s, round, thanked)
		stopConfirming := pressLinks(s, box, waitingToConfirm(t, connect(t, s)), confirmed)
		time.Sleep(time.Duration(700+137*(round%5)) * time.Millisecond)
		s.kill(t)
		killed = time.Now()
		stop()
		stopConfirming()
	}
	s.start(t)
	mustBeKept(t, connect(t, s), boxOf(t, s), thanked.all(), confirmed.all())
	endLeases(t, s, killed)
	if len(thanked.all()) < 10*rounds || len(confirmed.all()) < rounds {
		t.Fatalf("only %d signers were thanked and %d confirmed: nothing was proven", len(thanked.all()), len(confirmed.all()))
	}
	awaitMailTo(t, s, notConfirmed(t, connect(t, s), boxOf(t, s), thanked.all())) // the others need no link any more
	t.Logf("%d signers were thanked and %d confirmed through %d crashes", len(thanked.all()), len(confirmed.all()), rounds)
}

// arrive signs from several connections until stop is called.
func arrive(s *site, round int, thanked *names) (stop func()) {
	var done atomic.Bool
	var group sync.WaitGroup
	for who := range signers {
		group.Go(func() {
			for n := 0; !done.Load(); n++ {
				email := fmt.Sprintf("signer-%d-%d-%d@example.org", round, who, n)
				if sign(s, email) {
					thanked.add(email)
				}
			}
		})
	}
	return func() { done.Store(true); group.Wait() }
}

// sign posts the pledge's form and tells whether the signer was thanked.
func sign(s *site, email string) bool {
	resp, err := client.PostForm(s.URL+"/issues/qualified-immunity/pledge", url.Values{
		"given_name": {"Maya"}, "family_name": {"Ortiz"}, "email": {email}, "zip": {"80203"},
	})
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusSeeOther
}

// endLeases gives back the mails that a killed program had claimed, as time would
// within two minutes. (What a lease is for, internal/mail proves.)
func endLeases(t testing.TB, s *site, killed time.Time) {
	t.Helper()
	_, err := connect(t, s).Exec(t.Context(), `UPDATE mail SET lease_until = now()
		WHERE lease_until > now() AND (state = 'sending' AND sending_at <= $1 OR state <> 'sending' AND lease_until <= $1 + interval '45 seconds')`, killed)
	if err != nil {
		t.Fatal(err)
	}
}

// connect opens the running site's own database.
func connect(t testing.TB, s *site) *pgx.Conn {
	t.Helper()
	address, ok := local.Running(s.Data)
	if !ok {
		t.Fatal("the private PostgreSQL is not running")
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// boxOf has the keys of a site that made its own secret.
func boxOf(t testing.TB, s *site) *seal.Box {
	t.Helper()
	secret, err := os.ReadFile(filepath.Join(s.Data, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	box, err := seal.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// awaitMailTo waits until each of these has a captured mail.
func awaitMailTo(t testing.TB, s *site, emails []string) {
	t.Helper()
	missing := map[string]bool{}
	for _, email := range emails {
		missing[email] = true
	}
	read := map[string]bool{}
	deadline := time.Now().Add(3 * time.Minute)
	for len(missing) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d thanked signers got no mail", len(missing), len(emails))
		}
		files, err := filepath.Glob(filepath.Join(s.Data, "mail", "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if read[file] {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				continue
			}
			read[file] = true
			for line := range strings.Lines(string(text)) {
				if to, ok := strings.CutPrefix(line, "To: "); ok {
					delete(missing, strings.Trim(strings.TrimSpace(to), "<>"))
					if at := strings.LastIndexByte(to, '<'); at >= 0 {
						delete(missing, strings.TrimRight(strings.TrimSpace(to[at+1:]), ">"))
					}
				}
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// names is a list that many append to.
type names struct {
	mu   sync.Mutex
	list []string
}

func (n *names) add(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, name)
}

func (n *names) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.list...)
}
