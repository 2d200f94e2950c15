package civics_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
	"redress/internal/civics/refdatatest"
	"redress/internal/fault"
)

func TestCensusGeocoderThroughTheStandIn(t *testing.T) {
	t.Parallel()
	server := civicstest.Geocoder(t)
	for _, base := range []string{server.URL, server.URL + "/geocoder/"} {
		g := civics.NewCensusGeocoder(base)
		for line, want := range map[string]civics.Place{
			civicstest.Denver:     {State: "CO", City: "Denver", Zip: "80203", Congress: 119, District: "1", Upper: "34", Lower: "6"},
			civicstest.Cheyenne:   {State: "WY", City: "Cheyenne", Zip: "82001", Congress: 119, District: "0", Upper: "8", Lower: "11"},
			civicstest.Washington: {State: "DC", City: "Washington", Zip: "20004", Congress: 119, District: "0"},
			civicstest.SanJuan:    {State: "PR", City: "San Juan", Zip: "00901", Congress: 119, District: "0"},
			civicstest.NewYork:    {State: "NY", City: "New York", Zip: "10001", Congress: 119, District: "12", Upper: "47", Lower: "75"},
			civicstest.Boston:     {State: "MA", City: "Boston", Zip: "02133", Congress: 119, District: "8", Upper: "D25", Lower: "130"},
			civicstest.NoState:    {State: "CO", City: "Denver", Zip: "80203", Congress: 119, District: "1"},
		} {
			found, err := g.Address(context.Background(), 119, line)
			if err != nil || len(found) != 1 {
				t.Errorf("%s: %d places, %v", line, len(found), err)
				continue
			}
			got := found[0]
			got.Matched, got.Lat, got.Lon = "", 0, 0
			if fields(got) != fields(want) {
				t.Errorf("%s: %s, want %s", line, fields(got), fields(want))
			}
		}
		if found, err := g.Address(context.Background(), 119, civicstest.Unknown); err != nil || len(found) != 0 {
			t.Errorf("no match: %d %v", len(found), err)
		}
		if found, err := g.Address(context.Background(), 119, civicstest.TwoPlaces); err != nil || len(found) != 2 {
			t.Errorf("two places: %d %v", len(found), err)
		}
		if p, err := g.Point(context.Background(), 119, 39.7389, -104.9902); err != nil || p.State != "CO" || p.Lower != "6" {
			t.Errorf("a point: %s %v", fields(p), err)
		}
		if _, err := g.Point(context.Background(), 119, 0, 0); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a point at sea: %v", err)
		}
	}
}

func fields(p civics.Place) string {
	return strings.Join([]string{p.State, p.City, p.Zip, fmt.Sprint(p.Congress), p.District, p.Upper, p.Lower}, "/")
}

// What goes wrong is Unavailable, tried twice where that may help, and never
// names what was asked.
func TestCensusGeocoderInTrouble(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	stand := civicstest.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		stand.ServeHTTP(w, r)
	}))
	defer server.Close()
	g := civics.NewCensusGeocoder(server.URL, civics.GeocoderTimeout(200*time.Millisecond))
	for line, tries := range map[string]int32{
		civicstest.ServerError: 2, civicstest.Timeout: 2, civicstest.Garbage: 2, civicstest.Redirect: 1, civicstest.Dropped: 2,
		civicstest.TooMany: 1, civicstest.Truncated: 2, civicstest.Huge: 1, civicstest.Dripping: 2,
	} {
		asked.Store(0)
		_, err := g.Address(context.Background(), 119, line)
		silent(t, line, err)
		if got := asked.Load(); got < tries || got > tries+1 { // Go itself repeats a GET on a connection that dropped at once
			t.Errorf("%s: asked %d times, want %d", line, got, tries)
		}
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	_, err := civics.NewCensusGeocoder(gone.URL).Address(context.Background(), 119, civicstest.Denver)
	silent(t, "a server that is gone", err)
	_, err = civics.NewCensusGeocoder("::no url::").Address(context.Background(), 119, civicstest.Denver)
	silent(t, "no URL", err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = g.Address(ctx, 119, civicstest.Denver)
	silent(t, "a visitor who left", err)
}

func silent(t *testing.T, what string, err error) {
	t.Helper()
	if fault.KindOf(err) != fault.KindUnavailable {
		t.Errorf("%s: %v", what, err)
		return
	}
	var u *url.Error
	for _, private := range []string{"Denver", "DENVER", "80203", "St", "address="} {
		if strings.Contains(fmt.Sprintf("%v %+v", err, err), private) && private != "St" || errors.As(err, &u) {
			t.Errorf("%s leaks %q: %v", what, private, err)
		}
	}
}

// An answer that can't be read may repeat what was asked: none of it is in the error.
func TestCensusAnswersThatRepeatTheAddress(t *testing.T) {
	t.Parallel()
	for what, head := range map[string]string{
		"a Location": "HTTP/1.1 302 Found\r\nLocation: http://[geo/?address=1437+Bannock+St%2C+Denver\r\nContent-Length: 0\r\n\r\n",
		"a header":   "HTTP/1.1 200 OK\r\naddress= 1437 Bannock St, Denver\r\n\r\n",
		"no answer":  "1437 Bannock St, Denver, CO 80203\r\n\r\n",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, buffered, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = buffered.WriteString(head)
			_ = buffered.Flush()
			_ = conn.Close()
		}))
		_, err := civics.NewCensusGeocoder(server.URL).Address(t.Context(), 119, civicstest.Denver)
		silent(t, what, err)
		if strings.Contains(fmt.Sprintf("%+v", errors.Unwrap(err)), "Bannock") {
			t.Errorf("%s: the error's cause names the address: %v", what, errors.Unwrap(err))
		}
		server.Close()
	}
}

