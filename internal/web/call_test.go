package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"redress/internal/abuse"
	"redress/internal/civics/civicstest"
)

const (
	callPath  = "/issues/qualified-immunity/call"
	callsPath = "/issues/qualified-immunity/calls"
)

// callMade is the call page of Denver as the cache would keep it.
func (l *letterSite) callMade(t *testing.T, now time.Time) (text string, expires time.Time) {
	t.Helper()
	l.Now = func() time.Time { return now }
	c := l.echo.NewContext(httptest.NewRequest(http.MethodGet, callPath, nil), httptest.NewRecorder())
	c.SetPath("/issues/:slug/call")
	c.SetParamNames("slug")
	c.SetParamValues("qualified-immunity")
	made, err := l.renderOf(c, "zip=80203", l.showCall)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(string(made.Body), " ")), " "), made.Expires
}

// "Open now" is never older than the next opening or closing.
func TestTheCallPageIsKeptUntilAnOfficeTurns(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	at := func(text string) time.Time {
		when, err := time.Parse("2006-01-02 15:04 MST", text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	const closed = "Closed now: a voicemail counts"
	for _, c := range []struct {
		now, expires string
		says         []string
		closed       bool
	}{
		{"2026-11-22 12:00 UTC", "2026-11-23 05:00 UTC", []string{"Closed now: opens tomorrow at 9 a.m. (Mountain time)", "Closed now: opens tomorrow at 9 a.m. (Eastern time)"}, true},
		{"2026-11-23 05:00 UTC", "2026-11-23 07:00 UTC", []string{"opens today at 9 a.m. (Eastern time)", "opens tomorrow at 9 a.m. (Mountain time)"}, true},
		{"2026-11-23 14:30 UTC", "2026-11-23 16:00 UTC", []string{"Open now, until 5 p.m. (Eastern time)", "Closed now: opens today at 9 a.m. (Mountain time)"}, false},
		{"2026-11-23 23:59 UTC", "2026-11-24 00:00 UTC", []string{"Open now, until 5 p.m. (Mountain time)", "Closed now: opens tomorrow at 9 a.m. (Eastern time)"}, false},
		{"2026-11-26 18:00 UTC", "2026-11-27 05:00 UTC", []string{"Closed for a federal holiday: opens tomorrow at 9 a.m. (Mountain time)"}, true},
		{"2026-11-28 00:30 UTC", "2026-11-28 05:00 UTC", []string{"Closed now: opens on Monday at 9 a.m. (Mountain time)"}, true},
	} {
		text, expires := l.callMade(t, at(c.now))
		if !expires.Equal(at(c.expires)) {
			t.Errorf("made at %s, kept until %s, want %s", c.now, expires.UTC(), c.expires)
		}
		for _, want := range c.says {
			if !strings.Contains(text, want) {
				t.Errorf("at %s the page lacks %q", c.now, want)
			}
		}
		if strings.Contains(text, closed) != c.closed {
			t.Errorf("at %s it says that all are closed: %v", c.now, !c.closed)
		}
	}
}

// The nearest office is called first, the capitol beside it, and whoever gave an
// address hears their town in the script.
func TestTheNearestOfficeIsCalledFirst(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	page := l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}, "next": {"call"}}))
	bennet := page[strings.Index(page, "Senator Michael F. Bennet"):]
	near, beside := strings.Index(bennet, "Denver office, nearest to you"), strings.Index(bennet, "Capitol office")
	if near < 0 || beside < near {
		t.Errorf("nearest at %d, capitol at %d", near, beside)
	}
	if !strings.Contains(page, `data-call-field="your_place">Denver</span>`) {
		t.Error("the script doesn't know the town")
	}
	if strings.Contains(page, "Bannock") {
		t.Error("the page repeats the address")
	}
	if zip := l.page(t, http.StatusOK, l.get(callPath+"?zip=80203")); !strings.Contains(zip, `data-call-field="your_place">[your town]</span>`) {
		t.Error("a ZIP code is no town")
	}
}

