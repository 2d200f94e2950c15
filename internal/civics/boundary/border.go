package boundary

import "math"

// How far off a district's line a point in no district still counts as there, in
// meters. The map ends at the shoreline, simplified to 1:500,000: piers, beaches,
// small islands and boats at anchor lie outside of it, and so do the middles of
// some coastal ZIP codes. There, 3 km is much more than the map's error and much
// less than the way to any foreign shore.
//
// By a land or river border nothing separates the map's line from another
// country's towns, and a person there must never be told that they have a
// representative in Congress. The published line runs along the border itself (in
// rivers, along their middle), so every point on our side is inside and no more
// is allowed than the rounding of coordinates needs.
const (
	offCoast = 3_000.0
	atBorder = 20.0
)

// Reach is how far off a district's line, in meters, a point in no district
// still counts as there: 3 km off a coast, 20 m where another country is close.
func Reach(lat, lon float64) float64 {
	for i := range borders {
		if borders[i].isClose(lat, lon) {
			return atBorder
		}
	}
	return offCoast
}

// border is the coarse course of a border, as latitude and longitude. The points
// are on it; between them it strays from the straight line, up to 16 km where it
// is a river or a ridge, up to 4 km where surveyors drew it. clear is how far from
// that line, in meters, another country is out of offCoast's reach: more than both
// together. It is kept small where a border meets a coast with towns, so that the
// piers of San Diego and Bellingham are not taken for abroad.
type border struct {
	clear float64
	line  [][2]float64
}

// The borders with Canada and Mexico where they run over land, along rivers or
// between islands, and with the British Virgin Islands. In the open Great Lakes
// and at sea both shores are far apart, so that the line is left out there: Lake
// Superior, Huron, Erie and Ontario, the straits south of Vancouver Island, Dixon
// Entrance. (Big Diomede is 3.8 km from Little Diomede, out of reach.)
var borders = []border{
	{clear: 5_000, line: [][2]float64{ // California
		{32.534, -117.124}, {32.719, -114.720},
	}},
	{clear: 10_000, line: [][2]float64{ // Colorado River, Arizona, New Mexico
		{32.719, -114.720}, {32.494, -114.814}, {31.332, -111.075},
		{31.333, -108.209}, {31.784, -108.208}, {31.783, -106.528},
	}},
	{clear: 40_000, line: [][2]float64{ // Rio Grande
		{31.783, -106.528}, {31.761, -106.445}, {31.465, -106.205}, {31.065, -105.596}, {30.605, -104.925}, {29.911, -104.674},
		{29.564, -104.396}, {29.320, -104.038}, {29.158, -103.554}, {28.975, -103.151}, {29.180, -102.950},
		{29.748, -102.553}, {29.790, -102.377}, {29.790, -101.462}, {29.326, -100.921}, {28.700, -100.511},
		{28.197, -100.212}, {27.499, -99.510}, {26.890, -99.326}, {26.401, -99.017}, {26.247, -98.617},
		{26.072, -98.249}, {25.881, -97.497},
	}},
	{clear: 12_000, line: [][2]float64{ // Rio Grande, to its mouth
		{25.881, -97.497}, {25.956, -97.147},
	}},
	{clear: 10_000, line: [][2]float64{ // Point Roberts, 49th parallel
		{49.000, -123.320}, {49.002, -123.091}, {48.999, -95.154},
	}},
	{clear: 40_000, line: [][2]float64{ // Northwest Angle
		{48.999, -95.154}, {49.384, -95.153}, {49.369, -94.952}, {48.863, -94.690},
		// Rainy River, Boundary Waters, Pigeon River
		{48.718, -94.590}, {48.604, -93.399}, {48.522, -92.628}, {48.220, -92.369}, {48.321, -92.000},
		{48.065, -91.379}, {48.202, -90.835}, {48.100, -90.762}, {48.085, -90.024}, {47.999, -89.569},
	}},
	{clear: 40_000, line: [][2]float64{ // St. Marys River to Drummond Island
		{46.485, -84.631}, {46.508, -84.344}, {46.241, -84.108}, {46.092, -83.985}, {46.070, -83.573}, {45.927, -83.512},
	}},
	{clear: 40_000, line: [][2]float64{ // St. Clair and Detroit Rivers
		{43.040, -82.444}, {42.606, -82.525}, {42.385, -82.898}, {42.321, -83.050}, {42.052, -83.187},
	}},
	{clear: 40_000, line: [][2]float64{ // Niagara River
		{42.877, -78.890}, {43.078, -79.074}, {43.262, -79.070},
	}},
	{clear: 40_000, line: [][2]float64{ // St. Lawrence River
		{44.101, -76.371}, {44.199, -76.313}, {44.344, -75.973}, {44.705, -75.506}, {44.994, -74.757},
		// New York, Vermont, New Hampshire
		{44.998, -74.723}, {45.013, -71.501},
		// Maine, to Lubec
		{45.253, -71.357}, {45.296, -70.912}, {45.404, -70.819}, {45.729, -70.397}, {45.918, -70.258},
		{46.189, -70.290}, {46.415, -70.057}, {46.699, -69.994}, {47.457, -69.220}, {47.428, -69.044},
		{47.181, -68.899}, {47.360, -68.330}, {47.068, -67.791}, {45.938, -67.780}, {45.597, -67.448},
		{45.294, -67.466}, {45.132, -67.129}, {44.898, -66.984},
	}},
	{clear: 40_000, line: [][2]float64{ // Alaska: 141st meridian, panhandle
		{69.646, -141.001}, {60.306, -141.002}, {60.088, -139.199}, {59.789, -138.647}, {58.909, -137.525},
		{59.466, -136.477}, {59.798, -135.479}, {59.321, -135.003}, {58.431, -133.377}, {56.976, -132.077},
		{56.096, -130.246}, {55.907, -130.004}, {55.028, -130.222}, {54.723, -130.657},
	}},
	{clear: 10_000, line: [][2]float64{ // St. John and Tortola: The Narrows
		{18.450, -64.830}, {18.400, -64.780}, {18.375, -64.720}, {18.355, -64.680}, {18.320, -64.645},
	}},
}

// isClose reports whether a point lies within clear of the line, in the plane
// that touches the globe at the point.
func (b *border) isClose(lat, lon float64) bool {
	east, north := metersPerDegree(lat)
	for i := 1; i < len(b.line); i++ {
		from, to := b.line[i-1], b.line[i]
		ax, ay := (from[1]-lon)*east, (from[0]-lat)*north
		dx, dy := (to[1]-from[1])*east, (to[0]-from[0])*north
		t := -(ax*dx + ay*dy) / (dx*dx + dy*dy)
		t = max(0, min(1, t))
		if math.Hypot(ax+t*dx, ay+t*dy) <= b.clear {
			return true
		}
	}
	return false
}
