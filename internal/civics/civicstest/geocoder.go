package civicstest

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"redress/internal/civics"
)

// Addresses that the stand-in knows. Streets are real, what it answers is shaped
// as the Census answers it; districts agree with the ZIP tables.
const (
	Denver        = "1437 Bannock St, Denver, CO 80203" // CO-1, Senate 34, House 6
	Boulder       = "1777 Broadway, Boulder, CO 80302"  // CO-2
	Washington    = "1350 Pennsylvania Ave NW, Washington, DC 20004"
	WhiteHouse    = "1600 Pennsylvania Ave NW, Washington, DC 20500"
	Cheyenne      = "2101 O'Neil Ave, Cheyenne, WY 82001"         // at large
	NewYork       = "421 8th Ave, New York, NY 10001"             // NY-12
	Pleasanton    = "200 Old Bernal Ave, Pleasanton, CA 94566"    // CA-14, vacant
	SanJuan       = "100 Calle San Francisco, San Juan, PR 00901" // resident commissioner
	Boston        = "24 Beacon St, Boston, MA 02133"              // districts by name
	Unknown       = "9999 Nowhere Xyzzy Lane, Denver, CO 80203"   // no match
	TwoPlaces     = "100 Main St, Springfield, IL"                // two places in two districts
	Alike         = "7 Stateline Ave, Texarkana, TX 75501"        // two places written alike, in two districts
	OtherState    = "30 State St, Bristol, VA"                    // found in Tennessee only
	OtherCongress = "120 Congress Ave, Austin, TX 78701"          // answers for the 120th Congress
	OtherLayer    = "3 County Rd, Denver, CO 80203"               // answers with a layer that was not asked for
	NoState       = "1 Layerless St, Denver, CO 80203"            // congressional district only

	// Streets that make trouble, in any city.
	ServerError = "500 Error St, Denver, CO 80203"
	TooMany     = "429 Busy St, Denver, CO 80203"
	Timeout     = "504 Timeout St, Denver, CO 80203"
	Garbage     = "13 Garbage St, Denver, CO 80203"
	Truncated   = "14 Truncated St, Denver, CO 80203"
	Huge        = "15 Huge St, Denver, CO 80203"
	Dripping    = "16 Dripping St, Denver, CO 80203"
	Redirect    = "302 Redirect St, Denver, CO 80203"
	Dropped     = "1 Dropped St, Denver, CO 80203"
)

// troubles are the streets that make trouble.
var troubles = map[string]Behavior{
	" ERROR ST ": Failing, " BUSY ST ": Refusing, " TIMEOUT ST ": Silent, " GARBAGE ST ": TalkingHTML, " TRUNCATED ST ": BreakingOff,
	" HUGE ST ": Flooding, " DRIPPING ST ": Trickling, " REDIRECT ST ": LeadingAway, " DROPPED ST ": HangingUp,
}

// place is one answer of the stand-in.
type place struct {
	street, city, state, zip string
	fips                     string
	lon, lat                 float64
	congress                 string // the only Congress it answers for, whatever is asked
	district                 string // two digits
	next                     string // that of the 120th Congress; "": the same
	upper, lower             string // three characters; "" leaves the layer out
}