// A second try that answers is an answer, whatever the first one met.
func TestCensusGeocoderTriesAgain(t *testing.T) {
	t.Parallel()
	for _, first := range []civicstest.Behavior{civicstest.Failing, civicstest.HangingUp, civicstest.TalkingHTML, civicstest.BreakingOff, civicstest.Silent} {
		synctest.Test(t, func(t *testing.T) {
			census := civicstest.NewCensus()
			census.Behave(first, civicstest.Well)
			found, err := census.Geocoder().Address(t.Context(), 119, civicstest.Denver)
			if err != nil || len(found) != 1 || census.Asked() != 2 {
				t.Errorf("%d: %d %v after %d", first, len(found), err, census.Asked())
			}
		})
	}
}

// A refusal of the address is an answer; one of the vintage or benchmark is not.
func TestCensusRefusals(t *testing.T) {
	t.Parallel()
	census := civicstest.NewCensus()
	found, err := census.Geocoder().Address(t.Context(), 119, "1 "+strings.Repeat("Long ", 30)+"St, Denver, CO")
	if err != nil || len(found) != 0 || census.Asked() != 1 {
		t.Errorf("an address that is too long: %v", err)
	}
	for what, body := range map[string]string{
		"a vintage that is gone": `{"errors":["Invalid vintage in request"],"status":"400"}`, "a page": "<html>Bad request", "nothing": "", "long": strings.Repeat(" ", 1<<20),
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(body))
		}))
		_, err := civics.NewCensusGeocoder(server.URL).Address(t.Context(), 119, civicstest.Denver)
		silent(t, what, err)
		server.Close()
	}
}

