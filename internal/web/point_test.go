package web

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
)

// timeOfLine is when a line was logged, whose seconds can be any number.
var timeOfLine = regexp.MustCompile(`"time":"[^"]*"`)

// point is the form that locate.js sends from Denver, with more fields.
func point(pairs ...string) url.Values {
	form := url.Values{"lat": {"39.73890"}, "lon": {"-104.99020"}, "accuracy": {"12"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// A point is answered from memory; the state's legislators need leave or a ZIP
// code. It comes back only in hidden fields, and stands in no log.
func TestWhereTheDeviceIs(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	hidden := `<input type="hidden" name="lat" value="39.73890"`
	for what, c := range map[string]struct {
		form        url.Values
		status      int
		says, never []string
	}{
		"no leave":                 {point(), 200, []string{"Diana DeGette", "in Colorado", "Ask the Census Bureau’s map", "List those for my ZIP code", hidden, "A point alone finds Congress"}, []string{"Julie Gonzales", "Who represents Colorado"}},
		"leave":                    {point("ask_census", "1"), 200, []string{"Diana DeGette", "Julie Gonzales", "Sean Camacho"}, []string{"Ask the Census Bureau’s map", "A point alone"}},
		"with a ZIP code":          {point("zip", "80203"), 200, []string{"Diana DeGette", "District 34", "Julie Gonzales", `name="upper"`, hidden}, []string{"A point alone"}},
		"a ZIP code elsewhere":     {point("zip", "10001"), 200, []string{"Diana DeGette", "That ZIP code doesn’t lie where", `value="10001"`}, []string{"Nadler", "Krueger"}},
		"no ZIP code":              {point("zip", "x"), 422, []string{"Diana DeGette", "five digits", `href="#field-zip"`, hidden, `value="x"`}, nil},
		"a choice":                 {point("zip", "80203", "choose", "1", "upper", "ocd-division/country:us/state:co/sldu:34", "lower", "ocd-division/country:us/state:co/sldl:6"), 200, []string{"Julie Gonzales", "Sean Camacho", "You chose Colorado Senate, district 34"}, []string{"Matt Ball"}},
		"a coarse point":           {point("accuracy", "5000", "lat", "39.6140", "lon", "-104.9880"), 200, []string{"A district line runs where your device may be", `name="house"`, "Map of this district"}, nil},
		"outside":                  {point("lat", "51.5", "lon", "0.1"), 422, []string{"outside the United States", `name="zip"`, `name="address"`, "Error:"}, []string{"51.5"}},
		"words":                    {point("lat", "here"), 422, []string{"isn’t a place on Earth", `name="zip"`, `name="address"`}, nil},
		"no longitude":             {point("lon", ""), 422, []string{"isn’t a place on Earth"}, nil},
		"no number":                {point("lat", "NaN"), 422, []string{"isn’t a place on Earth"}, nil},
		"off the Earth":            {point("lat", "91"), 422, []string{"isn’t a place on Earth"}, nil},
		"endless":                  {point("lon", "Inf"), 422, []string{"isn’t a place on Earth"}, nil},
		"nonsense for an accuracy": {point("accuracy", "-5"), 422, []string{"isn’t a place on Earth"}, nil},
	} {
		w := post(s, "/representatives", c.form)
		answers(t, what, w, c.status, c.says, c.never)
		if strings.Count(w.Body.String(), `id="field-zip"`) > 1 {
			t.Errorf("%s: two fields with one id", what)
		}
	}
	log := timeOfLine.ReplaceAllString(s.log.String(), "")
	for _, private := range []string{"39.73", "104.99", "51.5"} {
		if strings.Contains(log, private) {
			t.Errorf("the log holds %q", private)
		}
	}
}

// Without a map of the districts in force a point can't be answered; the other
// ways are ready.
func TestNoMapForAPoint(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	s.Atlas = withoutMaps(t)
	w := post(s, "/representatives", point())
	answers(t, "no map", w, 503, []string{"isn’t here just now", `name="zip"`, `name="address"`}, []string{"39.73"})
}

// A place near a line says so, and that the street address decides.
func TestAPlaceNearALineSaysSo(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	near := ""
	for lat := 39.5; lat < 39.75 && near == ""; lat += 0.0005 {
		body := post(s, "/representatives", point("lat", formatted(lat), "lon", "-104.98800")).Body.String()
		if strings.Contains(body, "lies within 100 m of the line with") {
			near = body
		}
	}
	if near == "" || !strings.Contains(near, "your street address decides") {
		t.Error("no place near a line says so")
	}
	if strings.Contains(near, "data-districts=") {
		t.Error("a district is kept that nobody is sure of")
	}
}

// With leave to ask, and the geocoder away, Congress is answered all the same,
// and the ZIP code and another try are offered.
func TestAPointWhileTheGeocoderIsAway(t *testing.T) {
	t.Parallel()
	s := civicsSite(t)
	s.Atlas = civicstest.InMemory(t, civics.WithGeocoder(civics.NewCensusGeocoder("http://127.0.0.1:1/geocoder")))
	w := post(s, "/representatives", point("ask_census", "1"))
	answers(t, "the geocoder away", w, 200, []string{"Diana DeGette", "finds state legislators by location, isn’t answering", "List those for my ZIP code", `name="ask_census"`}, []string{"Julie Gonzales"})
	if strings.Contains(timeOfLine.ReplaceAllString(s.log.String(), ""), "39.73") {
		t.Error("the log holds the point")
	}
}
