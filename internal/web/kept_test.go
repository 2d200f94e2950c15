package web

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
)

func formatted(degrees float64) string { return strconv.FormatFloat(degrees, 'f', 5, 64) }

// withoutMaps is an atlas whose snapshot has no boundaries.
func withoutMaps(t *testing.T) *civics.Atlas {
	t.Helper()
	tables, err := civics.ReadSnapshot(civics.EmbeddedSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	tables.Boundaries = nil
	return civics.FromTables(tables, civics.WithClock(func() time.Time { return civicstest.Day }))
}

// Districts that a browser kept are answered as they were, while they are in
// force; what is no set of one place's districts is refused.
func TestDistrictsThatABrowserKept(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	const co = "ocd-division/country:us/state:co"
	kept := func(until string, ids ...string) url.Values {
		return url.Values{"divisions[]": ids, "until": {until}}
	}
	for what, c := range map[string]struct {
		form        url.Values
		status      int
		says, never []string
	}{
		"as kept":              {kept("2027-01-03", co, coHouse, co+"/sldu:34", co+"/sldl:6"), 200, []string{"Diana DeGette", "Julie Gonzales", "Sean Camacho", "Michael F. Bennet", "the districts you found last time"}, []string{"Look again", "data-districts-drop"}},
		"without a day":        {kept("", co, coHouse), 200, []string{"Diana DeGette"}, []string{"Look again"}},
		"the day is over":      {kept("2025-01-03", co, coHouse), 200, []string{"Look again", "no longer in force", "Michael F. Bennet", "data-districts-drop", `name="address"`, `name="zip"`}, []string{"Diana DeGette", `data-districts="`}},
		"one is gone":          {kept("2027-01-03", co, coHouse, co+"/sldu:999"), 200, []string{"Diana DeGette", "Look again"}, nil},
		"all are gone":         {kept("2027-01-03", "ocd-division/country:us/state:zz/cd:1"), 422, []string{"no longer in force", `name="zip"`}, []string{"state:zz"}},
		"nonsense":             {kept("x", "<script>alert(1)</script>"), 422, []string{"no longer in force"}, []string{"<script>alert"}},
		"two districts":        {kept("", coHouse, co+"/cd:2"), 422, []string{"no longer in force"}, []string{"DeGette"}},
		"two states":           {kept("", coHouse, ny28), 422, []string{"no longer in force"}, []string{"DeGette"}},
		"a great many":         {kept("", make([]string, 500)...), 422, []string{"no longer in force"}, nil},
		"the District’s wards": {kept("2027-01-03", "ocd-division/country:us/district:dc", "ocd-division/country:us/district:dc/ward:2"), 200, []string{"Eleanor Holmes Norton", "Brooke Pinto"}, []string{"Look again"}},
	} {
		answers(t, what, post(s, "/representatives", c.form), c.status, c.says, c.never)
	}
}

// An answer tells the browser which districts to keep only when the
// congressional one is sure.
func TestWhatABrowserMayKeep(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	sure := post(s, "/representatives", url.Values{"address": {civicstest.Denver}})
	answers(t, "an address", sure, 200, []string{
		`data-districts="ocd-division/country:us/state:co ` + coHouse + ` ocd-division/country:us/state:co/sldu:34 ocd-division/country:us/state:co/sldl:6" data-until="2027-01-03" hidden`,
	}, nil)
	if body := get(s, "/representatives?zip=10001").Body.String(); contains(body, "data-districts=") {
		t.Error("districts are kept that nobody is sure of")
	}
	pointed := post(s, "/representatives", url.Values{"choose": {"1"}, "zip": {"10001"}, "house": {ny12}})
	answers(t, "a district that was pointed to", pointed, 200, []string{"Nadler"}, []string{"data-districts="})
	legislators := post(s, "/representatives", url.Values{"choose": {"1"}, "zip": {"80203"}, "upper": {"ocd-division/country:us/state:co/sldu:34"}})
	answers(t, "a chosen legislator", legislators, 200, []string{"Julie Gonzales", `data-districts="ocd-division/country:us/state:co ` + coHouse + `"`}, nil)
	for _, page := range []string{"/representatives", "/representatives?zip=80203"} {
		if body := get(s, page).Body.String(); contains(body, `name="divisions[]"`) {
			t.Errorf("%s imposes districts", page)
		}
	}
	if body := get(s, "/representatives").Body.String(); !contains(body, "data-districts-offer", "CO=Colorado;", "PR=Puerto Rico;") {
		t.Error("the form can't offer what was kept")
	}
}

func contains(body string, wants ...string) bool {
	for _, want := range wants {
		if !strings.Contains(body, want) {
			return false
		}
	}
	return true
}