// Each Congress has its vintage and its layer, and only its own districts count.
func TestCongressesOfTheCensus(t *testing.T) {
	t.Parallel()
	for congress, want := range map[int][2]string{
		119: {"ACS2025_Current", "119th Congressional Districts"}, 120: {"Current_Current", "120th Congressional Districts"},
		121: {"Current_Current", "121st Congressional Districts"}, 122: {"Current_Current", "122nd Congressional Districts"},
		123: {"Current_Current", "123rd Congressional Districts"}, 124: {"Current_Current", "124th Congressional Districts"},
	} {
		var query url.Values
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			query = r.URL.Query()
			_, _ = w.Write([]byte(`{"result":{"addressMatches":[]}}`))
		}))
		_, err := civics.NewCensusGeocoder(server.URL).Address(t.Context(), congress, civicstest.Denver)
		if layer, _, _ := strings.Cut(query.Get("layers"), ","); err != nil || query.Get("vintage") != want[0] || layer != want[1] {
			t.Errorf("%d: %s, %s, %v", congress, query.Get("vintage"), layer, err)
		}
		server.Close()
	}
	census := civicstest.NewCensus()
	for congress, want := range map[int]string{119: "CA/Pleasanton/94566/119/14/5/16", 120: "CA/Pleasanton/94566/120/10/5/16", 121: "CA/Pleasanton/94566/0//5/16"} {
		found, err := census.Geocoder().Address(t.Context(), congress, civicstest.Pleasanton)
		if err != nil || len(found) != 1 || fields(found[0]) != want {
			t.Errorf("%d: %v", congress, err)
		}
		p, err := census.Geocoder().Point(t.Context(), congress, 37.655, -121.881)
		if err != nil || fields(p) != strings.Replace(want, "Pleasanton/94566", "/", 1) {
			t.Errorf("%d, a point: %s %v", congress, fields(p), err)
		}
	}
	for _, line := range []string{civicstest.OtherCongress, civicstest.OtherLayer} {
		if found, err := census.Geocoder().Address(t.Context(), 119, line); err != nil || len(found) != 1 || found[0].District != "" || found[0].Congress != 0 || found[0].State == "" {
			t.Errorf("%s: a district of another Congress or layer is taken: %v", line, err)
		}
	}
	census.Behave(civicstest.AnotherCongress)
	if p, err := census.Geocoder().Point(t.Context(), 119, 39.7389, -104.9902); err != nil || p.District != "" || p.Upper != "34" {
		t.Errorf("the next Congress: %s %v", fields(p), err)
	}
}

// The stand-in answers as the Census did, field by field.
func TestTheStandInAnswersLikeTheCensus(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(refdatatest.Folder(t), "census-geocoder")
	server := civicstest.Geocoder(t)
	for _, file := range []string{"census-district-at-large.json", "census-district-delegate.json", "census-district-ny12.json", "census-no-match.json"} {
		body, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		var recorded struct {
			Result struct {
				Input struct{ Address struct{ Address string } }
			}
		}
		if err := json.Unmarshal(body, &recorded); err != nil {
			t.Fatal(err)
		}
		resp, err := http.Get(server.URL + "/geographies/onelineaddress?" + url.Values{
			"address": {recorded.Result.Input.Address.Address}, "benchmark": {"Public_AR_Current"}, "vintage": {"ACS2025_Current"}, "layers": {"119th Congressional Districts"}, "format": {"json"},
		}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		stand, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		want, got := leaves(t, body), leaves(t, stand)
		if w, g := slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)); !slices.Equal(w, g) {
			t.Errorf("%s: the Census says\n%v\nthe stand-in\n%v", file, w, g)
		}
		for path, value := range want {
			for _, end := range []string{"GEOID", "STATE", "CDSESSN", "CD119", "BASENAME", "NAME", "matchedAddress", "city", "state", "zip", "address.address"} {
				if strings.HasSuffix(path, "."+end) && got[path] != value {
					t.Errorf("%s: %s is %v, the stand-in says %v", file, path, value, got[path])
				}
			}
		}
	}
}

// leaves are the values of a JSON document by their path.
func leaves(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var doc any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	found := map[string]any{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, inner := range v {
				walk(path+"."+key, inner)
			}
		case []any:
			found[path+" has"] = len(v)
			for i, inner := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), inner)
			}
		default:
			found[path] = v
		}
	}
	walk("", doc)
	return found
}

// What is asked of the Census: the vintage and layers of the sitting Congress.
func TestCensusRequest(t *testing.T) {
	t.Parallel()
	var query url.Values
	var path string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, path = r.URL.Query(), r.URL.Path
		_, _ = w.Write([]byte(`{"result":{"addressMatches":[]}}`))
	}))
	defer server.Close()
	if _, err := civics.NewCensusGeocoder(server.URL+"/geocoder").Address(context.Background(), 119, civicstest.Denver); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"address": civicstest.Denver, "vintage": "ACS2025_Current", "benchmark": "Public_AR_Current", "format": "json",
		"layers": "119th Congressional Districts,2024 State Legislative Districts - Upper,2024 State Legislative Districts - Lower",
	}
	for key, value := range want {
		if query.Get(key) != value {
			t.Errorf("%s is %q", key, query.Get(key))
		}
	}
	if path != "/geocoder/geographies/onelineaddress" {
		t.Errorf("path %s", path)
	}
}

