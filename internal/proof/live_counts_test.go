package proof

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"redress/internal/seal"
)

// liveFor is how old a count may be on any node, and slack is for a test machine
// that is busy with other tests.
const (
	liveFor = 2 * time.Second
	slack   = time.Second
)

var shownCount = regexp.MustCompile(`data-count-number>([0-9,]+)<`)

// TestCountsAreLiveOnEveryNode: people sign and confirm at one node without a
// pause; the other's page and count.json are never older than two seconds, also
// about what the first counted just before it was killed.
func TestCountsAreLiveOnEveryNode(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	first := emptySite(t, "DATABASE_URL="+db.server.URL(), aSecret)
	second := emptySite(t, "DATABASE_URL="+db.server.URL(), aSecret, "REDRESS_BASE_URL="+first.URL)
	first.start(t)
	second.start(t)
	box, err := seal.New([]byte(strings.TrimPrefix(aSecret, "REDRESS_SECRET=")))
	if err != nil {
		t.Fatal(err)
	}
	conn := db.connect()
	defer conn.Close(context.Background())

	signed := &names{}
	var group sync.WaitGroup
	for who := range signers {
		group.Go(func() {
			for n := range 15 {
				if email := fmt.Sprintf("live-%d-%d@example.org", who, n); sign(first, email) {
					signed.add(email)
				}
			}
		})
	}
	group.Wait()
	waiting := waitingToConfirm(t, conn)
	for _, page := range []string{theIssue + "/pledge", theIssue + "/count.json"} {
		get(t, second, page) // is in memory now
	}

	confirmed := &names{}
	stop := pressLinks(first, box, waiting, confirmed)
	var known []moment // how many had been thanked, and when that was known
	for begun := time.Now(); time.Since(begun) < 5*time.Second && len(confirmed.all()) < len(waiting); time.Sleep(50 * time.Millisecond) {
		known = append(known, moment{time.Now(), len(confirmed.all())})
		asked := time.Now()
		for what, n := range counts(t, second) {
			if due := thankedBy(known, asked.Add(-liveFor-slack)); n < due {
				t.Fatalf("%s says %d, though %d had been thanked two seconds before", what, n, due)
			}
		}
	}
	first.kill(t)
	killed := time.Now()
	stop()
	var all int
	if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM signature WHERE state = 'confirmed'`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(killed.Add(liveFor + slack)))
	for what, n := range counts(t, second) {
		if n != all {
			t.Errorf("after the crash %s says %d, want %d", what, n, all)
		}
	}
	if all < 10 {
		t.Fatalf("only %d confirmed: nothing was proven", all)
	}
}

// moment is how many had been thanked at a time.
type moment struct {
	at      time.Time
	thanked int
}

func thankedBy(known []moment, at time.Time) int {
	most := 0
	for _, m := range known {
		if !m.at.After(at) {
			most = m.thanked
		}
	}
	return most
}

// counts are what a node's page and its count.json say.
func counts(t testing.TB, s *site) map[string]int {
	t.Helper()
	m := shownCount.FindStringSubmatch(get(t, s, theIssue+"/pledge"))
	if m == nil {
		t.Fatal("the page shows no count")
	}
	onPage, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]int{"the page": onPage, "count.json": int(s.count(t, theIssue).Confirmed)}
}