func (l *letterSite) calls(t *testing.T) (n int64) {
	t.Helper()
	if err := l.db.Gorm.Raw("SELECT coalesce(sum(n), 0) FROM call_counter").Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

// A round of calls by address: each outcome is counted once, leads to the next,
// and no address of the site holds more than a ZIP code and officials.
func TestCallsLeadToTheNext(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	page := l.page(t, http.StatusOK, l.post(letterPath+"/recipients", url.Values{"address": {civicstest.Denver}, "next": {"call"}}))
	for called := range 5 {
		form := firstLog(t, page)
		if got := len(form["called[]"]); got != called {
			t.Fatalf("after %d calls the form knows of %d", called, got)
		}
		form.Set("outcome", "voicemail")
		r := l.post(callsPath, form)
		where := r.Header.Get("Location")
		if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(where, "/issues/qualified-immunity/called?") || strings.Contains(where, "Bannock") {
			t.Fatalf("%d to %q", r.StatusCode, where)
		}
		for range 2 { // a reload
			page = l.page(t, http.StatusOK, l.get(where))
		}
		if n := l.calls(t); n != int64(called+1) {
			t.Errorf("%d calls counted after %d", n, called+1)
		}
		if left := strings.Contains(page, "Next: call "); left != (called < 4) {
			t.Errorf("after %d calls there is a next one: %v", called+1, left)
		}
	}
	if !strings.Contains(page, "That was everyone") {
		t.Error("the round has no end")
	}
}

var logForm = regexp.MustCompile(`(?s)<form[^>]*class="call-log[^>]*>(.*?)</form>`)

// firstLog is the page's first form about how a call went, without the outcome.
func firstLog(t *testing.T, page string) url.Values {
	t.Helper()
	found := logForm.FindStringSubmatch(page)
	if found == nil {
		t.Fatal("the page asks for no outcome")
	}
	if buttons := strings.Count(found[1], `name="outcome"`); buttons != 4 {
		t.Errorf("%d buttons", buttons)
	}
	form := url.Values{}
	for _, input := range inputs.FindAllString(found[1], -1) {
		form.Add(attribute("name").FindStringSubmatch(input)[1], attribute("value").FindStringSubmatch(input)[1])
	}
	return form
}

func TestHostileCalls(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	good := func(change func(url.Values)) url.Values {
		form := url.Values{"official": {"bioguide:D000197"}, "outcome": {"spoke"}, "zip": {"80203"}}
		change(form)
		return form
	}
	for what, c := range map[string]struct {
		path   string
		form   url.Values
		status int
	}{
		"nothing":          {callsPath, url.Values{}, http.StatusUnprocessableEntity},
		"another outcome":  {callsPath, good(func(f url.Values) { f.Set("outcome", "won\x00") }), http.StatusUnprocessableEntity},
		"unknown official": {callsPath, good(func(f url.Values) { f.Set("official", "bioguide:X999999") }), http.StatusUnprocessableEntity},
		"vacant seat":      {callsPath, good(func(f url.Values) { f.Set("official", "vacant:us-ca-cd-14") }), http.StatusUnprocessableEntity},
		"no such issue":    {"/issues/nothing/calls", good(func(url.Values) {}), http.StatusNotFound},
		"too much":         {callsPath, good(func(f url.Values) { f.Set("called[]", strings.Repeat("x", bodyLimit)) }), http.StatusRequestEntityTooLarge},
	} {
		if r := l.post(c.path, c.form); r.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", what, r.StatusCode, c.status)
		}
	}
	body := strings.NewReader(good(func(url.Values) {}).Encode())
	if r := l.ask(http.MethodPost, callsPath, body, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); r.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d", r.StatusCode)
	}
	if n := l.calls(t); n != 0 {
		t.Errorf("%d calls counted", n)
	}

	odd := good(func(f url.Values) {
		f.Set("zip", "1437 Bannock St")
		f["officials[]"] = []string{"1437 Bannock St", "bioguide:D000197", "bioguide:D000197", "\x00"}
		f["called[]"] = []string{"<script>", "https://evil.example"}
		f.Set("next", "https://evil.example")
	})
	where, err := url.Parse(l.post(callsPath, odd).Header.Get("Location"))
	if err != nil || where.Host != "" || where.Path != "/issues/qualified-immunity/called" {
		t.Fatalf("to %v: %v", where, err)
	}
	query := where.Query()
	if query.Has("zip") || !slices.Equal(query["officials"], []string{"bioguide:D000197"}) || !slices.Equal(query["called"], []string{"bioguide:D000197"}) || len(query) != 4 {
		t.Errorf("the redirect carries %v", query)
	}
	for _, bad := range []string{"", "?official=bioguide:D000197", "?outcome=spoke&official=x", "?outcome=%00&official=bioguide:D000197", "?outcome=spoke&official=vacant:us-ca-cd-14"} {
		if r := l.get("/issues/qualified-immunity/called" + bad); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != callPath {
			t.Errorf("called%s: %d to %q", bad, r.StatusCode, r.Header.Get("Location"))
		}
	}
	thanks := l.get("/issues/qualified-immunity/called?outcome=busy&official=bioguide:D000197&zip=%3Cb%3E&officials=%3Cb%3E&called=%3Cb%3E")
	if page := l.page(t, http.StatusOK, thanks); strings.Contains(page, "<b>") || thanks.Header.Get("Cache-Control") != "private, no-store" {
		t.Error("odd parameters are shown, or the page is kept")
	}
	if r := l.get("/issues/nothing/called?outcome=busy&official=bioguide:D000197"); r.StatusCode != http.StatusNotFound {
		t.Errorf("an issue that isn't there: %d", r.StatusCode)
	}
}

func TestCallsAreLimitedPerNetwork(t *testing.T) {
	t.Parallel()
	l := newLetterSite(t)
	l.Limits = abuse.New(abuse.Options{On: true, Clock: func() time.Time { return civicstest.Day }})
	form := url.Values{"official": {"bioguide:D000197"}, "outcome": {"busy"}}
	for range 20 { // what one visitor gets; others on the network get more
		if r := l.post(callsPath, form); r.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d", r.StatusCode)
		}
	}
	if r := l.post(callsPath, form); r.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one too many: %d", r.StatusCode)
	}
	if n := l.calls(t); n != 20 {
		t.Errorf("%d counted", n)
	}
}
