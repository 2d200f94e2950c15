package web

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"redress/internal/abuse"
	"redress/internal/api"
	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
)

const apiPath = "/api/v1/representatives"

// apiSite is a site with the API on an atlas, and its description as served.
type apiSite struct {
	*testSite
	described routers.Router
}

func newAPISite(t *testing.T, atlas *civics.Atlas, settings ...string) *apiSite {
	t.Helper()
	s := newTestSite(t, settings...)
	s.Atlas = atlas
	api.Register(apiRouter{s.add()}, s.apiDeps()) // again, with the atlas
	served := s.get("/api/v1/openapi.json")
	doc, err := openapi3.NewLoader().LoadFromIoReader(served.Body)
	if err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &apiSite{s, router}
}

// askJSON sends JSON, or asks when there is none, and holds the answer against the
// description: its status, its type, and every field.
func (s *apiSite) askJSON(t *testing.T, target, sent string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if sent != "" {
		method, body = http.MethodPost, strings.NewReader(sent)
	}
	r := httptest.NewRequest(method, target, body)
	if sent != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	answer := w.Result()
	text := w.Body.Bytes()
	route, params, err := s.described.FindRoute(httptest.NewRequest(method, target, nil))
	if err != nil {
		t.Fatalf("%s %s is not described: %v", method, target, err)
	}
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 answer.StatusCode, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(text)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		t.Errorf("%s %s %s: %d is not as described: %v", method, target, sent, answer.StatusCode, err)
	}
	return answer, text
}

// apiAnswer is what the tests look at in an answer.
type apiAnswer struct {
	Ambiguous  bool
	Confidence string
	Divisions  []struct{ Congress int }
	Officials  []apiOfficial
	Candidates []apiCandidate
	Missing    []string
}

type apiOfficial struct {
	ID         string
	Vacant     bool
	Offered    bool
	NotOffered string `json:"not_offered"`
	Committees []string
	Channels   []json.RawMessage
}

type apiCandidate struct {
	Overlay   bool
	Divisions []string
}

func (s *apiSite) represented(t *testing.T, target, sent string) apiAnswer {
	t.Helper()
	answer, text := s.askJSON(t, target, sent)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s", target, sent, answer.StatusCode, text)
	}
	var a apiAnswer
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// Every kind of answer is as the description says, to the field.
func TestTheAPIAnswersAsDescribed(t *testing.T) {
	t.Parallel()
	s := newAPISite(t, civicstest.InMemory(t))
	for name, c := range map[string]struct {
		target, sent string
		is           func(apiAnswer) bool
	}{
		"certain": {apiPath, `{"address":"` + civicstest.Denver + `"}`, func(a apiAnswer) bool {
			return !a.Ambiguous && a.Confidence == "address" && len(a.Officials) == 5 && len(a.Candidates) == 0
		}},
		"a point": {apiPath, `{"lat":39.7389,"lon":-104.9902,"zip":"80203-1234","accuracy":12}`, func(a apiAnswer) bool {
			return len(a.Divisions) > 2 && a.Divisions[1].Congress == 119
		}},
		"a point and the Census": {apiPath, `{"lat":39.7389,"lon":-104.9902,"ask_census":true}`, func(a apiAnswer) bool { return len(a.Officials) == 5 }},
		"a point alone":          {apiPath, `{"lat":39.7389,"lon":-104.9902}`, func(a apiAnswer) bool { return slices.Contains(a.Missing, civics.MissingStateUnasked) }},
		"a vague point":          {apiPath, `{"lat":40.75,"lon":-73.99,"accuracy":5000}`, func(a apiAnswer) bool { return a.Ambiguous && len(a.Candidates) > 0 }},
		"ambiguous":              {apiPath + "?zip=80203", "", func(a apiAnswer) bool { return a.Ambiguous && len(a.Candidates) == 2 }},
		"ZIP+4":                  {apiPath + "?zip=80203-1234", "", func(a apiAnswer) bool { return a.Ambiguous }},
		"DC":                     {apiPath + "?zip=20001", "", func(a apiAnswer) bool { return slices.Contains(a.Missing, civics.MissingSenators) }},
		"Puerto Rico": {apiPath + "?zip=00901", "", func(a apiAnswer) bool {
			return slices.Contains(a.Missing, civics.MissingSenators) && len(a.Officials) > 0
		}},
		"New Hampshire":  {apiPath + "?zip=03246", "", func(a apiAnswer) bool { return slices.ContainsFunc(a.Candidates, overlay) }},
		"at large":       {apiPath + "?zip=82001", "", func(a apiAnswer) bool { return len(a.Officials) >= 3 }},
		"PO boxes":       {apiPath + "?zip=80201", "", func(a apiAnswer) bool { return a.Confidence == "state" && a.Ambiguous }},
		"over a border":  {apiPath + "?zip=42223", "", func(a apiAnswer) bool { return a.Ambiguous }},
		"a vacancy":      {apiPath + "?zip=94566", "", func(a apiAnswer) bool { return slices.ContainsFunc(a.Officials, vacantSeat) }},
		"Maine":          {apiPath + "?zip=04401", "", func(a apiAnswer) bool { return slices.Contains(a.Missing, civics.MissingTribal) }},
		"Guam":           {apiPath + "?zip=96910", "", func(a apiAnswer) bool { return len(a.Officials) == 1 }},
		"other Congress": {apiPath, `{"address":"` + civicstest.OtherCongress + `"}`, func(apiAnswer) bool { return true }},
		"by names":       {apiPath, `{"address":"` + civicstest.Boston + `"}`, func(a apiAnswer) bool { return len(a.Officials) >= 4 }},
	} {
		if a := s.represented(t, c.target, c.sent); !c.is(a) {
			t.Errorf("%s: %+v", name, a)
		}
	}
	for _, f := range []struct {
		target, sent string
		status       int
		has          string
	}{
		{apiPath, "", 422, `"field":"zip"`},
		{apiPath + "?zip=Denver", "", 422, `"field":"zip"`},
		{apiPath + "?zip=00000", "", 404, `"not_found"`},
		{apiPath, `{"lat":0,"lon":0}`, 404, `"not_found"`},
		{apiPath, `{"address":"` + civicstest.Unknown + `"}`, 404, `"not_found"`},
		{apiPath, `{"address":"` + civicstest.TwoPlaces + `"}`, 422, `"several_places"`},
		{apiPath, `{"address":5}`, 422, `"field":"address"`},
		{apiPath, `{"lat":1}`, 422, `"field":"lon"`},
		{apiPath, `{"address":"` + civicstest.ServerError + `"}`, 503, `"unavailable"`},
		{apiPath, `{"address":"` + strings.Repeat("x", 70_000) + `"}`, 413, `"invalid"`},
	} {
		answer, text := s.askJSON(t, f.target, f.sent)
		if answer.StatusCode != f.status || !strings.Contains(string(text), f.has) {
			t.Errorf("%s %.60s: %d %s", f.target, f.sent, answer.StatusCode, text)
		}
		if after := answer.Header.Get("Retry-After"); (f.status == 503) != (after != "") {
			t.Errorf("%d with Retry-After %q", f.status, after)
		}
	}
	s.askJSON(t, "/api/v1/openapi.json", "")
	for _, typed := range []string{"Bannock", "Xyzzy", "39.73", "104.99", "Error St"} {
		if strings.Contains(s.log.String(), typed) {
			t.Errorf("the log holds %q", typed)
		}
	}
}

