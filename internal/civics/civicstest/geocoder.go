package civicstest

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Addresses that the stand-in knows. Streets are real, what it answers is shaped
// as the Census answers it; districts agree with the ZIP tables.
const (
	Denver        = "1437 Bannock St, Denver, CO 80203" // CO-1, Senate 34, House 6
	Boulder       = "1777 Broadway, Boulder, CO 80302"  // CO-2
	Washington    = "1350 Pennsylvania Ave NW, Washington, DC 20004"
	Cheyenne      = "2101 O'Neil Ave, Cheyenne, WY 82001"         // at large
	NewYork       = "421 8th Ave, New York, NY 10001"             // NY-12
	Pleasanton    = "200 Old Bernal Ave, Pleasanton, CA 94566"    // CA-14, vacant
	SanJuan       = "100 Calle San Francisco, San Juan, PR 00901" // resident commissioner
	Boston        = "24 Beacon St, Boston, MA 02133"              // districts by name
	Unknown       = "9999 Nowhere Xyzzy Lane, Denver, CO 80203"   // no match
	TwoPlaces     = "100 Main St, Springfield, IL"                // two places in two districts
	OtherCongress = "120 Congress Ave, Austin, TX 78701"          // answers for the 120th Congress
	NoState       = "1 Layerless St, Denver, CO 80203"            // congressional district only

	// Streets that make trouble, in any city.
	ServerError = "500 Error St, Denver, CO 80203"
	Timeout     = "504 Timeout St, Denver, CO 80203"
	Garbage     = "13 Garbage St, Denver, CO 80203"
	Redirect    = "302 Redirect St, Denver, CO 80203"
	Dropped     = "1 Dropped St, Denver, CO 80203"
)

// place is one answer of the stand-in.
type place struct {
	street, city, state, zip string
	fips                     string
	lon, lat                 float64
	congress                 string // number of the Congress; "119" unless said
	district                 string // two digits
	upper, lower             string // three characters; "" leaves the layer out
}

var known = []place{
	{street: "1437 BANNOCK ST", city: "DENVER", state: "CO", zip: "80203", fips: "08", lon: -104.990200, lat: 39.738900, district: "01", upper: "034", lower: "006"},
	{street: "1777 BROADWAY", city: "BOULDER", state: "CO", zip: "80302", fips: "08", lon: -105.279300, lat: 40.015000, district: "02", upper: "018", lower: "049"},
	{street: "1350 PENNSYLVANIA AVE NW", city: "WASHINGTON", state: "DC", zip: "20004", fips: "11", lon: -77.031200, lat: 38.894900, district: "98"},
	{street: "2101 O'NEIL AVE", city: "CHEYENNE", state: "WY", zip: "82001", fips: "56", lon: -104.822100, lat: 41.138000, district: "00", upper: "008", lower: "011"},
	{street: "421 8TH AVE", city: "NEW YORK", state: "NY", zip: "10001", fips: "36", lon: -73.994900, lat: 40.750300, district: "12", upper: "047", lower: "075"},
	{street: "200 OLD BERNAL AVE", city: "PLEASANTON", state: "CA", zip: "94566", fips: "06", lon: -121.881000, lat: 37.655000, district: "14", upper: "005", lower: "016"},
	{street: "100 CALLE SAN FRANCISCO", city: "SAN JUAN", state: "PR", zip: "00901", fips: "72", lon: -66.116700, lat: 18.465500, district: "98"},
	{street: "24 BEACON ST", city: "BOSTON", state: "MA", zip: "02133", fips: "25", lon: -71.063800, lat: 42.358100, district: "08", upper: "D25", lower: "130"},
	{street: "100 MAIN ST", city: "SPRINGFIELD", state: "IL", zip: "62701", fips: "17", lon: -89.650000, lat: 39.800000, district: "13", upper: "048", lower: "096"},
	{street: "100 S MAIN ST", city: "SPRINGFIELD", state: "IL", zip: "62704", fips: "17", lon: -89.690000, lat: 39.780000, district: "13", upper: "048", lower: "095"},
	{street: "120 CONGRESS AVE", city: "AUSTIN", state: "TX", zip: "78701", fips: "48", lon: -97.742900, lat: 30.263600, congress: "120", district: "37", upper: "014", lower: "049"},
	{street: "1 LAYERLESS ST", city: "DENVER", state: "CO", zip: "80203", fips: "08", lon: -104.980000, lat: 39.730000, district: "01"},
}