var known = []place{
	{street: "1437 BANNOCK ST", city: "DENVER", state: "CO", zip: "80203", fips: "08", lon: -104.990200, lat: 39.738900, district: "01", upper: "034", lower: "006"},
	{street: "1777 BROADWAY", city: "BOULDER", state: "CO", zip: "80302", fips: "08", lon: -105.279300, lat: 40.015000, district: "02", upper: "018", lower: "049"},
	{street: "1350 PENNSYLVANIA AVE NW", city: "WASHINGTON", state: "DC", zip: "20004", fips: "11", lon: -77.031200, lat: 38.894900, district: "98"},
	{street: "2101 O'NEIL AVE", city: "CHEYENNE", state: "WY", zip: "82001", fips: "56", lon: -104.822100, lat: 41.138000, district: "00", upper: "008", lower: "011"},
	{street: "421 8TH AVE", city: "NEW YORK", state: "NY", zip: "10001", fips: "36", lon: -73.994900, lat: 40.750300, district: "12", upper: "047", lower: "075"},
	{street: "200 OLD BERNAL AVE", city: "PLEASANTON", state: "CA", zip: "94566", fips: "06", lon: -121.881000, lat: 37.655000, district: "14", next: "10", upper: "005", lower: "016"},
	{street: "100 CALLE SAN FRANCISCO", city: "SAN JUAN", state: "PR", zip: "00901", fips: "72", lon: -66.116700, lat: 18.465500, district: "98"},
	{street: "24 BEACON ST", city: "BOSTON", state: "MA", zip: "02133", fips: "25", lon: -71.063800, lat: 42.358100, district: "08", upper: "D25", lower: "130"},
	{street: "100 MAIN ST", city: "SPRINGFIELD", state: "IL", zip: "62701", fips: "17", lon: -89.650000, lat: 39.800000, district: "13", upper: "048", lower: "096"},
	{street: "100 S MAIN ST", city: "SPRINGFIELD", state: "IL", zip: "62704", fips: "17", lon: -89.690000, lat: 39.780000, district: "13", upper: "048", lower: "095"},
	{street: "120 CONGRESS AVE", city: "AUSTIN", state: "TX", zip: "78701", fips: "48", lon: -97.742900, lat: 30.263600, congress: "120", district: "37", upper: "014", lower: "049"},
	{street: "1600 PENNSYLVANIA AVE NW", city: "WASHINGTON", state: "DC", zip: "20500", fips: "11", lon: -77.035188, lat: 38.898699, district: "98"},
	{street: "200 W 24TH ST", city: "CHEYENNE", state: "WY", zip: "82001", fips: "56", lon: -104.820004, lat: 41.139848, district: "00", upper: "008", lower: "011"},
	{street: "7 STATELINE AVE", city: "TEXARKANA", state: "TX", zip: "75501", fips: "48", lon: -94.043000, lat: 33.420000, district: "04", upper: "001", lower: "001"},
	{street: "7 STATELINE AVE", city: "TEXARKANA", state: "TX", zip: "75501", fips: "48", lon: -94.043100, lat: 33.430000, district: "01", upper: "001", lower: "001"},
	{street: "30 STATE ST", city: "BRISTOL", state: "TN", zip: "37620", fips: "47", lon: -82.188000, lat: 36.595000, district: "01", upper: "004", lower: "003"},
	{street: "3 COUNTY RD", city: "DENVER", state: "CO", zip: "80203", fips: "08", lon: -104.970000, lat: 39.720000},
	{street: "1 LAYERLESS ST", city: "DENVER", state: "CO", zip: "80203", fips: "08", lon: -104.980000, lat: 39.730000, district: "01"},
}

// Behavior is how the stand-in takes questions.
type Behavior int

// The behaviors.
const (
	Well            Behavior = iota // answers, but for the streets that make trouble
	Failing                         // 500
	Refusing                        // 429
	Silent                          // answers nothing until the asker leaves
	Trickling                       // sends a byte now and then, never all
	HangingUp                       // drops the connection
	TalkingHTML                     // 200 with a page
	BreakingOff                     // 200 with half an answer
	Flooding                        // 200 with 10 MB
	LeadingAway                     // redirects to another host
	AnotherCongress                 // answers with districts of the 120th Congress, whatever is asked
)

// Census stands in for the geocoder of the U.S. Census. As the real one does, it
// refuses a benchmark or vintage that it doesn't have and an address over 100
// characters, and answers with another layer for one that the vintage lacks: the
// 119th Congress is in ACS2025_Current, the 120th in Current_Current. It is a
// server's handler, and a client's transport that needs no connection.
type Census struct {
	mux *http.ServeMux

	mu    sync.Mutex
	next  []Behavior
	asked int
}

// NewCensus makes a stand-in that is well.
func NewCensus() *Census {
	c := &Census{mux: http.NewServeMux(), next: []Behavior{Well}}
	for _, base := range []string{"", "/geocoder"} {
		c.mux.HandleFunc("GET "+base+"/geographies/onelineaddress", c.address)
		c.mux.HandleFunc("GET "+base+"/geographies/coordinates", c.coordinates)
	}
	return c
}

// Handler answers as the geocoder of the Census, under /geographies and under
// /geocoder/geographies.
func Handler() http.Handler { return NewCensus() }

// Behave says how the next questions are taken, one after the other; the last
// behavior stays.
func (c *Census) Behave(first Behavior, then ...Behavior) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next = append([]Behavior{first}, then...)
}

// Asked is how many questions have come.
func (c *Census) Asked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// Geocoder is a client of the stand-in that needs no connection.
func (c *Census) Geocoder(options ...civics.GeocoderOption) civics.Geocoder {
	return civics.NewCensusGeocoder("http://geocoder.invalid/geocoder", append([]civics.GeocoderOption{civics.GeocoderTransport(c)}, options...)...)
}

// ServeHTTP implements http.Handler.
func (c *Census) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.mux.ServeHTTP(w, r) }

// turn counts a question and says how it is taken.
func (c *Census) turn() Behavior {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	now := c.next[0]
	if len(c.next) > 1 {
		c.next = c.next[1:]
	}
	return now
}

