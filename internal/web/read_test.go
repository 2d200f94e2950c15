package web

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"

	files "redress/content"
	"redress/internal/abuse"
	"redress/internal/center"
	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/config"
	"redress/internal/content"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/internal/organization"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/search"
	found "redress/views/search"
)

// readingSite is a site with the sample content, and what changes it.
type readingSite struct {
	*testSite
	content *content.Content
}

func newReadingSite(t *testing.T, now func() time.Time) readingSite {
	t.Helper()
	return newReadingSiteOn(t, postgrestest.New(t), civicstest.InMemory(t), now)
}

// newReadingSiteOn is a site with the sample content and these civic facts.
func newReadingSiteOn(t *testing.T, db *postgres.DB, atlas *civics.Atlas, now func() time.Time) readingSite {
	t.Helper()
	settings, err := config.Read(map[string]string{"REDRESS_RATE_LIMIT": "off", "REDRESS_BASE_URL": "https://act.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	centers, issues, terms, organizations := center.New(db), issue.New(db), glossary.New(db, glossary.InZone(settings.Location), glossary.WithClock(now)), organization.New(db)
	letters := letter.New(letter.Options{DB: db, Issues: issues})
	pledges := pledge.New(db, nil, nil, pledge.Options{})
	t.Cleanup(pledges.Close)
	mover := content.New(db, time.Now, content.Rooms{
		Centers: centers, Terms: terms, Organizations: organizations, Issues: issues,
		SaveLetter: letters.SaveContent, SavePledge: pledges.SaveContent,
	})
	if _, err := mover.LoadEmpty(t.Context(), files.FS, "sample"); err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	s, err := New(Deps{
		Config: settings, Log: slog.New(slog.NewJSONHandler(log, nil)), DB: db, Limits: abuse.New(abuse.Options{}),
		Atlas: atlas, Centers: centers, Issues: issues, Terms: terms, Organizations: organizations,
		Letters: letters, Pledges: pledges, Search: search.New(db), Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return readingSite{&testSite{Site: s, log: log, db: db}, mover}
}

func (s readingSite) page(t *testing.T, path string) string {
	t.Helper()
	answer := s.get(path)
	body := bodyOf(t, answer)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d: %s", path, answer.StatusCode, s.log.String())
	}
	return body
}

func holds(t *testing.T, what, body string, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if !strings.Contains(body, piece) {
			t.Errorf("%s lacks %q", what, piece)
		}
	}
}

func TestTheIssuePage(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	body := s.page(t, "/issues/qualified-immunity")
	holds(t, "the issue page", body,
		`<a class="term" href="/terms/clearly-established-law">clearly established</a>`,
		`popovertarget="definition-clearly-established-law"`, `id="definition-clearly-established-law"`,
		`href="#defenders"`, `id="defenders"`, `id="at-sources"`,
		`<a href="/officials/bioguide:M000133">Edward J. Markey</a>`, "S. 1913", "H.R. 3602", "January 3, 2027",
		"<title>Colorado: State law</title>", "<title>Kansas: nothing listed here</title>",
		`action="/issues/qualified-immunity/letter"`, `href="/issues/qualified-immunity/pledge"`, `href="/issues/qualified-immunity/call"`,
		`data-count="/issues/qualified-immunity/count.json"`, "<progress",
		`href="#at-organizations"`, `id="at-organizations"`, `href="/organizations/aclu"`, `href="/issues/qualified-immunity/records"`, `href="/issues/qualified-immunity/meetings"`, `id="records"`,
		"mailto:?subject=Qualified%20immunity&amp;body=https%3A%2F%2Fact.example.org%2Fissues%2Fqualified-immunity",
		`property="og:type" content="article"`, `property="article:modified_time"`,
	)
}

// paths are the pages of this site that the sitemap names.
func (s readingSite) paths(t *testing.T) []string {
	t.Helper()
	var m sitemap
	if err := xml.Unmarshal([]byte(s.page(t, "/sitemap.xml")), &m); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, p := range m.Pages {
		path, ok := strings.CutPrefix(p.Loc, "https://act.example.org")
		if !ok {
			t.Errorf("the sitemap names %s", p.Loc)
		}
		paths = append(paths, path)
	}
	return paths
}

func TestEveryPageToReadIsSoundAndEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	paths := s.paths(t)
	if len(paths) < 60 {
		t.Errorf("the sitemap names %d pages", len(paths))
	}
	asked := map[string]int{}
	for _, path := range paths {
		body := s.page(t, path)
		asked[path] = http.StatusOK
		root, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range sound(t, path, root) {
			if asked[link] == 0 {
				asked[link] = s.get(link).StatusCode
			}
			if asked[link] != http.StatusOK {
				t.Errorf("%s links to %s, which answers %d", path, link, asked[link])
			}
		}
	}
}

// sound checks what every page must keep, and returns its links within the site.
func sound(t *testing.T, path string, root *html.Node) (links []string) {
	t.Helper()
	ids, anchors := map[string]int{}, map[string]bool{}
	headings := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "h1":
			headings++
		case "style":
			t.Errorf("%s has a style element", path)
		case "script":
			if valueOf(n, "src") == "" && valueOf(n, "type") != "application/ld+json" {
				t.Errorf("%s has an inline script", path)
			}
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("%s: %s has an attribute %s", path, n.Data, a.Key)
			case a.Key == "id":
				ids[a.Val]++
			}
		}
		if n.Data == "a" {
			href := valueOf(n, "href")
			within, anchor, _ := strings.Cut(href, "#")
			switch {
			case strings.HasPrefix(href, "https://"):
				if !strings.Contains(valueOf(n, "rel"), "noopener") {
					t.Errorf("%s: %s has no rel", path, href)
				}
			case within == "" && anchor != "":
				anchors[anchor] = true
			case strings.HasPrefix(within, "/"):
				links = append(links, within)
			case !strings.HasPrefix(href, "mailto:") && !strings.HasPrefix(href, "tel:"):
				t.Errorf("%s: a link to %q", path, href)
			}
		}
	}
	if headings != 1 {
		t.Errorf("%s has %d h1", path, headings)
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: the id %s stands %d times", path, id, n)
		}
	}
	for anchor := range anchors {
		if ids[anchor] == 0 {
			t.Errorf("%s: nothing has the id %s", path, anchor)
		}
	}
	return links
}

