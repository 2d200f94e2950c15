package civics

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
)

// local are the offices of a member of Congress outside Washington.
func local(t *testing.T, a *Atlas, id string) []Office {
	t.Helper()
	o, ok := a.Official(id)
	if !ok {
		t.Fatalf("%s is nobody", id)
	}
	return keep(o.Offices, func(o Office) bool { return o.Kind == OfficeDistrict })
}

// Real members with several offices: the nearest is the one that a person there
// would name.
func TestNearestOfficeOfRealMembers(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	for _, c := range []struct{ member, zip, city string }{
		{"bioguide:B001267", "80203", "Denver"}, // Bennet, Colorado
		{"bioguide:B001267", "80302", "Denver"}, // Boulder
		{"bioguide:B001267", "80903", "Colorado Springs"},
		{"bioguide:B001267", "81003", "Pueblo"},
		{"bioguide:B001267", "80521", "Fort Collins"},
		{"bioguide:B001267", "81501", "Grand Junction"},
		{"bioguide:B001267", "81301", "Durango"},
		{"bioguide:H000273", "80903", "Colorado Springs"}, // Hickenlooper
		{"bioguide:C001056", "79901", "Lubbock"},          // Cornyn, Texas: no office in El Paso
		{"bioguide:C001056", "77002", "Houston"},
		{"bioguide:C001056", "78205", "San Antonio"},
		{"bioguide:C001056", "79401", "Lubbock"},
		{"bioguide:C001056", "75701", "Tyler"},
		{"bioguide:C001098", "78501", "McAllen"},   // Cruz
		{"bioguide:P000145", "92101", "San Diego"}, // Padilla, California
		{"bioguide:P000145", "94102", "San Francisco"},
		{"bioguide:P000145", "93721", "Fresno"},
		{"bioguide:P000145", "95814", "Sacramento"},
		{"bioguide:M001153", "99501", "Anchorage"}, // Murkowski, Alaska
		{"bioguide:M001153", "99701", "Fairbanks"},
		{"bioguide:M001153", "99801", "Juneau"},
		{"bioguide:M001153", "99901", "Ketchikan"},
		{"bioguide:D000618", "59101", "Billings"}, // Daines, Montana
		{"bioguide:D000618", "59801", "Missoula"},
		{"bioguide:D000618", "59401", "Great Falls"},
	} {
		offices := local(t, a, c.member)
		sorted, ok := a.NearestToZIP(c.zip, offices)
		if !ok || len(sorted) != len(offices) || sorted[0].City != c.city {
			t.Errorf("%s, %s: %s first (%v), want %s", c.member, c.zip, sorted[0].City, ok, c.city)
		}
	}
}

func TestNearestLeavesTheOrderWhenItCannotTell(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	offices := local(t, a, "bioguide:B001267")
	before := slices.Clone(offices)
	for _, zip := range []string{"00000", "", "8020", "ABCDE"} {
		sorted, ok := a.NearestToZIP(zip, offices)
		if ok || !slices.Equal(sorted, before) {
			t.Errorf("%q has a place", zip)
		}
	}
	if _, ok := a.NearestToZIP("80203", offices); !ok || !slices.Equal(offices, before) {
		t.Error("the offices that were given have moved")
	}
	nowhere := []Office{{City: "A"}, {City: "B", Zip: "80903"}}
	if sorted, ok := a.NearestToZIP("80203", nowhere); !ok || sorted[0].City != "B" {
		t.Errorf("an office without a place comes first: %v", sorted)
	}
	if list, ok := a.NearestToZIP("80203", nil); !ok || len(list) != 0 {
		t.Errorf("no offices: %v", list)
	}
}

// Places of offices that are hidden from the estimate judge it: of members with
// several offices, the one it calls nearest is, or is nearly so.
func TestNearestAgainstHiddenPlaces(t *testing.T) {
	t.Parallel()
	shipped := shippedAtlas(t).current()
	members := map[string][]*Official{}
	for _, o := range shipped.officials {
		if o.Level == Federal && o.Chamber == Senate && !o.Vacant && !o.Serves.Left {
			members[o.State] = append(members[o.State], o)
		}
	}
	right, wrong, unsure := map[bool]int{}, map[bool]int{}, 0
	for fold := range 10 {
		hidden, x := hide(shipped, func(zip int) bool { return zip%10 == fold })
		a := newAtlas(nil, []Option{clockAt(today)})
		a.index.Store(x)
		for _, p := range hidden {
			touched := x.zip(p.zip)
			_, _, rough, _ := x.placeOf(p.zip)
			if len(touched) == 0 {
				continue
			}
			for _, o := range members[x.divisions[touched[0]].State] {
				offices := keep(o.Offices, func(o Office) bool { return o.Kind == OfficeDistrict && o.Lat != 0 && zipNumber(o.Zip[:5]) != p.zip })
				if len(offices) < 2 {
					continue
				}
				sorted, ok := a.NearestToZIP(fmt.Sprintf("%05d", p.zip), offices)
				if !ok {
					unsure++
					continue
				}
				best := math.Inf(1)
				for _, o := range offices {
					best = min(best, distance(p.lat, p.lon, o.Lat, o.Lon))
				}
				if distance(p.lat, p.lon, sorted[0].Lat, sorted[0].Lon) < best+5000 {
					right[rough]++
				} else {
					wrong[rough]++
				}
			}
		}
	}
	t.Logf("right %v, wrong %v, by whether the place is rough; can't tell %d", right, wrong, unsure)
	for rough, least := range map[bool]int{false: 90, true: 80} {
		if n := right[rough] + wrong[rough]; n < 300 || right[rough]*100 < n*least {
			t.Errorf("rough %v: the nearest office is right %d times of %d", rough, right[rough], n)
		}
	}
}

// hide is an index that knows fewer places, and those that it lacks.
func hide(x *index, out func(zip int) bool) (hidden []zipPlace, less *index) {
	less = &index{
		until: x.until, divisions: x.divisions, zipStart: x.zipStart, zipList: x.zipList, prefixes: x.prefixes,
		places: keep(x.places, func(p zipPlace) bool { return !out(p.zip) }),
	}
	less.spreadPlaces = sync.OnceValue(less.spread)
	return keep(x.places, func(p zipPlace) bool { return out(p.zip) }), less
}
