package web

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"redress/internal/api"
	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/i18n"
	"redress/internal/issue"
)

func civicsSite(t *testing.T) *testSite {
	t.Helper()
	s := newTestSite(t)
	s.Atlas = civicstest.InMemory(t)
	s.Issues = issue.New(s.db)
	api.Register(apiRouter{s.add()}, s.apiDeps()) // again, with the atlas
	return s
}

func get(s *testSite, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func post(s *testSite, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestRepresentativesPages(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	for _, c := range []struct {
		path   string
		status int
		has    []string
		lacks  []string
	}{
		{"/representatives", 200, []string{`name="zip"`, `name="address"`, "Your governor"}, []string{"In Congress"}},
		{"/representatives?zip=80203-1234", 200, []string{"Diana DeGette", "Colorado, 1st district", "more than one district", `value="80203-1234"`, "District 31", `name="upper"`, `href="/data"`, "June 15, 2026"}, nil},
		{"/representatives?zip=94566", 200, []string{"Vacant", "California, 14th district", "no one votes for this district"}, nil},
		{"/representatives?zip=20001", 200, []string{"Eleanor Holmes Norton", "elects no senators", "On the Council"}, []string{"Senator,"}},
		{"/representatives?zip=80201", 200, []string{"We can only tell the state", "Michael F. Bennet"}, []string{"DeGette"}},
		{"/representatives?zip=Denver", 422, []string{"five digits", `value="Denver"`, `href="#field-zip"`, "Error:"}, nil},
		{"/representatives?zip=09001", 404, []string{"Military mail", `value="09001"`}, nil},
		{"/representatives?zip=00000", 404, []string{"We know of no place with that ZIP code", `value="00000"`}, nil},
		{"/representatives?zip=%3Cscript%3E", 422, []string{`value="&lt;script&gt;"`}, []string{"<script>"}},
		{"/officials/bioguide:D000197", 200, []string{"Diana DeGette", "What the form asks for", "Committees", "unitedstates/congress-legislators"}, nil},
		{"/officials/vacant:us-ca-cd-14", 200, []string{"This seat is vacant", "California, 14th district"}, nil},
		{"/officials/bioguide:G000608", 200, []string{"Darline Graham Nordone", "switchboard"}, nil},
		{"/officials/bioguide:X999999", 404, []string{"may have left office"}, nil},
	} {
		w := get(s, c.path)
		body := w.Body.String()
		if w.Code != c.status {
			t.Errorf("%s: %d", c.path, w.Code)
		}
		for _, want := range c.has {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", c.path, want)
			}
		}
		for _, no := range c.lacks {
			if strings.Contains(body, no) {
				t.Errorf("%s has %q", c.path, no)
			}
		}
		if strings.Contains(body, "representatives.") || strings.Contains(body, "civics.") {
			t.Errorf("%s shows a key without words", c.path)
		}
	}
}

// The API's answer for a ZIP code is kept, compressed and known by its ETag like
// any page; faults are problems and not kept; any site may read both.
func TestTheAPIAnswersFromMemory(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	ask := func(path, known string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/representatives"+path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		if known != "" {
			r.Header.Set("If-None-Match", known)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: other sites may not read it", path)
		}
		return w
	}
	made := ask("?zip=80203", "")
	h := made.Header()
	if made.Code != http.StatusOK || h.Get("Content-Type") != "application/json" || h.Get("Content-Encoding") != "gzip" ||
		h.Get("Vary") != "Accept-Encoding" || !strings.HasPrefix(h.Get("Cache-Control"), "public, max-age=0, s-maxage=1,") || h.Get("Etag") == "" {
		t.Errorf("%d %v", made.Code, h)
	}
	kept := s.cache.Len()
	if again := ask("?zip=80203&x=y", ""); !bytes.Equal(again.Body.Bytes(), made.Body.Bytes()) || s.cache.Len() != kept {
		t.Error("a parameter that nobody declared makes another answer")
	}
	if known := ask("?zip=80203", h.Get("Etag")); known.Code != http.StatusNotModified || known.Body.Len() != 0 {
		t.Errorf("who has it gets %d", known.Code)
	}
	for path, status := range map[string]int{"": 422, "?zip=Denver": 422, "?zip=00000": 404} {
		if w := ask(path, ""); w.Code != status || w.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(w.Header().Get("Cache-Control"), "no-store") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
	if s.cache.Len() != kept {
		t.Error("a problem is kept")
	}
}

func TestRepresentativesByAddress(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	for _, c := range []struct {
		address string
		status  int
		has     []string
	}{
		{civicstest.Denver, 200, []string{"Diana DeGette", "Colorado Senate, district 34", "Colorado House, district 6", "Denver, CO"}},
		{civicstest.Cheyenne, 200, []string{"Wyoming, at large"}},
		{civicstest.Pleasanton, 200, []string{"Vacant"}},
		{civicstest.Washington, 200, []string{"Delegate"}},
		{civicstest.OtherCongress, 200, []string{"Texas, "}}, // by the map in memory
		{civicstest.OtherLayer, 200, []string{"Diana DeGette"}},
		{civicstest.NoState, 200, []string{"Diana DeGette", "come from the ZIP code", "tell all districts of this address"}},
		{civicstest.WhiteHouse, 200, []string{"Delegate"}},
		{civicstest.OtherState, 422, []string{"know that address"}},
		{civicstest.TooMany, 503, []string{"isn’t answering"}},
		{civicstest.Truncated, 503, []string{"isn’t answering"}},
		{civicstest.Huge, 503, []string{"isn’t answering"}},
		{civicstest.Dropped, 503, []string{"isn’t answering"}},
		{civicstest.Redirect, 503, []string{"isn’t answering"}},
		{civicstest.Unknown, 422, []string{"know that address", `href="#field-address"`, `value="80203"`}},
		{civicstest.TwoPlaces, 422, []string{"Which of these is it?", "100 S MAIN ST"}},
		{"PO Box 9, Denver, CO 80201", 422, []string{"post-office box"}},
		{"", 422, []string{"Enter your street address"}},
		{civicstest.ServerError, 503, []string{"isn’t answering", `value="80203"`}},
		{civicstest.Garbage, 503, []string{"isn’t answering"}},
	} {
		w := post(s, "/representatives", url.Values{"address": {c.address}})
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(w.Header().Get("Cache-Control"), "no-store") {
			t.Errorf("%q: %d %v", c.address, w.Code, w.Header().Get("Cache-Control"))
		}
		for _, want := range c.has {
			if !strings.Contains(body, want) {
				t.Errorf("%q lacks %q", c.address, want)
			}
		}
		if typed := strings.ReplaceAll(c.address, "'", "&#39;"); typed != "" && c.status != 200 && !strings.Contains(body, `value="`+typed+`"`) {
			t.Errorf("%q: what was typed is gone", c.address)
		}
		if w.Header().Get("Location") != "" {
			t.Errorf("%q leads to %s", c.address, w.Header().Get("Location"))
		}
	}
	w := post(s, "/representatives", url.Values{"lat": {"39.7389"}, "lon": {"-104.9902"}})
	if w.Code != 200 || !strings.Contains(w.Body.String(), "Diana DeGette") {
		t.Errorf("a point: %d", w.Code)
	}
	if w := post(s, "/representatives", url.Values{"lat": {"x"}}); w.Code != 422 {
		t.Errorf("no point: %d", w.Code)
	}
	log := s.log.String()
	for _, private := range []string{"Bannock", "BANNOCK", "Error St", "Nowhere", "39.7389", "O'Neil"} {
		if strings.Contains(log, private) {
			t.Errorf("the log holds %q", private)
		}
	}
}

// Every address that can't be placed has its own sentence at its field, and
// comes back as it was typed.
func TestAddressesThatCanNotBePlaced(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	for key, lines := range map[string][]string{
		"civics.address.empty":      {"", "   ", "\u200f", "🏠"},
		"civics.address.long":       {strings.Repeat("1437 Bannock St ", 640), strings.Repeat("ö", 10<<10), strings.Repeat("P.O. ", 2<<10)},
		"civics.address.digits":     {"80203", "1437"},
		"civics.address.no_number":  {"Bannock St, Denver, CO 80203", "Denver, Colorado"},
		"civics.address.no_city":    {"1437 Bannock St", "1437 Bannock St Apt 4"},
		"civics.address.incomplete": {"Denver", "somewhere nice"},
		"civics.address.po_box":     {"P.O. Box 12, Denver, CO 80201", "POB 12 Denver CO", "Post Office Box 12, Denver, Colorado", "PO 12, Denver, CO"},
		"civics.address.military":   {"PSC 3 Box 4120, APO AE 09021", "Unit 2050, FPO, AP 96278", "Unit 8400 Box 1, DPO AA 34024"},
		"civics.address.abroad":     {"111 Wellington St, Ottawa, ON K1A 0A9", "10 Downing St, London SW1A 2AA", "Unter den Linden 77, Berlin, Germany", "Calle 5, Mérida, Mexico"},
		"civics.address.no_match":   {civicstest.Unknown, "RR 2 Box 15, Concordia, KS 66901", "1437 Bannock St, Denver, NY", "1437 Bannock St, Denver, CO 10001"},
		"civics.address.several":    {civicstest.TwoPlaces, "100 main street springfield illinois"},
		"civics.address.alike":      {civicstest.Alike},
	} {
		sentence := html.EscapeString(i18n.T(t.Context(), key))
		if sentence == key {
			t.Errorf("%s has no words", key)
		}
		for _, line := range lines {
			w := post(s, "/representatives", url.Values{"address": {line}})
			body := w.Body.String()
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Header().Get("Cache-Control"), "no-store") {
				t.Errorf("%.40q: %d %v", line, w.Code, w.Header().Get("Cache-Control"))
			}
			if !strings.Contains(body, sentence) || !strings.Contains(body, `href="#field-address"`) {
				t.Errorf("%.40q doesn't say %q at its field", line, sentence)
			}
			shown := civics.OneLineTyped(line)
			if utf8.RuneCountInString(line) < 200 && shown != strings.TrimSpace(line) && key != "civics.address.empty" {
				t.Errorf("%q comes back as %q", line, shown)
			}
			if shown != "" && !strings.Contains(body, `value="`+html.EscapeString(shown)+`"`) {
				t.Errorf("%.40q: what was typed is gone", line)
			}
			if len(body) > 64<<10 {
				t.Errorf("%.40q: the page has %d bytes", line, len(body))
			}
		}
	}
	log := strings.ToUpper(s.log.String())
	for _, private := range []string{"BANNOCK", "DOWNING", "CONCORDIA", "APO", "SPRINGFIELD", "STATELINE"} {
		if strings.Contains(log, private) {
			t.Errorf("the log holds %q", private)
		}
	}
}