func valueOf(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func TestTheFeedIsAtom(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	answer := s.get("/feed.xml")
	if got := answer.Header.Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
		t.Errorf("type %q", got)
	}
	var feed atomFeed
	if err := xml.Unmarshal([]byte(bodyOf(t, answer)), &feed); err != nil {
		t.Fatal(err)
	}
	if feed.Author.Name == "" || feed.Updated != feed.Entries[0].Updated {
		t.Errorf("%+v", feed)
	}
	at := map[string]int{}
	for n, e := range feed.Entries {
		at[strings.TrimPrefix(e.ID, "https://act.example.org")] = n
		if n > 0 && e.Updated > feed.Entries[n-1].Updated {
			t.Errorf("%s comes after what is older", e.ID)
		}
	}
	for _, path := range []string{"/issues/qualified-immunity", "/issues/public-records", theNews, "/issues/qualified-immunity/updates/ending-qualified-immunity-act-2025"} {
		if _, ok := at[path]; !ok {
			t.Errorf("%s isn't in the feed: %v", path, at)
		}
	}
	if _, err := time.Parse(time.RFC3339, feed.Updated); err != nil {
		t.Error(err)
	}
}

func TestSearchIsMadeForTheVisitorAlone(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	answer := s.get("/search?q=" + "%3Cscript%3Ealert(1)%3C/script%3E+immunity")
	body := bodyOf(t, answer)
	if cache := answer.Header.Get("Cache-Control"); !strings.Contains(cache, "no-store") {
		t.Errorf("Cache-Control %q", cache)
	}
	if strings.Contains(body, "<script>") {
		t.Error("what was asked stands in the page as markup")
	}
	if strings.Contains(s.log.String(), "alert") {
		t.Error("what was asked stands in the log")
	}
	holds(t, "the search", s.page(t, "/search?q=clearly+established"), `href="/terms/clearly-established-law"`, "<mark>")
	if answer := s.get("/search?q=%ff%00"); answer.StatusCode != http.StatusOK {
		t.Errorf("a query that is no text answers %d", answer.StatusCode)
	}
}

func TestTheSearchAnswersKindly(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	for query, pieces := range map[string][]string{
		"":                              {`href="/terms"`, "typed anything yet"},
		"qualifed+imunity":              {"Did you mean", `<a href="/search?q=qualified+immunity">qualified immunity</a>`, `href="/issues/qualified-immunity"`, "By that name"},
		"xyzzyplugh":                    {"Nothing found for “xyzzyplugh”", `href="/organizations"`},
		"immunity+zebra":                {"These say some of it"},
		"%3Cb%3Eimunity":                {"&lt;b&gt;imunity", "<mark>"},
		"ombudsma":                      {"begin so"},
		"policing+police":               {`rel="noopener noreferrer external"`, "To read elsewhere"},
		strings.Repeat("immunity+", 60): {"The first 200 characters were looked for"},
	} {
		body := s.page(t, "/search?q="+query)
		holds(t, query, body, pieces...)
		if strings.Contains(body, "<b>") {
			t.Errorf("%s: what was asked is markup", query)
		}
	}
	if strings.Contains(s.page(t, "/search"), "typed anything yet") {
		t.Error("whoever only comes is told what they haven't done")
	}
}

