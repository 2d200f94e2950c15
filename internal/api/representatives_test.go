package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/fault"
)

// routes serves the API as the web layer does, with its statuses.
type routes struct{ *echo.Echo }

func (r routes) Get(pattern string, answer func(echo.Context) (Answer, error), params ...string) {
	if pattern != "/representatives" {
		return
	}
	r.GET(Prefix+pattern, func(c echo.Context) error {
		if !slices.Equal(params, []string{"zip"}) {
			return errors.New("it depends on the ZIP code and nothing else")
		}
		made, err := answer(c)
		if err != nil {
			return err
		}
		if !slices.Equal(made.Tags, []string{civics.Tag}) {
			return errors.New("it depends on civic facts and nothing else")
		}
		return c.JSONBlob(http.StatusOK, made.JSON)
	})
}

func (r routes) Post(pattern, _ string, take echo.HandlerFunc) { r.POST(Prefix+pattern, take) }

func server(t *testing.T) http.Handler {
	t.Helper()
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		f, ok := fault.As(err)
		if !ok {
			t.Errorf("no fault: %v", err)
			f = &fault.Error{}
		}
		status := map[fault.Kind]int{
			fault.KindInvalid: http.StatusUnprocessableEntity, fault.KindNotFound: http.StatusNotFound, fault.KindUnavailable: http.StatusServiceUnavailable,
		}[f.Kind]
		if err := WriteProblem(c.Request().Context(), c.Response(), status, f, "id"); err != nil {
			t.Error(err)
		}
	}
	Register(routes{e}, Deps{Atlas: civicstest.InMemory(t), Now: time.Now})
	return e
}

func ask(t *testing.T, h http.Handler, method, path, body string) (*httptest.ResponseRecorder, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var doc map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
	}
	return w, doc
}

func TestRepresentativesByZip(t *testing.T) {
	t.Parallel()
	w, doc := ask(t, server(t), "GET", "/api/v1/representatives?zip=80203-1234", "")
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, key := range []string{"as_of", "sources", "ambiguous", "confidence", "divisions", "officials", "candidates", "missing"} {
		if doc[key] == nil {
			t.Errorf("%s is missing", key)
		}
	}
	if doc["as_of"] != "2026-06-15" || doc["ambiguous"] != true || doc["confidence"] != "zip" {
		t.Errorf("%v %v %v", doc["as_of"], doc["ambiguous"], doc["confidence"])
	}
	officials := doc["officials"].([]any)
	degette := officials[2].(map[string]any) // after the senators: the certain ones come first
	for key, want := range map[string]any{
		"id": "bioguide:D000197", "name": "Diana DeGette", "title": "Representative", "party": "Democratic",
		"division": "ocd-division/country:us/state:co/cd:1", "chamber": "house", "level": "federal", "vacant": false, "certain": true,
	} {
		if degette[key] != want {
			t.Errorf("%s is %v, want %v", key, degette[key], want)
		}
	}
	if len(degette["channels"].([]any)) == 0 {
		t.Error("nobody can reach her")
	}
	// 80203 lies in two senate and three house districts of Colorado: they are
	// listed, marked, and grouped.
	certain := 0
	for _, o := range officials {
		if o.(map[string]any)["certain"] == true {
			certain++
		}
	}
	if certain != 3 || len(officials) != 8 || len(doc["divisions"].([]any)) != 7 {
		t.Errorf("%d of %d officials are certain, %d divisions", certain, len(officials), len(doc["divisions"].([]any)))
	}
	var sizes []int
	for _, c := range doc["candidates"].([]any) {
		sizes = append(sizes, len(c.(map[string]any)["officials"].([]any)))
	}
	if len(sizes) != 2 || sizes[0] != 2 || sizes[1] != 3 {
		t.Errorf("candidates are grouped %v", sizes)
	}
}

