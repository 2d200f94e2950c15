package civics

import (
	"slices"
	"strings"
)

// overlay finds the divisions that no map or table places: New Hampshire's House
// districts that lie over others (its constitution, part 2, article 11), by their
// county, and the wards of the District of Columbia.
func (x *index) overlay() {
	x.overlays = map[string][]int32{}
	for i, d := range x.divisions {
		switch {
		case d.Level != State || d.CensusCode != "":
		case d.State == "NH" && d.Chamber == Lower:
			county := countyOf(d.District)
			x.overlays[county] = append(x.overlays[county], int32(i))
		case d.State == "DC":
			x.wards = append(x.wards, int32(i))
		}
	}
	inOrder := func(a, b int32) int { return compareDivisions(x.divisions[a], x.divisions[b]) }
	for _, list := range x.overlays {
		slices.SortFunc(list, func(a, b int32) int {
			return compareDistricts(numberIn(x.divisions[a].District), numberIn(x.divisions[b].District))
		})
	}
	slices.SortFunc(x.wards, inOrder)
}

// countyOf is the county in the name of one of New Hampshire's districts:
// "Belknap" of "Belknap 1".
func countyOf(district string) string {
	if i := strings.LastIndexByte(district, ' '); i > 0 {
		return district[:i]
	}
	return district
}

// numberIn is what follows the county in such a name.
func numberIn(district string) string { return district[strings.LastIndexByte(district, ' ')+1:] }
