package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/postgres/postgrestest"
)

// Pages in memory change with the Congress: not a moment before, and then all of
// them, though nothing is imported and nobody tells the cache.
func TestCachedPagesTurnWithTheCongress(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	var at atomic.Int64
	now := func() time.Time { return time.Unix(0, at.Load()) }
	at.Store(civicstest.NextCongress.Add(-30 * time.Second).UnixNano())
	atlas := civicstest.Atlas(t, db, civics.WithClock(now))
	s := newReadingSiteOn(t, db, atlas, now)
	const denver = "/representatives?zip=80203"
	shows := func(path, member string, wanted bool) {
		t.Helper()
		if strings.Contains(s.page(t, path), member) != wanted {
			t.Errorf("%s: shows %s: %v", path, member, !wanted)
		}
	}
	paths := []string{denver, "/api/v1/representatives?zip=80203", "/issues/qualified-immunity/call?zip=80203", "/issues/qualified-immunity/letter?zip=80203"}
	before := map[string]string{}
	for _, path := range paths {
		shows(path, "DeGette", true)
		before[path] = s.page(t, path)
	}

	civicstest.ImportNextCongress(t, db)
	if err := atlas.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Changed(civics.Tag)
	for _, path := range paths {
		if s.page(t, path) != before[path] {
			t.Errorf("%s: the import changes the page ahead of its day", path)
		}
	}
	shows("/officials/bioguide:D000197", "January 3, 2027", true)
	if code := s.get("/officials/" + civicstest.Newcomer).StatusCode; code != 404 {
		t.Errorf("the newcomer's page answers %d ahead of the day", code)
	}

	at.Store(civicstest.NextCongress.UnixNano())
	for _, path := range paths {
		shows(path, civicstest.NewcomerName, true)
		shows(path, "DeGette", false)
	}
	shows("/officials/bioguide:D000197", civicstest.NewcomerName, true) // who sits there now
	shows("/officials/"+civicstest.Newcomer, civicstest.NewcomerName, true)
}

// A page that was begun before the Congress changed and done after isn't kept: it
// may show either.
func TestAPageThatMeetsTheTurnIsNotKept(t *testing.T) {
	t.Parallel()
	var at atomic.Int64
	at.Store(civicstest.NextCongress.Add(-time.Second).UnixNano())
	now := func() time.Time { return time.Unix(0, at.Load()) }
	s := newReadingSite(t, now)
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	s.Atlas = civics.FromTables(tables, civics.WithClock(now))
	asking := s.echo.NewContext(httptest.NewRequest(http.MethodGet, "/representatives", nil), httptest.NewRecorder())
	made, err := s.renderOf(asking, "zip=80203", func(c echo.Context) (Page, error) {
		answer, err := s.Atlas.ByZIP("80203")
		at.Store(civicstest.NextCongress.UnixNano())
		return Page{Raw: []byte(answer.Officials[0].Name), Tags: []string{civics.Tag}, Expires: s.Atlas.NextChange(now())}, err
	})(t.Context())
	if err != nil || made.Expires.After(civicstest.NextCongress) {
		t.Errorf("kept until %v: %v", made.Expires, err)
	}
}