func vacantSeat(o apiOfficial) bool { return o.Vacant && !o.Offered && len(o.Channels) == 0 }

func overlay(c apiCandidate) bool { return c.Overlay && len(c.Divisions) > 0 }

// facts are the tables that the program carries.
func facts(t *testing.T) civics.Tables {
	t.Helper()
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// Who is marked has no channels and a reason, and nobody else has.
func TestTheAPISaysWhoIsNotOffered(t *testing.T) {
	t.Parallel()
	tables := facts(t)
	tables.Corrections = append(tables.Corrections, civics.Correction{OfficialID: "bioguide:D000197", Field: "offer", Value: "no", Source: "court order of June 1"})
	s := newAPISite(t, civics.FromTables(tables, civics.WithClock(func() time.Time { return civicstest.Day })))
	for _, o := range s.represented(t, apiPath+"?zip=80203", "").Officials {
		switch o.ID {
		case "bioguide:D000197":
			if o.Offered || o.NotOffered != "court order of June 1" || len(o.Channels) != 0 || !slices.Contains(o.Committees, "HSIF") {
				t.Errorf("%+v", o)
			}
		case "bioguide:B001267":
			if !o.Offered || o.NotOffered != "" || len(o.Channels) == 0 {
				t.Errorf("%+v", o)
			}
		}
	}
}

// Scripts of any site may read; nothing but reading is offered to them, and a
// POST of another site is refused whatever they ask before.
func TestTheAPIIsOpenForReadingOnly(t *testing.T) {
	t.Parallel()
	s := newAPISite(t, civicstest.InMemory(t))
	const other = "https://partner.example"
	origin := func(r *http.Response) string { return r.Header.Get("Access-Control-Allow-Origin") }
	for _, target := range []string{apiPath + "?zip=80203", apiPath + "?zip=00000", apiPath, "/api/v1/openapi.json"} {
		if r, _ := s.askJSON(t, target, "", "Origin", other); origin(r) != "*" || r.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %v", target, r.Header)
		}
		known := s.get(target)
		if known.StatusCode == http.StatusOK {
			again, _ := s.askJSON(t, target, "", "Origin", other, "If-None-Match", known.Header.Get("Etag"))
			if again.StatusCode != http.StatusNotModified || origin(again) != "*" {
				t.Errorf("%s: %d %v", target, again.StatusCode, again.Header)
			}
			head := s.ask(http.MethodHead, target, nil)
			if head.StatusCode != http.StatusOK || head.Header.Get("Content-Length") != known.Header.Get("Content-Length") || origin(head) != "*" || bodyOf(t, head) != "" {
				t.Errorf("HEAD %s: %d %v", target, head.StatusCode, head.Header)
			}
		}
	}
	for method, want := range map[string]string{"GET": "*", "HEAD": "*", "POST": "", "DELETE": "", "": ""} {
		r := s.ask(http.MethodOptions, apiPath, nil, "Origin", other, "Access-Control-Request-Method", method, "Access-Control-Request-Headers", "x-request")
		if r.StatusCode != http.StatusNoContent || origin(r) != want || strings.Contains(r.Header.Get("Access-Control-Allow-Methods"), "POST") {
			t.Errorf("a preflight for %q: %d %v", method, r.StatusCode, r.Header)
		}
		if r.Header.Get("Allow") != "GET, HEAD, OPTIONS, POST" {
			t.Errorf("allowed are %q", r.Header.Get("Allow"))
		}
		if want == "*" && r.Header.Get("Access-Control-Allow-Headers") != "*" {
			t.Errorf("a preflight for %q: %v", method, r.Header)
		}
	}
	for _, headers := range [][]string{{"Origin", other}, {"Sec-Fetch-Site", "cross-site"}} {
		r, _ := s.askJSON(t, apiPath, `{"lat":39.7389,"lon":-104.9902}`, headers...)
		if r.StatusCode != http.StatusForbidden || origin(r) != "" {
			t.Errorf("a POST of another site: %d %v", r.StatusCode, r.Header)
		}
	}
	for _, headers := range [][]string{nil, {"Sec-Fetch-Site", "same-origin"}} {
		r, _ := s.askJSON(t, apiPath, `{"lat":39.7389,"lon":-104.9902}`, headers...)
		if r.StatusCode != http.StatusOK || origin(r) != "" || !strings.Contains(r.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("a POST of no site or this: %d %v", r.StatusCode, r.Header)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		r := s.ask(method, apiPath, strings.NewReader("{}"))
		if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v", method, r.StatusCode, r.Header)
		}
	}
	if r := s.ask(http.MethodPost, apiPath, strings.NewReader("address=x")); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a form: %d", r.StatusCode)
	}
}