// Handler answers as the geocoder of the Census, under /geographies and under
// /geocoder/geographies.
func Handler() http.Handler {
	mux := http.NewServeMux()
	for _, base := range []string{"", "/geocoder"} {
		mux.HandleFunc("GET "+base+"/geographies/onelineaddress", address)
		mux.HandleFunc("GET "+base+"/geographies/coordinates", coordinates)
	}
	return mux
}

func address(w http.ResponseWriter, r *http.Request) {
	asked := fold(r.FormValue("address"))
	switch {
	case strings.Contains(asked, "ERROR ST"):
		http.Error(w, "error", http.StatusInternalServerError)
		return
	case strings.Contains(asked, "TIMEOUT ST"):
		select {
		case <-r.Context().Done():
		case <-time.After(30 * time.Second):
		}
		return
	case strings.Contains(asked, "GARBAGE ST"):
		_, _ = w.Write([]byte("<html>not what you asked for"))
		return
	case strings.Contains(asked, "REDIRECT ST"):
		http.Redirect(w, r, "http://elsewhere.invalid/?"+r.URL.RawQuery, http.StatusFound) //nolint:gosec // a redirect to refuse: the client must not follow it
		return
	case strings.Contains(asked, "DROPPED ST"):
		panic(http.ErrAbortHandler)
	}
	matches := []any{}
	for _, p := range known {
		if p.matches(asked) {
			matches = append(matches, map[string]any{
				"matchedAddress":    p.street + ", " + p.city + ", " + p.state + ", " + p.zip,
				"addressComponents": map[string]string{"zip": p.zip, "city": p.city, "state": p.state},
				"coordinates":       map[string]float64{"x": p.lon, "y": p.lat},
				"geographies":       p.geographies(r.FormValue("layers")),
			})
		}
	}
	reply(w, map[string]any{"addressMatches": matches})
}

// coordinates answers for points within about a kilometer of a known address.
func coordinates(w http.ResponseWriter, r *http.Request) {
	x, errX := strconv.ParseFloat(r.FormValue("x"), 64)
	y, errY := strconv.ParseFloat(r.FormValue("y"), 64)
	if errX != nil || errY != nil {
		http.Error(w, "bad coordinates", http.StatusBadRequest)
		return
	}
	layers := map[string]any{}
	for _, p := range known {
		if math.Abs(p.lon-x) < 0.01 && math.Abs(p.lat-y) < 0.01 {
			layers = p.geographies(r.FormValue("layers"))
			break
		}
	}
	reply(w, map[string]any{"geographies": layers})
}

func reply(w http.ResponseWriter, result map[string]any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"result": result})
}

// matches compares street, and city or ZIP code when the asker gave them. "100
// MAIN ST" is found with and without its direction, as the Census does.
func (p place) matches(asked string) bool {
	street := strings.Replace(p.street, " S ", " ", 1)
	if !strings.HasPrefix(asked, street+" ") && !strings.HasPrefix(asked, p.street+" ") {
		return false
	}
	if zip := asked[len(asked)-5:]; strings.Trim(zip, "0123456789") == "" {
		return zip == p.zip || strings.Contains(asked, " "+p.city+" ") && !knownZip(zip)
	}
	return strings.Contains(asked, " "+p.city+" ")
}

// knownZip reports whether a ZIP code is that of a known place: then it says
// which of several is meant.
func knownZip(zip string) bool {
	return slices.ContainsFunc(known, func(p place) bool { return p.zip == zip })
}

func fold(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(strings.ToUpper(s), ",", " ")), " ")
}

// geographies answers with the layers asked for. For a Congress other than the
// one asked for, the name still says what was asked, as the Census does.
func (p place) geographies(asked string) map[string]any {
	congress := p.congress
	if congress == "" {
		congress = "119"
	}
	layers := map[string]any{}
	for name := range strings.SplitSeq(asked, ",") {
		switch {
		case strings.HasSuffix(name, "Congressional Districts"):
			layers[name] = []any{map[string]any{
				"GEOID": p.fips + p.district, "STATE": p.fips, "CDSESSN": congress, "BASENAME": "Delegate District (at Large)",
				"AREALAND": "158318974", "OBJECTID": 409,
			}}
		case strings.HasSuffix(name, "- Upper") && p.upper != "":
			layers[name] = []any{map[string]any{"GEOID": p.fips + p.upper, "STATE": p.fips, "SLDU": p.upper, "LSY": "2024"}}
		case strings.HasSuffix(name, "- Lower") && p.lower != "":
			layers[name] = []any{map[string]any{"GEOID": p.fips + p.lower, "STATE": p.fips, "SLDL": p.lower, "LSY": "2024"}}
		}
	}
	return layers
}