// However an address is written, it is the same place.
func TestAddressesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	for line, member := range map[string]string{
		"1437 Bannock Street, Denver, Colorado 80203":          "Diana DeGette",
		"1437 bannock st denver co":                            "Diana DeGette",
		"1437 Bannock St\r\nDenver, CO 80203-1234":             "Diana DeGette",
		"1437 Bannock St Apt 4B, Denver, CO 80203":             "Diana DeGette",
		"1437 Bannock St, Denver, CO 80203, USA":               "Diana DeGette",
		"\u202a1437 Bannock St, Denver, CO 80203\u202c\u200b":  "Diana DeGette",
		"421 8th Avenue, New York, New York 10001":             "New York, 12th district",
		"1600 Pennsylvania Ave NW Washington DC 20500":         "Eleanor Holmes Norton",
		"1600 Pennsylvania Avenue Northwest, Washington 20500": "Eleanor Holmes Norton",
		"100 Calle San Francisco, San Juan, Puerto Rico 00901": "Resident Commissioner",
		"100 S MAIN ST, SPRINGFIELD, IL, 62704":                "Richard J. Durbin", // the one that was picked
		"1437 Bannock St, PO Box 12, Denver, CO 80203":         "Diana DeGette",
		"１４３７ Bannock St，Denver，CO ８０２０３":                      "Diana DeGette",
	} {
		w := post(s, "/representatives", url.Values{"address": {line}})
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), member) {
			t.Errorf("%q: %d, without %s", line, w.Code, member)
		}
	}
}