func TestSuggestionsAreTheVisitorsAlone(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	r := s.get("/search/suggest?q=qualif")
	var got found.Suggestions
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if len(got.List) < 2 || got.List[0] != (found.Suggestion{Title: "Qualified immunity", Note: "Issue", Path: "/issues/qualified-immunity"}) || !strings.Contains(got.Says, "suggestions") {
		t.Errorf("suggested %+v", got)
	}
	if cache, kind := r.Header.Get("Cache-Control"), r.Header.Get("Content-Type"); cache != "private, no-store" || !strings.HasPrefix(kind, "application/json") {
		t.Errorf("Cache-Control %q, Content-Type %q", cache, kind)
	}
	for _, query := range []string{"", "q", "canarywords", "%ff%00", strings.Repeat("%EF%B7%BA", 300)} {
		r := s.get("/search/suggest?q=" + query)
		if body := bodyOf(t, r); r.StatusCode != http.StatusOK || !strings.Contains(body, `"list":[]`) {
			t.Errorf("%.20q: %d %s", query, r.StatusCode, body)
		}
	}
	if strings.Contains(s.log.String(), "canarywords") || strings.Contains(s.log.String(), "qualif") {
		t.Error("what was typed stands in the log")
	}
}

func TestOldDataSaysSo(t *testing.T) {
	t.Parallel()
	sets := civicstest.InMemory(t).Datasets()
	newest := sets[0].AsOf
	for _, set := range sets {
		if set.AsOf.After(newest) {
			newest = set.AsOf
		}
	}
	late := newReadingSite(t, func() time.Time { return newest.AddDate(0, 0, 46) })
	aging := 0 // maps don't age
	for _, set := range sets {
		if set.Kind != civics.DatasetZipCongress && set.Kind != civics.DatasetZipState && set.Kind != civics.DatasetBoundaries {
			aging++
		}
	}
	if n := strings.Count(late.page(t, "/data"), "Older than 45 days"); n != aging || aging == 0 || aging == len(sets) {
		t.Errorf("%d tables are called old, %d of %d tell of people", n, aging, len(sets))
	}
	early := newReadingSite(t, func() time.Time { return newest.AddDate(0, 0, 44) })
	if n := strings.Count(early.page(t, "/data"), "Older than 45 days"); n >= aging {
		t.Errorf("all %d tables are called old", n)
	}
}

func TestCorrectionsNameTheOfficialAndTheirEnd(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) })
	page := s.page(t, "/data")
	holds(t, "/data", page, `<a href="/officials/bioguide:G000608">Darline Graham Nordone</a>`, "New in office:", "Senator, ", "Source: unitedstates/congress-legislators", "In force until January 3, 2027.")
	if strings.Contains(page, "successor") || strings.Contains(page, "bioguide:G000359") {
		t.Error("the page shows the list's own words")
	}
}

func TestAnImportIsLiveWithinASecond(t *testing.T) {
	t.Parallel()
	s := newReadingSite(t, time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go s.DB.Listen(ctx, s.Changed, s.LostTouch)
	s.untilCached(t, "/terms/due-process")

	edited := fstest.MapFS{"en/terms/due-process.md": {Data: []byte("---\ntitle: Due process\ndefinition: An edited sentence.\ntheme: Rights\n---\n")}}
	if _, err := s.content.ImportFS(ctx, edited, content.Options{Force: true}); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Second)
	for !strings.Contains(s.page(t, "/terms/due-process"), "An edited sentence.") {
		if time.Now().After(deadline) {
			t.Fatal("the old page is still served after a second")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// untilCached asks for a page until it is served from memory: the listener is
// there, and the page wasn't dropped by its arrival.
func (s readingSite) untilCached(t *testing.T, path string) {
	t.Helper()
	time.Sleep(200 * time.Millisecond)                   // the listener's first reset empties the cache
	for tried := 0; s.cache.Peek(path) == nil; tried++ { // a reset that comes late keeps nothing
		if tried == 20 {
			t.Fatal("the page isn't kept")
		}
		time.Sleep(50 * time.Millisecond)
		s.page(t, path)
	}
}
