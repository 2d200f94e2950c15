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
		if len(o.Zip) >= 5 && plainZip(o.Zip[:5]) && (o.Lat != 0 || o.Lon != 0) {
			list = append(list, zipPlace{zipNumber(o.Zip[:5]), o.Lat, o.Lon})
		}
	}
	slices.SortFunc(list, func(a, b zipPlace) int { return cmp.Compare(a.zip, b.zip) })
	return list
}

// place estimates where a ZIP code lies: by the places known of its own digits,
// else of those around it with the same first three, which name a region. The
// nearer in number, the more they count. False when nothing near is known.
func (x *index) placeOf(zip int) (lat, lon float64, ok bool) {
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
		return sum[0] / exact, sum[1] / exact, true
	case weight > 0:
		return total[0] / weight, total[1] / weight, true
	}
	return 0, 0, false
}

func abs(n int) int { return max(n, -n) }

// NearestToZIP puts offices in the order of their distance from a ZIP code, as
// far as its place can be told; false when it can't and the order is as it was.
// Offices without coordinates are placed by their own ZIP code, or come last.
func (a *Atlas) NearestToZIP(zip string, offices []Office) ([]Office, bool) {
	if !plainZip(zip) {
		return offices, false
	}
	lat, lon, ok := a.current().placeOf(zipNumber(zip))
	if !ok {
		return offices, false
	}
	return a.Nearest(lat, lon, offices), true
}

// Nearest puts offices in the order of their distance from a point.
func (a *Atlas) Nearest(lat, lon float64, offices []Office) []Office {
	x := a.current()
	type placed struct {
		office Office
		meters float64
	}
	list := make([]placed, len(offices))
	for i, o := range offices {
		list[i] = placed{o, math.Inf(1)}
		at, on := o.Lat, o.Lon
		known := at != 0 || on != 0
		if !known && len(o.Zip) >= 5 && plainZip(o.Zip[:5]) {
			at, on, known = x.placeOf(zipNumber(o.Zip[:5]))
		}
		if known {
			list[i].meters = distance(lat, lon, at, on)
		}
	}
	slices.SortStableFunc(list, func(a, b placed) int { return cmp.Compare(a.meters, b.meters) })
	sorted := make([]Office, len(list))
	for i, p := range list {
		sorted[i] = p.office
	}
	return sorted
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