func TestRepresentativesByAddressAndPoint(t *testing.T) {
	t.Parallel()
	h := server(t)
	body, err := json.Marshal(map[string]string{"address": civicstest.Denver})
	if err != nil {
		t.Fatal(err)
	}
	w, doc := ask(t, h, "POST", "/api/v1/representatives", string(body))
	if w.Code != http.StatusOK || doc["confidence"] != "address" || doc["ambiguous"] != false || len(doc["officials"].([]any)) != 5 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w.Header().Get("Cache-Control") != "private, no-store" || strings.Contains(w.Body.String(), "Bannock") || w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%v", w.Header())
	}
	for body, want := range map[string]int{
		`{"lat": 39.7389, "lon": -104.9902}`:                                         3, // Congress: the map is here
		`{"lat": 39.7389, "lon": -104.9902, "zip": "80203", "accuracy": 20}`:         8, // the state's legislators are candidates
		`{"lat": 39.7389, "lon": -104.9902, "ask_census": true, "unknown": [1, {}]}`: 5,
	} {
		w, doc = ask(t, h, "POST", "/api/v1/representatives", body)
		if w.Code != http.StatusOK || len(doc["officials"].([]any)) != want || strings.Contains(w.Body.String(), "39.73") || strings.Contains(w.Body.String(), "104.99") {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

func TestRepresentativesRefuses(t *testing.T) {
	t.Parallel()
	h := server(t)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "?zip=Denver", "", 422}, {"GET", "", "", 422}, {"GET", "?zip=00000", "", 404},
		{"POST", "", "{", 422}, {"POST", "", "{} {}", 422}, {"POST", "", "[]", 422}, {"POST", "", "{}", 422},
		{"POST", "", `{"address": 5}`, 422}, {"POST", "", `{"lat": 1}`, 422}, {"POST", "", `{"lat": 91, "lon": 0}`, 422},
		{"POST", "", `{"lat": 1, "lon": 1, "address": "1437 Bannock St, Denver, CO"}`, 422},
		{"POST", "", `{"address": "` + civicstest.Unknown + `"}`, 404}, {"POST", "", `{"lat": 0, "lon": 0}`, 404},
		{"POST", "", `{"lat": 51.5, "lon": 0}`, 404}, {"POST", "", `{"lon": 1}`, 422}, {"POST", "", `{"lat": "1", "lon": 1}`, 422},
		{"POST", "", `{"lat": 39.7389, "lon": -104.9902, "zip": "Denver"}`, 422}, {"POST", "", `{"lat": 39.7389, "lon": -104.9902, "zip": 80203}`, 422},
		{"POST", "", `{"lat": 39.7389, "lon": -104.9902, "accuracy": -1}`, 422}, {"POST", "", `{"lat": 1e999, "lon": 1}`, 422},
		{"POST", "", `{"address": "` + strings.Repeat("9", 10000) + ` St, Denver, CO"}`, 422}, {"POST", "", "\xff", 422},
		{"POST", "", `{"address": "PO Box 9, Denver, CO 80201"}`, 422},
		{"POST", "", `{"address": "` + civicstest.ServerError + `"}`, 503},
	} {
		w, doc := ask(t, h, c.method, "/api/v1/representatives"+c.path, c.body)
		if w.Code != c.status || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, w.Code, w.Body)
		}
		if errors, _ := doc["errors"].([]any); c.status == 422 && len(errors) == 0 && !slices.Contains([]string{"{", "{} {}", "[]", "\xff"}, c.body) {
			t.Errorf("%s %s: no field is named: %s", c.path, c.body, w.Body)
		}
		if detail, _ := doc["detail"].(string); detail == "" || strings.Contains(detail, "civics.") || strings.Contains(w.Body.String(), "Bannock") && c.status == 503 {
			t.Errorf("%s %s: %s", c.path, c.body, w.Body)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/api/v1/representatives", strings.NewReader("address=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 422 {
		t.Errorf("a form: %d", w.Code)
	}
}

// An address that could be several places is told from others by its code, and
// its asker gets the choice.
func TestSeveralPlaces(t *testing.T) {
	t.Parallel()
	w, doc := ask(t, server(t), "POST", "/api/v1/representatives", `{"address": "`+civicstest.TwoPlaces+`"}`)
	choices, _ := doc["choices"].([]any)
	if w.Code != 422 || doc["code"] != "several_places" || len(choices) != 2 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, choice := range choices {
		chosen, err := json.Marshal(map[string]any{"address": choice})
		if err != nil {
			t.Fatal(err)
		}
		if w, doc := ask(t, server(t), "POST", "/api/v1/representatives", string(chosen)); w.Code != 200 || doc["confidence"] != "address" {
			t.Errorf("%v: %d %s", choice, w.Code, w.Body)
		}
	}
}
