package web

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"redress/internal/civics/civicstest"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// turning is a clock that tests move.
type turning struct {
	mu  sync.Mutex
	now time.Time
}

func (c *turning) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *turning) to(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// heading is what stands in a page's h1.
func heading(t *testing.T, body string) string {
	t.Helper()
	_, rest, _ := strings.Cut(body, "<h1>")
	text, _, found := strings.Cut(rest, "</h1>")
	if !found {
		t.Fatal("the page has no heading")
	}
	return html.UnescapeString(text)
}

func TestTheTermOfTheDayChangesAtMidnightAndDaysStay(t *testing.T) {
	t.Parallel()
	clock := &turning{}
	s := newReadingSiteOn(t, postgrestest.New(t), civicstest.InMemory(t), clock.read)
	zone := s.Config.Location
	evening := time.Date(2026, 10, 31, 23, 55, 0, 0, zone)
	clock.to(evening)
	first := heading(t, s.page(t, "/terms/today"))
	holds(t, "home", s.page(t, "/"), `>`+html.EscapeString(first)+`</a>`)
	holds(t, "the glossary", s.page(t, "/terms"), `<a href="/terms/today">`+html.EscapeString(first)+`</a>`)
	if own := heading(t, s.page(t, "/terms/days/2026-10-31")); own != first {
		t.Errorf("the day's own page has %q, today's %q", own, first)
	}
	for _, none := range []string{"/terms/days/2026-11-01", "/terms/days/2026-10-30", "/terms/days/2026-11", "/terms/days/2026-9-3", "/terms/days/x", "/terms/days/9999-12-31", "/terms/days/0000-01-01", "/terms/days/0000-00", "/terms/days/0000-01", "/terms/days/9999-12"} {
		if got := s.get(none).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s answers %d", none, got)
		}
	}
	clock.to(evening.Add(5*time.Minute - time.Nanosecond))
	if got := heading(t, s.page(t, "/terms/today")); got != first {
		t.Errorf("before midnight the term becomes %q", got)
	}
	clock.to(evening.Add(5 * time.Minute))
	second := heading(t, s.page(t, "/terms/today"))
	if second == first {
		t.Errorf("after midnight the term is still %q", first)
	}
	holds(t, "home", s.page(t, "/"), `>`+html.EscapeString(second)+`</a>`)
	if own := heading(t, s.page(t, "/terms/days/2026-10-31")); own != first {
		t.Errorf("a past day's page changes to %q", own)
	}
	holds(t, "the second day", s.page(t, "/terms/days/2026-11-01"), `href="/terms/days/2026-10-31"`)
	holds(t, "the days", s.page(t, "/terms/days"), `href="/terms/days/2026-11-01"`, `href="/terms/days/2026-10-31"`)
	holds(t, "a month", s.page(t, "/terms/days/2026-10"), `href="/terms/days/2026-10-31"`, `href="/terms/days/2026-11"`)
	holds(t, "the next month", s.page(t, "/terms/days/2026-11"), `href="/terms/days/2026-10"`)
	for _, path := range []string{"/terms/today", "/terms/days", "/terms/days/2026-10", "/terms/days/2026-10-31"} {
		root, err := html.Parse(strings.NewReader(s.page(t, path)))
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range sound(t, path, root) {
			if got := s.get(link).StatusCode; got != http.StatusOK {
				t.Errorf("%s links to %s, which answers %d", path, link, got)
			}
		}
	}
}

func TestManyDaysAreListedByMonth(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, func() time.Time { return time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) })
	s.exec(t, `INSERT INTO term_day SELECT d, 'foia', 'rota' FROM generate_series('2026-08-01'::date, '2026-11-27', '1 day') AS days(d)`)
	days := s.page(t, "/terms/days")
	if n := strings.Count(days, `class="day-term"`); n != latestDays {
		t.Errorf("%d days are listed", n)
	}
	holds(t, "the days", days, `href="/terms/days/2026-10"`)
	october := s.page(t, "/terms/days/2026-10")
	if n := strings.Count(october, `class="day-term"`); n != 31 {
		t.Errorf("October has %d days", n)
	}
	holds(t, "October", october, `href="/terms/days/2026-09"`, `href="/terms/days/2026-11"`)
}

