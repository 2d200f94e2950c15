package proof

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"redress/internal/postgres/local"
)

// database runs a PostgreSQL of its own until the test ends, for sites that are
// given DATABASE_URL.
type database struct {
	t       testing.TB
	folder  string
	server  *local.Server
	durable bool // a commit is on the disk
}

func newDatabase(t testing.TB) *database {
	t.Helper()
	folder, err := os.MkdirTemp("", "redress-proof-db-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	d := &database{t: t, folder: folder}
	t.Cleanup(func() {
		d.stop()
		_ = os.RemoveAll(folder)
	})
	d.start()
	return d
}

func (d *database) start() {
	d.t.Helper()
	server, err := d.launch()
	if err != nil {
		d.t.Fatal(err)
	}
	d.server = server
}

func (d *database) launch() (*local.Server, error) {
	return local.Start(context.Background(), local.Options{Dir: filepath.Join(d.folder, "d"), NoSync: !d.durable})
}

func (d *database) stop() {
	d.t.Helper()
	if d.server == nil {
		return
	}
	if err := d.server.Stop(context.Background()); err != nil {
		d.t.Error(err)
	}
	d.server = nil
}

const aSecret = "REDRESS_SECRET=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// TestTwoNodesAreOneSite starts two programs at once on one empty database. What
// happens at one is seen at the other: a count, and a confirmation by a token
// that the other made.
func TestTwoNodesAreOneSite(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	first := emptySite(t, "DATABASE_URL="+db.server.URL(), aSecret)
	second := emptySite(t, "DATABASE_URL="+db.server.URL(), aSecret, "REDRESS_BASE_URL="+first.URL)
	var group sync.WaitGroup
	faults := make([]error, 2)
	for i, s := range []*site{first, second} {
		group.Go(func() { faults[i] = s.run() })
	}
	group.Wait()
	if err := errors.Join(faults...); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*site{first, second} {
		if resp, text := s.get(t, theIssue); resp.StatusCode != http.StatusOK || strings.Count(text, "<h1") != 1 {
			t.Fatalf("%s: %d", theIssue, resp.StatusCode)
		}
		has(t, "the other node", get(t, s, "/representatives?zip=80203"), "Diana DeGette", "Julie Gonzales")
		if n := s.count(t, theIssue); n.Confirmed != 0 {
			t.Fatalf("%d have signed", n.Confirmed)
		}
	}
	m := maya()
	first.redirected(t, theIssue+"/pledge", m.signing())
	confirm := path(t, awaitMailOf(t, m.Email, first, second).link(t, "/confirm"))
	if text := second.counted(t, confirm); !strings.Contains(text, say("pledge.thanks.heading", "Name", "Maya")) {
		t.Fatalf("confirming at the other node: %s", text)
	}
	begun := time.Now()
	for _, s := range []*site{first, second} {
		for s.count(t, theIssue).Confirmed != 1 || !strings.Contains(get(t, s, theIssue+"/pledge"), "<strong data-count-number>1<") {
			if time.Since(begun) > 5*time.Second {
				t.Fatalf("a node says %d have signed", s.count(t, theIssue).Confirmed)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	t.Logf("both nodes knew after %s", time.Since(begun).Round(time.Millisecond))
	if text := first.counted(t, confirm); !strings.Contains(text, say("pledge.thanks.heading", "Name", "Maya")) {
		t.Errorf("confirming again at the first node: %s", text)
	}
}

func get(t testing.TB, s *site, page string) string {
	t.Helper()
	_, text := s.get(t, page)
	return text
}

// awaitMailOf waits for the first mail to this address at any of the sites.
func awaitMailOf(t testing.TB, to string, sites ...*site) letterbox {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		for _, s := range sites {
			for _, m := range s.mails(t) {
				if strings.Contains(m.Get("To"), to) {
					return m
				}
			}
		}
	}
	t.Fatal("no mail came")
	return letterbox{}
}

// TestWithTheDatabaseAwayPagesAreServed stops PostgreSQL under a running site.
// What was read before is still there; forms say so and keep what was typed; and
// when it is back, everything works without a restart.
func TestWithTheDatabaseAwayPagesAreServed(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := emptySite(t, "DATABASE_URL="+db.server.URL(), aSecret)
	s.start(t)
	senator, _ := legislators(t, s)
	read := []string{"/", theIssue, theIssue + "/pledge", theIssue + "/letter", theIssue + "/letter?zip=80203", "/terms/qualified-immunity", "/representatives?zip=80203", "/about"}
	before := map[string]string{}
	for range 3 { // what the first reading moves, today's term, is told to the cache meanwhile
		for _, page := range read {
			before[page] = get(t, s, page)
		}
		time.Sleep(time.Second)
	}
	for _, page := range read {
		before[page] = get(t, s, page)
	}
	db.stop()

	for _, page := range read {
		resp, text := s.get(t, page)
		if resp.StatusCode != http.StatusOK || text != before[page] {
			t.Errorf("%s with the database away: %d", page, resp.StatusCode)
		}
	}
	if resp, _ := s.get(t, "/readyz"); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("/readyz with the database away: %d", resp.StatusCode)
	}
	if resp, _ := s.get(t, "/healthz"); resp.StatusCode != http.StatusOK {
		t.Errorf("/healthz with the database away: %d", resp.StatusCode)
	}
	m := maya()
	for door, form := range map[string]url.Values{"/pledge": m.signing(), "/letter": m.writing(senator.ID)} {
		resp, text := s.post(t, theIssue+door, form)
		if resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("POST %s with the database away: %d %s", door, resp.StatusCode, plain(text))
		}
		kept := []string{m.Given, m.Family, m.Email, m.Zip}
		if door == "/letter" {
			kept = append(kept, m.Story, m.Street, "Please tell me where you stand, and why.")
		}
		for _, typed := range kept {
			if !strings.Contains(text, html.EscapeString(typed)) {
				t.Errorf("POST %s with the database away lost %q: %s", door, typed, plain(text))
			}
		}
		if resp.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("POST %s: Cache-Control %q", door, resp.Header.Get("Cache-Control"))
		}
	}
	if resp, text := s.get(t, "/terms/due-process"); resp.StatusCode != http.StatusServiceUnavailable && resp.StatusCode != http.StatusOK {
		t.Errorf("a page that nobody had read: %d %s", resp.StatusCode, plain(text))
	}

	db.start()
	deadline := time.Now().Add(30 * time.Second)
	for {
		resp, _ := s.post(t, theIssue+"/pledge", m.signing())
		if resp.StatusCode == http.StatusSeeOther {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("with the database back: %d", resp.StatusCode)
		}
		time.Sleep(200 * time.Millisecond)
	}
	confirm := path(t, s.awaitMail(t, m.Email, confirmSignature).link(t, "/confirm"))
	s.post(t, confirm, nil)
	begun := time.Now()
	for s.count(t, theIssue).Confirmed != 1 {
		if time.Since(begun) > 5*time.Second {
			t.Fatalf("count.json says %d", s.count(t, theIssue).Confirmed)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