func (c *Census) address(w http.ResponseWriter, r *http.Request) {
	behavior, asked := c.turn(), fold(r.FormValue("address"))
	for street, trouble := range troubles {
		if strings.Contains(asked, street) {
			behavior = trouble
		}
	}
	v, ok := ready(w, r, behavior)
	if !ok {
		return
	}
	if n := len(r.FormValue("address")); n == 0 || n > 100 {
		refuse(w, "Address cannot be empty and cannot exceed 100 characters")
		return
	}
	matches := []any{}
	for _, p := range known {
		if p.matches(asked) {
			matches = append(matches, p.match(v, r.FormValue("layers")))
		}
	}
	v.reply(w, map[string]any{"addressMatches": matches}, map[string]any{"address": map[string]string{"address": r.FormValue("address")}})
}

// coordinates answers for points within about a kilometer of a known address.
func (c *Census) coordinates(w http.ResponseWriter, r *http.Request) {
	v, ok := ready(w, r, c.turn())
	if !ok {
		return
	}
	x, errX := strconv.ParseFloat(r.FormValue("x"), 64)
	y, errY := strconv.ParseFloat(r.FormValue("y"), 64)
	if errX != nil || errY != nil {
		refuse(w, "Invalid coordinates")
		return
	}
	layers := map[string]any{}
	for _, p := range known {
		if math.Abs(p.lon-x) < 0.01 && math.Abs(p.lat-y) < 0.01 {
			layers = p.geographies(v, r.FormValue("layers"))
			break
		}
	}
	v.reply(w, map[string]any{"geographies": layers}, map[string]any{"location": map[string]float64{"x": x, "y": y}})
}

// ready behaves, and checks what every question must say.
func ready(w http.ResponseWriter, r *http.Request, behavior Behavior) (vintage, bool) {
	if misbehave(w, r, behavior) {
		return vintage{}, false
	}
	v, ok := vintages[r.FormValue("vintage")]
	switch {
	case r.FormValue("benchmark") != "Public_AR_Current":
		refuse(w, "Invalid benchmark in request")
		return vintage{}, false
	case !ok:
		refuse(w, "Invalid vintage in request")
		return vintage{}, false
	case r.FormValue("format") != "json":
		_, _ = w.Write([]byte("<html>Census Geocoder"))
		return vintage{}, false
	}
	if behavior == AnotherCongress {
		v.always = "120"
	}
	return v, true
}

func misbehave(w http.ResponseWriter, r *http.Request, behavior Behavior) bool {
	switch behavior {
	case Failing:
		http.Error(w, "error", http.StatusInternalServerError)
	case Refusing:
		http.Error(w, "too many requests", http.StatusTooManyRequests)
	case Silent:
		<-r.Context().Done()
	case Trickling:
		for {
			_, _ = w.Write([]byte(" "))
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
				return true
			case <-time.After(10 * time.Millisecond):
			}
		}
	case HangingUp:
		panic(http.ErrAbortHandler)
	case TalkingHTML:
		_, _ = w.Write([]byte("<html>not what you asked for"))
	case BreakingOff:
		_, _ = w.Write([]byte(`{"result":{"addressMatches":[{"matchedAddress":"1437 BANNOCK ST, DEN`))
	case Flooding:
		_, _ = w.Write([]byte(`{"result":{"addressMatches":["` + strings.Repeat("x", 10<<20) + `"]}}`))
	case LeadingAway:
		http.Redirect(w, r, "http://elsewhere.invalid/?"+r.URL.RawQuery, http.StatusFound) //nolint:gosec // a redirect to refuse: the client must not follow it
	default:
		return false
	}
	return true
}

// matches compares street, and city or ZIP code when the asker gave them. "100
// MAIN ST" is found with and without its direction, as the Census does.
func (p place) matches(asked string) bool {
	street := strings.Replace(p.street, " S ", " ", 1)
	if !strings.HasPrefix(asked, street+" ") && !strings.HasPrefix(asked, p.street+" ") {
		return false
	}
	if zip := asked[max(0, len(asked)-6) : len(asked)-1]; strings.Trim(zip, "0123456789") == "" {
		return zip == p.zip || strings.Contains(asked, " "+p.city+" ") && !knownZip(zip)
	}
	return strings.Contains(asked, " "+p.city+" ")
}

// knownZip reports whether a ZIP code is that of a known place: then it says
// which of several is meant.
func knownZip(zip string) bool {
	return slices.ContainsFunc(known, func(p place) bool { return p.zip == zip })
}

// fold writes an address as the Census does.
func fold(s string) string {
	words := strings.Fields(strings.NewReplacer(",", " ", ".", "").Replace(strings.ToUpper(s)))
	for i, word := range words {
		if short, ok := suffixes[word]; ok {
			words[i] = short
		}
	}
	return strings.Join(words, " ") + " "
}

var suffixes = map[string]string{"STREET": "ST", "AVENUE": "AVE", "LANE": "LN", "ROAD": "RD", "NORTHWEST": "NW"}