func (s readingSite) exec(t *testing.T, sql string) {
	t.Helper()
	err := s.db.InTx(t.Context(), func(tx *postgres.Tx) error { return tx.Exec(sql).Error })
	if err != nil {
		t.Fatal(err)
	}
}

func TestPagesOfTodayFollowWhenItIsChosenAnew(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go s.DB.Listen(ctx, s.Changed, s.LostTouch)
	s.page(t, "/terms/today") // the choice itself is heard of, once
	s.untilCached(t, "/terms/today")
	for _, path := range []string{"/", "/terms", "/terms/days", "/terms.atom"} {
		s.page(t, path)
	}
	s.exec(t, `UPDATE term_day SET slug = 'monell-liability'`)
	deadline := time.Now().Add(time.Second)
	for _, path := range []string{"/terms/today", "/", "/terms", "/terms/days", "/terms.atom"} {
		for !strings.Contains(s.page(t, path), "Monell") {
			if time.Now().After(deadline) {
				t.Fatalf("the old %s is still served after a second", path)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

func TestTheFeedOfTermsIsAtom(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, func() time.Time { return time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC) })
	s.exec(t, `INSERT INTO term_day VALUES ('2026-11-27', 'foia', 'rota')`)
	answer := s.get("/terms.atom")
	if got := answer.Header.Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
		t.Errorf("type %q", got)
	}
	var feed atomFeed
	if err := xml.Unmarshal([]byte(bodyOf(t, answer)), &feed); err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 11, 28, 0, 0, 0, 0, s.Config.Location).Format(time.RFC3339)
	if len(feed.Entries) != 2 || feed.Entries[0].ID != "https://act.example.org/terms/days/2026-11-28" || feed.Entries[1].Link.Href != "https://act.example.org/terms/days/2026-11-27" ||
		feed.Updated != began || feed.Entries[0].Updated != began || feed.Entries[1].Summary == "" || feed.Author.Name == "" {
		t.Errorf("%+v", feed)
	}
	holds(t, "the glossary", s.page(t, "/terms"), `type="application/atom+xml" title="Terms of the day from `, `href="/terms.atom"`)
}

func TestATermTellsProgramsWhatItIs(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	body := s.page(t, "/terms/qualified-immunity")
	_, rest, _ := strings.Cut(body, `<script type="application/ld+json">`)
	data, _, found := strings.Cut(rest, "</script>")
	if !found {
		t.Fatal("there is no block of data")
	}
	var said map[string]any
	if err := json.Unmarshal([]byte(data), &said); err != nil {
		t.Fatal(err)
	}
	set, _ := said["inDefinedTermSet"].(map[string]any)
	if said["@type"] != "DefinedTerm" || said["url"] != "https://act.example.org/terms/qualified-immunity" || said["name"] != "Qualified immunity" ||
		said["description"] == "" || set["url"] != "https://act.example.org/terms" {
		t.Errorf("it says %v", said)
	}
	s.exec(t, `UPDATE term SET title = 'A</script><script>alert(1)</script>' WHERE slug = 'foia'`)
	if strings.Contains(s.page(t, "/terms/foia"), "<script>alert") {
		t.Error("a title becomes a script")
	}
}

func TestATermsPageLeadsOn(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	s.exec(t, `UPDATE term SET action_kinds = '["call"]', examples = '["It <b>was</b> said."]' WHERE slug = 'qualified-immunity'`)
	body := s.page(t, "/terms/qualified-immunity")
	holds(t, "a term", body,
		`href="/issues/qualified-immunity"`, `href="/issues/qualified-immunity/call"`, "It &lt;b&gt;was&lt;/b&gt; said.",
		`class="term-map"`, `popovertarget="definition-section-1983"`, `id="definition-section-1983"`)
	if strings.Contains(body, `href="/issues/qualified-immunity/letter"`) {
		t.Error("it leads to an action that it doesn't name")
	}
	holds(t, "a term without a choice", s.page(t, "/terms/clearly-established-law"), `href="/issues/qualified-immunity/letter"`, `href="/issues/qualified-immunity/pledge"`)
	// What only the other term's file says.
	holds(t, "the other side", s.page(t, "/terms/absolute-immunity"), `href="/terms/qualified-immunity"`)
}