// Answers as the Census may give them: other layers than asked, no CD119, two
// Congresses, water, an endless body.
func TestCensusAnswers(t *testing.T) {
	t.Parallel()
	layer := func(name, fields string) string { return `"` + name + `":[{` + fields + `}]` }
	match := func(layers ...string) string {
		return `{"result":{"addressMatches":[{"matchedAddress":"X","addressComponents":{"zip":"80203","city":"DENVER","state":"CO"},"coordinates":{"x":1,"y":2},"geographies":{` + strings.Join(layers, ",") + `}}]}}`
	}
	cd119 := layer("119th Congressional Districts", `"GEOID":"0801","STATE":"08","CDSESSN":"119"`)
	for what, c := range map[string]struct{ body, want string }{
		"only GEOID":                {match(cd119), "CO/Denver/80203/119/1//"},
		"no STATE":                  {match(layer("119th Congressional Districts", `"GEOID":"0801","CDSESSN":"119"`)), "CO/Denver/80203/119/1//"},
		"another year in the name":  {match(cd119, layer("2026 State Legislative Districts - Upper", `"GEOID":"08034","STATE":"08","SLDU":"034"`)), "CO/Denver/80203/119/1/34/"},
		"a letter":                  {match(layer("2024 State Legislative Districts - Lower", `"GEOID":"0834A","STATE":"08","SLDL":"34A"`)), "CO/Denver/80203/0///34A"},
		"no SLDU field":             {match(layer("2024 State Legislative Districts - Upper", `"GEOID":"08034"`)), "CO/Denver/80203/0//34/"},
		"another Congress":          {match(layer("120th Congressional Districts", `"GEOID":"0801","STATE":"08","CDSESSN":"120"`)), "CO/Denver/80203/0///"},
		"two Congresses":            {match(layer("120th Congressional Districts", `"GEOID":"0802","STATE":"08","CDSESSN":"120"`), cd119), "CO/Denver/80203/119/1//"},
		"two, in the other order":   {match(cd119, layer("120th Congressional Districts", `"GEOID":"0802","STATE":"08","CDSESSN":"120"`)), "CO/Denver/80203/119/1//"},
		"water":                     {match(layer("119th Congressional Districts", `"GEOID":"08ZZ","STATE":"08","CDSESSN":"119"`)), "CO/Denver/80203/0///"},
		"an unknown layer's answer": {match(layer("Counties", `"GEOID":"08031","STATE":"08"`)), "CO/Denver/80203/0///"},
		"no layer":                  {match(), "CO/Denver/80203/0///"},
		"a name that says another":  {match(layer("118th Congressional Districts", `"GEOID":"0801","STATE":"08","CDSESSN":"119"`)), "CO/Denver/80203/0///"},
		"no CDSESSN":                {match(layer("119th Congressional Districts", `"GEOID":"0801","STATE":"08","CD119":"01"`)), "CO/Denver/80203/0///"},
		"two districts":             {match(layer("119th Congressional Districts", `"GEOID":"0801","STATE":"08","CDSESSN":"119"},{"GEOID":"0802","STATE":"08","CDSESSN":"119"`)), "CO/Denver/80203/0///"},
		"GEOID of another state":    {match(layer("119th Congressional Districts", `"GEOID":"0601","STATE":"08","CDSESSN":"119"`)), "CO/Denver/80203/0///"},
		"layers of another state":   {match(layer("119th Congressional Districts", `"GEOID":"0601","STATE":"06","CDSESSN":"119"`)), "CO/Denver/80203/0///"},
		"layers of two states":      {match(cd119, layer("2024 State Legislative Districts - Upper", `"GEOID":"06034","STATE":"06","SLDU":"034"`)), "CO/Denver/80203/0///"},
		"a number that is too long": {match(layer("119th Congressional Districts", `"GEOID":"08001","STATE":"08","CDSESSN":"119"`)), "CO/Denver/80203/0///"},
		"a sentence as a name":      {match(layer("119th Congressional Districts", `"GEOID":"0801","STATE":"08","CDSESSN":"119","BASENAME":"Delegate District (at Large)"`)), "CO/Denver/80203/119/1//"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(c.body)) }))
		for range 5 { // layers come out of a map in any order
			found, err := civics.NewCensusGeocoder(server.URL).Address(context.Background(), 119, civicstest.Denver)
			if err != nil || len(found) != 1 || fields(found[0]) != c.want {
				t.Errorf("%s: %v %v, want %s", what, err, func() string {
					if len(found) == 1 {
						return fields(found[0])
					}
					return "none"
				}(), c.want)
			}
		}
		server.Close()
	}
	for what, body := range map[string]string{"nothing": "", "null": "null", "a list": "[]", "no result": "{}", "endless": `{"result":"` + strings.Repeat("x", 2<<20)} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		_, err := civics.NewCensusGeocoder(server.URL).Address(context.Background(), 119, civicstest.Denver)
		silent(t, what, err)
		server.Close()
	}
}