// A network that has too much made is told when to come back; what is in memory
// it still gets, and another network and another page are not concerned.
func TestTheAPIIsLimitedPerNetwork(t *testing.T) {
	t.Parallel()
	s := newAPISite(t, civicstest.InMemory(t))
	s.Limits = abuse.New(abuse.Options{On: true, Clock: func() time.Time { return civicstest.Day }})
	const network, other = "192.0.2.1:1", "198.51.100.1:1"
	if r := s.get(apiPath+"?zip=80203", "RemoteAddr", network); r.StatusCode != http.StatusOK {
		t.Fatal(r.StatusCode)
	}
	made := 1
	for ; s.get(apiPath+"?zip=00000", "RemoteAddr", network).StatusCode == http.StatusNotFound; made++ { // a problem is kept in no memory
		if made > 100_000 {
			t.Fatal("it is not limited")
		}
	}
	if made < 300 {
		t.Errorf("%d in a minute are few", made)
	}
	for _, target := range []string{apiPath + "?zip=10001", apiPath + "?zip=00000", apiPath + "?zip=80203-1234"} {
		r := s.get(target, "RemoteAddr", "192.0.2.99:1")
		after, err := strconv.Atoi(r.Header.Get("Retry-After"))
		if r.StatusCode != http.StatusTooManyRequests || err != nil || after < 1 || after > 60 ||
			r.Header.Get("Access-Control-Allow-Origin") != "*" || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v", target, r.StatusCode, r.Header)
		}
	}
	if _, text := s.askJSON(t, apiPath+"?zip=10001", ""); !strings.Contains(string(text), `"`+fault.KindBusy.String()+`"`) {
		t.Errorf("%s", text) // httptest's own network is 192.0.2.0/24
	}
	for target, from := range map[string]string{apiPath + "?zip=80203": network, apiPath + "?zip=10001": other} {
		if r := s.get(target, "RemoteAddr", from); r.StatusCode != http.StatusOK {
			t.Errorf("%s from %s: %d", target, from, r.StatusCode)
		}
	}
	if r := s.get("/representatives?zip=80203", "RemoteAddr", network); r.StatusCode == http.StatusTooManyRequests {
		t.Error("the page is limited with the API")
	}
	s.Limits = abuse.New(abuse.Options{})
	if r := s.get(apiPath+"?zip=00000", "RemoteAddr", network); r.StatusCode != http.StatusNotFound {
		t.Errorf("with limits off: %d", r.StatusCode)
	}
}
