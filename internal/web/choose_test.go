package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"redress/internal/civics/civicstest"
)

// answers fails unless an answer has this status and says all of these, and none
// of those.
func answers(t *testing.T, what string, w *httptest.ResponseRecorder, status int, says, never []string) {
	t.Helper()
	body := w.Body.String()
	if w.Code != status {
		t.Errorf("%s: %d", what, w.Code)
	}
	for _, want := range says {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %q", what, want)
		}
	}
	for _, no := range never {
		if strings.Contains(body, no) {
			t.Errorf("%s has %q", what, no)
		}
	}
	if !strings.Contains(w.Header().Get("Cache-Control"), "no-store") || w.Header().Get("Location") != "" {
		t.Errorf("%s may be kept, or leads elsewhere: %v", what, w.Header())
	}
}

const (
	coHouse = "ocd-division/country:us/state:co/cd:1"
	ny10    = "ocd-division/country:us/state:ny/cd:10"
	ny12    = "ocd-division/country:us/state:ny/cd:12"
	ny28    = "ocd-division/country:us/state:ny/sldu:28"
)

// Each congressional district that a ZIP code may lie in is shown as a map, with
// its member, to point to.
func TestAnAmbiguousZIPCodeShowsItsDistrictsAsMaps(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	body := get(s, "/representatives?zip=10001").Body.String()
	for _, want := range []string{`value="` + ny10 + `"`, `value="` + ny12 + `"`, "Jerrold Nadler", "Daniel S. Goldman", `role="img"`, "<title>Map of this district"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if maps := strings.Count(body, `class="here" d="M`); maps != 2 {
		t.Errorf("%d maps", maps)
	}
	if strings.Contains(body, ` style=`) || strings.Contains(body, ` checked`) {
		t.Error("a style in the page, or a district chosen for the visitor")
	}
}

// What the visitor points to is the answer, which says on what it rests.
func TestPointingToADistrict(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	zip := func(more url.Values) url.Values {
		form := url.Values{"choose": {"1"}, "zip": {"10001"}}
		for name, values := range more {
			form[name] = values
		}
		return form
	}
	for what, c := range map[string]struct {
		form        url.Values
		status      int
		says, never []string
	}{
		"both":    {zip(url.Values{"house": {ny12}, "upper": {ny28}}), 200, []string{"You chose New York, 12th district and New York Senate, district 28", "your street address decides", "Jerrold Nadler", "Liz Krueger"}, []string{"Goldman", "Bottcher", `name="choose"`}},
		"one":     {zip(url.Values{"house": {ny12}}), 200, []string{"You chose New York, 12th district", `<input type="hidden" name="house" value="` + ny12 + `"`, `name="upper"`, "Bottcher"}, []string{"Goldman"}},
		"nothing": {zip(nil), 422, []string{"Choose a district first", `href="#field-house"`, `id="field-house"`, "Goldman", "Error:"}, nil},
		"what is not offered": {zip(url.Values{"house": {coHouse}, "upper": {"ocd-division/<script>"}}), 422,
			[]string{"Choose a district first"}, []string{"DeGette", "<script>alert", "ocd-division/<script>"}},
		"one offered, one not": {zip(url.Values{"house": {ny12}, "upper": {coHouse}}), 200, []string{"You chose New York, 12th district", "Nadler"}, []string{"DeGette"}},
		"no ZIP code":          {url.Values{"choose": {"1"}, "zip": {"abc"}, "house": {ny12}}, 422, []string{"five digits", `href="#field-zip"`}, []string{"Nadler"}},
		"no such ZIP code":     {url.Values{"choose": {"1"}, "zip": {"00000"}}, 422, []string{"We know of no place with that ZIP code"}, nil},
		"nothing to choose":    {url.Values{"choose": {"1"}, "zip": {"81657"}}, 200, []string{"In Congress"}, []string{"You chose"}},
	} {
		answers(t, what, post(s, "/representatives", c.form), c.status, c.says, c.never)
	}
}

// Who gave an address whose state districts the map doesn't tell chooses among
// those of the ZIP code, and isn't asked for the address again.
func TestPointingAfterAnAddress(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	again := []string{"This ZIP code lies in more than one district", `id="field-address"`, "your street address tells"}
	asked := url.Values{"address": {civicstest.NoState}}
	answers(t, "asked", post(s, "/representatives", asked), http.StatusOK,
		[]string{"tell all districts of this address", "In Congress", "Diana DeGette", `name="upper"`, `type="hidden" name="address"`}, again)
	asked.Set("choose", "1")
	answers(t, "nothing", post(s, "/representatives", asked), http.StatusUnprocessableEntity, []string{"Choose a district first", "Error:"}, again)
	asked.Set("upper", "ocd-division/country:us/state:co/sldu:34")
	answers(t, "one", post(s, "/representatives", asked), http.StatusOK, []string{"You chose Colorado Senate, district 34", "Julie Gonzales"}, []string{"Matt Ball"})
}

// A ZIP code on a state line names the states; one of them rules out the other.
func TestPointingToAStateOnABorder(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	body := get(s, "/representatives?zip=02861").Body.String()
	for _, want := range []string{"This ZIP code lies in Massachusetts and Rhode Island", "Which state do you live in?", "Elizabeth Warren", "Jack Reed", "Rhode Island Senate, district"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	const ma, ri = "ocd-division/country:us/state:ma", "ocd-division/country:us/state:ri"
	one := url.Values{"choose": {"1"}, "zip": {"02861"}, "senate": {ri}}
	answers(t, "one state", post(s, "/representatives", one), http.StatusOK, []string{"You chose Rhode Island", "Jack Reed", "Gabe Amo"}, []string{"Elizabeth Warren", "Massachusetts"})
	two := url.Values{"choose": {"1"}, "zip": {"02861"}, "senate": {ma}, "house": {ri + "/cd:1"}}
	answers(t, "two states", post(s, "/representatives", two), http.StatusUnprocessableEntity, []string{"districts in different states", ` checked`}, []string{"You chose Rhode"})
	prefix := get(s, "/representatives?zip=02800").Body.String()
	for _, want := range []string{"Which state do you live in?", "Elizabeth Warren", "Jack Reed", `name="senate"`} {
		if !strings.Contains(prefix, want) {
			t.Errorf("the page for a prefix lacks %q", want)
		}
	}
	chosen := post(s, "/representatives", url.Values{"choose": {"1"}, "zip": {"02800"}, "senate": {"ocd-division/country:us/state:ri"}})
	answers(t, "Rhode Island", chosen, http.StatusOK, []string{"You chose Rhode Island", "Jack Reed"}, []string{"Elizabeth Warren"})
}

// Districts that lie over others are possible beside the one that is sure, and
// the wards of the District of Columbia are asked for as wards.
func TestSeatsThatNoMapPlaces(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	nh := get(s, "/representatives?zip=03031").Body.String()
	for _, want := range []string{"more districts, of which one may be yours", "Hillsborough", "your town clerk knows"} {
		if !strings.Contains(nh, want) {
			t.Errorf("New Hampshire lacks %q", want)
		}
	}
	dc := get(s, "/representatives?zip=20001").Body.String()
	for _, want := range []string{"Which ward do you live in?", "<b>Ward 2</b> Brooke Pinto"} {
		if !strings.Contains(dc, want) {
			t.Errorf("the District lacks %q", want)
		}
	}
	if strings.Contains(dc, "Map of this district") {
		t.Error("a map of what isn't asked")
	}
}
