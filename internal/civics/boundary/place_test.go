package boundary

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"redress/internal/civics/refdatatest"
)

// Where a point must be: state is the first two digits of its district's GEOID,
// "" abroad or at sea.
func TestBorderTownsAreOnTheirSide(t *testing.T) {
	x := index119(t)
	for _, town := range []struct {
		name     string
		lat, lon float64
		state    string
	}{
		{"Tijuana", 32.5149, -117.0382, ""}, {"Tijuana, Zona Norte by the fence", 32.5400, -117.0372, ""},
		{"Playas de Tijuana", 32.5270, -117.1220, ""}, {"off Playas de Tijuana", 32.5280, -117.1300, ""},
		{"Tecate", 32.5667, -116.6333, ""}, {"Mexicali", 32.6633, -115.4678, ""}, {"Los Algodones", 32.7150, -114.7290, ""},
		{"San Luis Río Colorado", 32.4767, -114.7625, ""}, {"Sonoyta", 31.8614, -112.8544, ""},
		{"Nogales, Sonora", 31.3190, -110.9460, ""}, {"Nogales, Sonora, plaza", 31.3310, -110.9440, ""},
		{"Naco, Sonora", 31.3270, -109.9480, ""}, {"Agua Prieta", 31.3270, -109.5489, ""}, {"Puerto Palomas", 31.7780, -107.6240, ""},
		{"Ciudad Juárez", 31.7390, -106.4850, ""}, {"Ciudad Juárez by the bridge", 31.7470, -106.4855, ""},
		{"Ojinaga", 29.5644, -104.4164, ""}, {"Boquillas", 29.1880, -102.8990, ""}, {"Ciudad Acuña", 29.3242, -100.9317, ""},
		{"Piedras Negras", 28.7000, -100.5235, ""}, {"Nuevo Laredo", 27.4763, -99.5164, ""}, {"Nuevo Laredo by the bridge", 27.4970, -99.5075, ""},
		{"Miguel Alemán", 26.4000, -99.0270, ""}, {"Reynosa", 26.0922, -98.2778, ""}, {"Matamoros", 25.8797, -97.5042, ""},
		{"Tsawwassen", 49.0056, -123.0670, ""}, {"White Rock", 49.0210, -122.8030, ""}, {"Vancouver", 49.2827, -123.1207, ""}, {"Victoria", 48.4284, -123.3656, ""},
		{"Abbotsford", 49.0504, -122.3045, ""}, {"Osoyoos", 49.0325, -119.4660, ""}, {"Coutts", 49.0010, -111.9600, ""},
		{"Emerson", 49.0060, -97.2140, ""}, {"Rainy River ON", 48.7210, -94.5660, ""}, {"Fort Frances", 48.6099, -93.3964, ""},
		{"Sault Ste. Marie ON", 46.5136, -84.3358, ""}, {"St. Joseph Island", 46.1800, -83.9500, ""}, {"Sarnia", 42.9745, -82.4066, ""},
		{"Point Edward", 42.9990, -82.4150, ""}, {"Walpole Island", 42.6150, -82.5060, ""}, {"Windsor", 42.3171, -83.0353, ""},
		{"Windsor riverfront", 42.3206, -83.0410, ""}, {"Amherstburg", 42.1000, -83.1090, ""}, {"Pelee Island", 41.7700, -82.6500, ""},
		{"Fort Erie", 42.9018, -78.9120, ""}, {"Fort Erie riverfront", 42.9060, -78.9110, ""}, {"Niagara Falls ON", 43.0896, -79.0849, ""},
		{"Table Rock", 43.0792, -79.0785, ""}, {"Niagara-on-the-Lake", 43.2550, -79.0710, ""}, {"Wolfe Island", 44.1800, -76.4300, ""},
		{"Gananoque", 44.3300, -76.1620, ""}, {"Brockville", 44.5895, -75.6843, ""}, {"Prescott", 44.7100, -75.5160, ""}, {"Cornwall", 45.0213, -74.7303, ""},
		{"Stanstead", 45.0080, -72.0950, ""}, {"Lacolle", 45.0830, -73.3670, ""}, {"Edmundston", 47.3737, -68.3251, ""}, {"Clair NB", 47.2560, -68.6070, ""},
		{"Woodstock NB", 46.1520, -67.5990, ""}, {"St. Stephen", 45.1920, -67.2770, ""}, {"Campobello, Welshpool", 44.8850, -66.9500, ""},
		{"St. Andrews NB", 45.0740, -67.0530, ""}, {"Beaver Creek YT", 62.3830, -140.8750, ""}, {"Stewart BC", 55.9360, -129.9900, ""},
		{"Soper's Hole, Tortola", 18.3880, -64.7030, ""}, {"Great Thatch", 18.3870, -64.7380, ""}, {"Road Town", 18.4270, -64.6200, ""}, {"Norman Island", 18.3180, -64.6180, ""},
		{"Jost Van Dyke", 18.4430, -64.7510, ""}, {"Big Diomede", 65.7800, -169.0600, ""}, {"Bimini", 25.7280, -79.2980, ""}, {"Apia", -13.8330, -171.7670, ""},

		{"San Ysidro", 32.5520, -117.0430, "06"}, {"Calexico", 32.6789, -115.4989, "06"}, {"Nogales AZ", 31.3404, -110.9343, "04"},
		{"El Paso", 31.7587, -106.4869, "48"}, {"El Paso by the bridge", 31.7490, -106.4835, "48"}, {"Laredo", 27.5064, -99.5075, "48"},
		{"Brownsville", 25.9017, -97.4975, "48"}, {"Eagle Pass", 28.7091, -100.4995, "48"}, {"Detroit riverfront", 42.3275, -83.0440, "26"},
		{"Port Huron", 42.9709, -82.4249, "26"}, {"Sault Ste. Marie MI", 46.4953, -84.3453, "26"}, {"Drummond Island", 46.0200, -83.7300, "26"},
		{"Niagara Falls NY", 43.0962, -79.0377, "36"}, {"Goat Island", 43.0810, -79.0690, "36"}, {"Buffalo", 42.8864, -78.8784, "36"},
		{"Ogdensburg", 44.6942, -75.4863, "36"}, {"Rouses Point", 44.9939, -73.3649, "36"}, {"Derby Line VT", 45.0030, -72.0990, "50"},
		{"Calais ME", 45.1880, -67.2780, "23"}, {"Eastport ME", 44.9060, -66.9900, "23"}, {"Lubec ME", 44.8600, -66.9840, "23"}, {"Madawaska ME", 47.3556, -68.3314, "23"},
		{"Blaine WA", 48.9937, -122.7470, "53"}, {"Point Roberts WA", 48.9880, -123.0560, "53"}, {"Angle Inlet MN", 49.3460, -95.0700, "27"},
		{"International Falls MN", 48.6010, -93.4110, "27"}, {"Hyder AK", 55.9169, -130.0250, "02"}, {"Skagway AK", 59.4583, -135.3139, "02"},
		{"Cruz Bay, St. John", 18.3310, -64.7940, "78"}, {"Coral Bay, St. John", 18.3480, -64.7160, "78"},
		{"Attu", 52.9030, 172.9090, "02"}, {"Little Diomede", 65.7540, -168.9280, "02"}, {"Adak", 51.8800, -176.6580, "02"},
		{"Honolulu", 21.3069, -157.8583, "15"}, {"Pago Pago", -14.2780, -170.7020, "60"}, {"Hagåtña", 13.4740, 144.7500, "66"}, {"Saipan", 15.1900, 145.7500, "69"},
		{"San Juan PR", 18.4655, -66.1057, "72"}, {"Washington DC", 38.8977, -77.0365, "11"}, {"Key West", 24.5551, -81.7800, "12"},
		{"1 km off Miami Beach", 25.7907, -80.1190, "12"}, {"1 km off Santa Monica", 33.9980, -118.5010, "06"}, {"1 km off Chicago", 41.8800, -87.6010, "17"},
		{"2 km off Cleveland", 41.5250, -81.7050, "39"}, {"Alcatraz", 37.8267, -122.4230, "06"}, {"Liberty Island", 40.6892, -74.0445, "36"}, {"Ellis Island, landfill", 40.6985, -74.0410, "34"},

		{"Imperial Beach pier", 32.5795, -117.1350, "06"}, {"Coronado ferry landing", 32.6995, -117.1690, "06"}, {"off South Padre Island", 26.0900, -97.1500, "48"}, {"Bellingham docks", 48.7560, -122.5030, "53"},
		{"Saturna Island", 48.7900, -123.1300, ""}, {"Tumbo Island", 48.7930, -123.0650, ""}, {"Gooch Island", 48.6640, -123.2890, ""}, {"D'Arcy Island", 48.5680, -123.2800, ""}, {"Moresby Island BC", 48.7170, -123.3170, ""},
		{"Playa Bagdad", 25.9400, -97.1520, ""}, {"off Playa Bagdad", 25.9300, -97.1350, ""}, {"Coronado Islands", 32.4000, -117.2450, ""},

		{"mid-Atlantic", 35, -50, ""}, {"London", 51.5, -0.12, ""}, {"null", 0, 0, ""}, {"North Pole", 90, 0, ""}, {"South Pole", -90, 180, ""},
		{"date line", 52, 180, ""}, {"date line, west", 52, -180, ""}, {"20 km off Miami", 25.79, -79.93, ""}, {"middle of Lake Michigan", 43.0, -87.0, ""},
		{"NaN", math.NaN(), -90, ""}, {"NaN lon", 40, math.NaN(), ""}, {"infinite", math.Inf(1), math.Inf(-1), ""}, {"swapped", -90, 40, ""}, {"too far east", 40, 270, ""}, {"huge", 1e300, -1e300, ""},
	} {
		p := x.Place(town.lat, town.lon)
		got := ""
		if p.Where != Outside {
			got = x.GEOID(p.District)[:2]
		}
		if got != town.state {
			d, m, ok := x.Nearest(town.lat, town.lon)
			t.Errorf("%s: %s in %q, not %q (nearest %s, %.0f m, %v; reach %.0f m)", town.name, p.Where, got, town.state, x.GEOID(d), m, ok, Reach(town.lat, town.lon))
		}
	}
}