// With the geocoder failing for good, visitors are soon answered at once, with
// when to come back, the ZIP code ready and what they typed.
func TestTheMapIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	census := civicstest.NewCensus()
	s.Atlas = civicstest.InMemory(t, civics.WithGeocoder(civics.Remember(civics.Guard(census.Geocoder(), s.Log))))
	ask := func() *httptest.ResponseRecorder {
		w := post(s, "/representatives", url.Values{"address": {civicstest.Denver}})
		if w.Code != http.StatusOK && !strings.Contains(w.Body.String(), `value="`+civicstest.Denver+`"`) {
			t.Error("what was typed is gone")
		}
		return w
	}
	census.Behave(civicstest.Failing)
	for range 20 {
		if w := ask(); w.Code != http.StatusServiceUnavailable {
			t.Fatalf("%d", w.Code)
		}
	}
	asked := census.Asked()
	w := ask()
	if census.Asked() != asked || asked >= 2*20 {
		t.Errorf("the map was asked %d times", census.Asked())
	}
	if w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `value="80203"`) {
		t.Errorf("no way on: %v", w.Header())
	}
	if log := s.log.String(); !strings.Contains(log, "not asked for a while") || strings.Contains(strings.ToUpper(log), "BANNOCK") {
		t.Error("the log says nothing, or too much")
	}
}