// The Census's own answers, where they are at hand.
func TestRealCensusAnswers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(refdatatest.Folder(t), "census-geocoder")
	for file, want := range map[string]string{
		"census-district-at-large.json": "WY/Cheyenne/82001/119/0//",
		"census-district-delegate.json": "DC/Washington/20500/119/0//",
		"census-district-ny12.json":     "NY/New York/10001/119/12//",
		"census-no-match.json":          "",
	} {
		body, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
		g := civics.NewCensusGeocoder(server.URL)
		found, err := g.Address(context.Background(), 119, "1 Main St, Anytown, CO")
		if err != nil || (want == "") != (len(found) == 0) || (want != "" && fields(found[0]) != want) {
			t.Errorf("%s: %v %v", file, len(found), err)
		}
		answer, err := civicstest.InMemory(t, civics.WithGeocoder(g)).ByAddress(context.Background(), "1 Main St, Anytown, "+cmp.Or(strings.Split(want, "/")[0], "NY"))
		switch {
		case want == "" && fault.KindOf(err) != fault.KindNotFound:
			t.Errorf("%s: %v", file, err)
		case want != "" && err != nil:
			t.Errorf("%s: %v", file, err)
		case want != "" && len(answer.Officials) < 1:
			t.Errorf("%s: nobody", file)
		}
		server.Close()
	}
}

// The whole way: an address of each kind through the atlas.
func TestAddressesThroughTheAtlas(t *testing.T) {
	t.Parallel()
	a := civicstest.InMemory(t)
	for line, want := range map[string]struct {
		kind fault.Kind
		key  string
		n    int
	}{
		civicstest.Denver: {n: 5}, civicstest.Cheyenne: {n: 5}, civicstest.NewYork: {n: 5}, civicstest.Pleasanton: {n: 5},
		civicstest.Boulder: {n: 5}, civicstest.Boston: {n: 5}, civicstest.Washington: {n: 5}, civicstest.SanJuan: {n: 26},
		civicstest.Unknown:     {kind: fault.KindNotFound, key: "civics.address.no_match"},
		civicstest.TwoPlaces:   {kind: fault.KindInvalid, key: "civics.address.several"},
		civicstest.ServerError: {kind: fault.KindUnavailable, key: "civics.geocoder.down"},
		civicstest.Dropped:     {kind: fault.KindUnavailable, key: "civics.geocoder.down"},
		civicstest.TooMany:     {kind: fault.KindUnavailable, key: "civics.geocoder.down"},
		civicstest.Truncated:   {kind: fault.KindUnavailable, key: "civics.geocoder.down"},
		civicstest.Huge:        {kind: fault.KindUnavailable, key: "civics.geocoder.down"},
		civicstest.OtherState:  {kind: fault.KindNotFound, key: "civics.address.no_match"},
		civicstest.Alike:       {kind: fault.KindInvalid, key: "civics.address.alike"},
		civicstest.WhiteHouse:  {n: 5},
		"1437 bannock street\nDenver, Colorado 80203-1234":           {n: 5},
		"1437 Bannock St Apt 4 Denver CO 80203, USA":                 {n: 5},
		"1600 Pennsylvania Avenue Northwest, Washington, D.C. 20500": {n: 5},
		"100 S MAIN ST, SPRINGFIELD, IL, 62704":                      {n: 5},
	} {
		answer, err := a.ByAddress(context.Background(), line)
		if want.key == "" {
			if err != nil || len(answer.Officials) != want.n {
				t.Errorf("%s: %d officials, %v", line, len(answer.Officials), err)
			}
			continue
		}
		if f, ok := fault.As(err); !ok || f.Kind != want.kind || f.Key != want.key {
			t.Errorf("%s: %v", line, err)
		}
	}
}