// The coarse borders are where the country ends: by each point of theirs runs a
// district's line, and no stretch strays farther from one than clear allows.
func TestBordersAreWhereTheCountryEnds(t *testing.T) {
	x := index119(t)
	for _, b := range borders {
		if b.line[0][0] < 19 {
			continue // St. John's runs through open water
		}
		for i, p := range b.line {
			if _, m, ok := x.Nearest(p[0], p[1]); (!ok || m > 500) && p[1] != -123.32 {
				t.Errorf("%v is %.0f m (%v) from any district's line", p, m, ok)
			}
			if i > 0 && b.line[i-1][1] != -123.32 { // that is in the strait
				q := b.line[i-1]
				for _, s := range []float64{.3, .6} {
					lat, lon := p[0]+s*(q[0]-p[0]), p[1]+s*(q[1]-p[1])
					if d := x.slowDistance(lat, lon); d > b.clear/2 {
						t.Errorf("between %v and %v the border strays %.0f m", q, p, d)
					}
				}
			}
		}
	}
}

// The borders that are kept narrow have no line of the country's edge far from
// them: from El Paso to the Pacific, and along the 49th parallel.
func TestNarrowBordersHoldAllOfTheEdge(t *testing.T) {
	set := congress119(t)
	users := make([]int, len(set.arcs))
	for _, d := range set.Districts {
		for _, p := range d.polygons {
			for _, r := range p {
				for _, ref := range r {
					users[max(ref, ^ref)]++
				}
			}
		}
	}
	tried := 0
	for i, arc := range set.arcs {
		if users[i] > 1 {
			continue
		}
		for _, v := range arc {
			lat, lon := set.grid.degrees(v)
			south := lat < 32.8 && lon > -117.12 && lon < -106.53
			north := lat > 48.99 && lon > -122.75 && lon < -95.16
			mouth := lat > 25.8 && lat < 25.99 && lon > -97.5 && lon < -97.15
			if south && !(lat > 32.55 && lon < -117.1) || north || mouth { // but San Diego's bay
				tried++
				near := false
				for _, b := range borders {
					if narrow := (border{clear: b.clear - offCoast - 1_000, line: b.line}); narrow.isClose(lat, lon) {
						near = true
					}
				}
				if !near {
					t.Errorf("(%.3f, %.3f) is on the edge of the country, but by no border", lat, lon)
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d points", tried)
	}
}

// slowDistance is the distance to the nearest line, however far.
func (x *Index) slowDistance(lat, lon float64) float64 {
	gx, gy, _ := x.onGrid(lat, lon)
	east, north := metersPerDegree(lat)
	best := math.Inf(1)
	for _, e := range x.edges {
		best = min(best, e.squared(gx, gy, east*x.set.grid.scale[0], north*x.set.grid.scale[1]))
	}
	return math.Sqrt(best)
}

// Members' offices stand where people are. Each must be found, in the right
// state.
func TestDistrictOfficesAreFound(t *testing.T) {
	x := index119(t)
	folder := refdatatest.Folder(t)
	var people []struct {
		Offices []struct {
			ID, State string
			Latitude  float64
			Longitude float64
		}
	}
	data, err := os.ReadFile(filepath.Join(folder, "congress", "legislators-district-offices.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &people); err != nil {
		t.Fatal(err)
	}
	n, offshore := 0, 0
	wrong := map[string]string{}
	for _, p := range people {
		for _, o := range p.Offices {
			if o.Latitude == 0 {
				continue
			}
			n++
			at := x.Place(o.Latitude, o.Longitude)
			switch at.Where {
			case Outside:
				wrong[o.ID] = "outside"
			case Offshore:
				offshore++
				t.Logf("%s is %.0f m off", o.ID, at.Meters)
				fallthrough
			case Inside:
				if s := x.GEOID(at.District)[:2]; stateCode[s] != o.State {
					wrong[o.ID] = o.State + " is found in " + s
				}
			}
		}
	}
	t.Logf("%d offices, %d of them off the map's shore, %d elsewhere: %v", n, offshore, len(wrong), wrong)
	if n < 1_000 || len(wrong)*200 > n { // the source has a few wrong places
		t.Errorf("%d of %d offices are not where they are said to be", len(wrong), n)
	}
}

// stateCode is the postal code for a FIPS code.
var stateCode = func() map[string]string {
	out := map[string]string{}
	for _, s := range strings.Fields("01AL 02AK 04AZ 05AR 06CA 08CO 09CT 10DE 11DC 12FL 13GA 15HI 16ID 17IL 18IN 19IA 20KS 21KY 22LA 23ME 24MD 25MA 26MI 27MN 28MS 29MO 30MT 31NE 32NV 33NH 34NJ 35NM 36NY 37NC 38ND 39OH 40OK 41OR 42PA 44RI 45SC 46SD 47TN 48TX 49UT 50VT 51VA 53WA 54WV 55WI 56WY 60AS 66GU 69MP 72PR 78VI") {
		out[s[:2]] = s[2:]
	}
	return out
}()
