package civics

import (
	"cmp"
	"math"
	"slices"
)

// zipPlace is a ZIP code whose place on the map is known, since an office with
// coordinates stands in it.
type zipPlace struct {
	zip      int
	lat, lon float64
}

// zipPlaces lists the ZIP codes that offices place, in order.
func zipPlaces(offices []OfficeRow) []zipPlace {
	var list []zipPlace
	for _, o := range offices {
		if len(o.Zip) >= 5 && PlainZip(o.Zip[:5]) && (o.Lat != 0 || o.Lon != 0) {
			list = append(list, zipPlace{zipNumber(o.Zip[:5]), o.Lat, o.Lon})
		}
	}
	slices.SortFunc(list, func(a, b zipPlace) int { return cmp.Compare(a.zip, b.zip) })
	return list
}

// placeOf estimates where a ZIP code lies: by the places known of its own digits,
// else of those around it with the same first three, which name a region: the
// nearer in number, the more they count. rough: none of either is known, and the
// place is that of the ZIP codes with which it shares districts. False when
// nothing is known.
func (x *index) placeOf(zip int) (lat, lon float64, rough, ok bool) {
	first, _ := slices.BinarySearchFunc(x.places, zip/100*100, func(p zipPlace, n int) int { return cmp.Compare(p.zip, n) })
	var sum, total [2]float64 // exact, then estimated: latitude and longitude are summed apart
	var exact, weight float64
	for _, p := range x.places[first:] {
		if p.zip/100 != zip/100 {
			break
		}
		if p.zip == zip {
			exact++
			sum[0], sum[1] = sum[0]+p.lat, sum[1]+p.lon
		}
		w := 1 / float64(1+abs(p.zip-zip))
		weight += w
		total[0], total[1] = total[0]+w*p.lat, total[1]+w*p.lon
	}
	switch {
	case exact > 0:
		return sum[0] / exact, sum[1] / exact, false, true
	case weight > 0:
		return total[0] / weight, total[1] / weight, false, true
	case x.spreadPlaces == nil:
		return 0, 0, false, false
	}
	at := x.spreadPlaces()[zip]
	return at.lat, at.lon, true, at.weight > 0
}

// mean is a mean place in the making.
type mean struct{ lat, lon, weight float64 }

func (m *mean) add(o mean, weight float64) {
	if o.weight > 0 {
		m.lat, m.lon, m.weight = m.lat+weight*o.lat/o.weight, m.lon+weight*o.lon/o.weight, m.weight+weight
	}
}

// How places are spread: the rounds after which they hardly move any more, and
// how much more a known place counts than an estimated one.
const (
	spreadRounds = 25
	spreadKnown  = 3
)

// spread estimates the places of all ZIP codes from those known: each lies in the
// middle of the districts that it touches and of its region, and each of those
// in the middle of its ZIP codes. The fewer ZIP codes one has, the smaller it is
// and the more it counts, by the square. Against known places that were hidden
// from it, half of its estimates are within 50 km, and nine of ten within 175.
func (x *index) spread() []mean {
	size := make([]float64, len(x.divisions)+zipCodes/100)
	var zips []int
	around := make(map[int][]int32, zipCodes/3)
	for zip := range zipCodes {
		if touched := x.zip(zip); len(touched) > 0 {
			groups := append(slices.Clone(touched), int32(len(x.divisions)+zip/100))
			for _, g := range groups {
				size[g]++
			}
			zips, around[zip] = append(zips, zip), groups
		}
	}
	at, known := make([]mean, zipCodes), make([]mean, zipCodes)
	for _, p := range x.places {
		known[p.zip].add(mean{p.lat, p.lon, 1}, 1)
	}
	groups := make([]mean, len(size))
	for range spreadRounds {
		clear(groups)
		for _, zip := range zips {
			place, weight := at[zip], 1.0
			if known[zip].weight > 0 {
				place, weight = known[zip], spreadKnown
			}
			for _, g := range around[zip] {
				groups[g].add(place, weight)
			}
		}
		for _, zip := range zips {
			var m mean
			for _, g := range around[zip] {
				m.add(groups[g], 1/(size[g]*size[g]))
			}
			if m.weight > 0 {
				at[zip] = mean{m.lat / m.weight, m.lon / m.weight, 1}
			}
		}
	}
	return at
}

func abs(n int) int { return max(n, -n) }

// NearestToZIP puts offices in the order of their distance from a ZIP code, as
// far as its place can be told. False when it can't, and the order is as it was,
// or when it can only be told so roughly that two offices could as well be
// nearest. Offices without coordinates are placed by their own ZIP code, or come
// last.
func (a *Atlas) NearestToZIP(zip string, offices []Office) ([]Office, bool) {
	if !PlainZip(zip) {
		return offices, false
	}
	x := a.current()
	lat, lon, rough, ok := x.placeOf(zipNumber(zip))
	if !ok {
		return offices, false
	}
	list := x.byDistance(lat, lon, offices)
	sure := !rough || len(list) < 2 || list[0].meters <= roughly*list[1].meters
	return bare(list), sure
}

// roughly is how much nearer the first office must be than the second to be
// called nearest to a place that is only roughly known: then six of seven are.
const roughly = 0.4

// Nearest puts offices in the order of their distance from a point.
func (a *Atlas) Nearest(lat, lon float64, offices []Office) []Office {
	return bare(a.current().byDistance(lat, lon, offices))
}

// distant is an office and how far away it is; infinitely, when nobody knows
// where it stands.
type distant struct {
	office Office
	meters float64
}

func (x *index) byDistance(lat, lon float64, offices []Office) []distant {
	list := make([]distant, len(offices))
	for i, o := range offices {
		list[i] = distant{o, math.Inf(1)}
		at, on := o.Lat, o.Lon
		known := at != 0 || on != 0
		if !known && len(o.Zip) >= 5 && PlainZip(o.Zip[:5]) {
			at, on, _, known = x.placeOf(zipNumber(o.Zip[:5]))
		}
		if known {
			list[i].meters = distance(lat, lon, at, on)
		}
	}
	slices.SortStableFunc(list, func(a, b distant) int { return cmp.Compare(a.meters, b.meters) })
	return list
}

func bare(list []distant) []Office {
	offices := make([]Office, len(list))
	for i, d := range list {
		offices[i] = d.office
	}
	return offices
}

// earthRadius is the mean radius in meters (IUGG).
const earthRadius = 6_371_009

// distance is the great-circle distance in meters, by the haversine formula.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const radian = math.Pi / 180
	sinLat, sinLon := math.Sin((lat2-lat1)*radian/2), math.Sin((lon2-lon1)*radian/2)
	h := sinLat*sinLat + math.Cos(lat1*radian)*math.Cos(lat2*radian)*sinLon*sinLon
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, h)))
}
