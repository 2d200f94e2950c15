package letter

import (
	"slices"
	"strings"
	"sync"
	"time"

	"redress/internal/civics"
)

// Zone is a time zone of the United States by the name that people there use; its
// words are in the catalog under "call.zone".
type Zone string

// The zones.
const (
	ZoneAtlantic Zone = "atlantic" // Puerto Rico and the U.S. Virgin Islands
	ZoneEastern  Zone = "eastern"
	ZoneCentral  Zone = "central"
	ZoneMountain Zone = "mountain"
	ZoneArizona  Zone = "arizona" // Mountain time without summer time
	ZonePacific  Zone = "pacific"
	ZoneAlaska   Zone = "alaska"
	ZoneAleutian Zone = "aleutian" // the western Aleutian Islands
	ZoneHawaii   Zone = "hawaii"
	ZoneSamoa    Zone = "samoa"
	ZoneChamorro Zone = "chamorro" // Guam and the Northern Mariana Islands
)

const zoneUnknown Zone = ""

// zoneNames are the zones in the tz database.
var zoneNames = map[Zone]string{
	ZoneAtlantic: "America/Puerto_Rico", ZoneEastern: "America/New_York", ZoneCentral: "America/Chicago", ZoneMountain: "America/Denver",
	ZoneArizona: "America/Phoenix", ZonePacific: "America/Los_Angeles", ZoneAlaska: "America/Anchorage", ZoneAleutian: "America/Adak",
	ZoneHawaii: "Pacific/Honolulu", ZoneSamoa: "Pacific/Pago_Pago", ZoneChamorro: "Pacific/Guam",
}

var zoneLocations = sync.OnceValue(func() map[Zone]*time.Location {
	all := make(map[Zone]*time.Location, len(zoneNames))
	for zone, name := range zoneNames {
		location, err := time.LoadLocation(name)
		if err != nil {
			continue // no tz database: of such offices only the hours are told
		}
		all[zone] = location
	}
	return all
})

func (z Zone) location() *time.Location { return zoneLocations()[z] }

// ZoneOf is the time zone of an office; false when it can't be told for sure.
//
// A state's zone is that of its offices. In the states that two zones share, the
// office's ZIP code decides: zonesByZip names, by ZIP code or its first three
// digits, what lies in the smaller part, and what lies so close to the line, or
// keeps another clock than the law's, that nobody can say from here. Nearly every
// office has a ZIP code, and fewer have coordinates, so these aren't asked. An
// office without a ZIP code in such a state is not placed. The legislature's own
// offices stand in the capital, in the zone of most of its state in all of them.
func ZoneOf(office civics.Office) (Zone, bool) {
	zone, shared := zoneOfState(office.State)
	if zip := office.Zip; shared && len(zip) >= 5 && civics.PlainZip(zip[:5]) {
		if exact, listed := zonesByZip()[zip[:5]]; listed {
			zone = exact
		} else if area, listed := zonesByZip()[zip[:zipArea]]; listed {
			zone = area
		}
	} else if shared && office.Kind != civics.OfficeCapitol {
		return zoneUnknown, false
	}
	return zone, zone != zoneUnknown && zone.location() != nil
}

// zoneOfState is the zone of a state, or of its larger part when two share it.
func zoneOfState(code string) (zone Zone, shared bool) {
	for _, of := range zonesOfStates {
		if slices.Contains(strings.Fields(of.states), code) {
			return of.zone, of.shared
		}
	}
	return zoneUnknown, false
}

// zonesOfStates follow 49 CFR part 71 for the states and the Uniform Time Act's
// exemptions for those without summer time.
var zonesOfStates = []struct {
	zone   Zone
	shared bool
	states string
}{
	{ZoneEastern, false, "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV"},
	{ZoneEastern, true, "FL IN KY MI"},
	{ZoneCentral, false, "AR IA IL LA MN MO MS OK WI"},
	{ZoneCentral, true, "AL KS ND NE SD TN TX"},
	{ZoneMountain, false, "CO MT NM UT WY"},
	{ZoneMountain, true, "ID"},
	{ZoneArizona, true, "AZ"},
	{ZonePacific, false, "CA WA"},
	{ZonePacific, true, "NV OR"},
	{ZoneAlaska, true, "AK"},
	{ZoneHawaii, false, "HI"},
	{ZoneAtlantic, false, "PR VI"},
	{ZoneSamoa, false, "AS"},
	{ZoneChamorro, false, "GU MP"},
}

// zonesByZip are the exceptions in the states that two zones share: three digits
// stand for all ZIP codes that begin with them, unless a whole one is listed. They
// follow the counties that 49 CFR 71.4 to 71.14 name; each ZIP code was held
// against the tz database's map at its own place and 7 km around.
var zonesByZip = sync.OnceValue(func() map[string]Zone {
	all := map[string]Zone{}
	for _, of := range zipZones {
		for _, zip := range strings.Fields(of.zips) {
			all[zip] = of.zone
		}
	}
	return all
})

var zipZones = []struct {
	zone Zone
	zips string
}{
	// Alabama: towns across the river from Columbus and West Point, Georgia, keep
	// Eastern time by custom.
	{zoneUnknown, "36854 36863 36867 36868 36869 36870 36874 36877"},
	// Alaska: Adak and Atka; Hyder keeps the time of its Canadian neighbor.
	{ZoneAleutian, "99546 99547"},
	{zoneUnknown, "99923"},
	// Arizona: the Navajo Nation keeps summer time, and the rest, with the Hopi land
	// inside it, doesn't.
	{ZoneMountain, "86020 86033 86035 86044 86045 86053 86054 86503 86504 86505 86507 86510 86511 86514 86515 86535 86538 86540 86544 86545 86547 86556"},
	{zoneUnknown, "86016 86028 86031 86040 86047 865"},
	// Florida: west of the Apalachicola; Port St. Joe is Eastern.
	{ZoneCentral, "324 325"},
	{ZoneEastern, "32456 32457"},
	{zoneUnknown, "32324 32410"},
	// Idaho: north of the Salmon River.
	{ZonePacific, "835 838"},
	{ZoneMountain, "83547 83549"},
	{zoneUnknown, "83542 83554"},
	// Indiana: twelve counties around Gary and Evansville.
	{ZoneCentral, "463 464 476 477 46531 46532 46534 46968 47514 47515 47520 47523 47525 47531 47536 47537 47550 47551 47552 47556 47574 47576 47577 47579 47586 47588 47922 47943 47948 47951 47963 47964 47977 47978"},
	{zoneUnknown, "46511 46574 46960 46366 46374 47513 47532 47137 47640 47654 47660"},
	// Kansas: Sherman, Wallace, Greeley and Hamilton Counties.
	{ZoneMountain, "67733 67735 67741 67758 67761 67762 67836 67878 67879"},
	{zoneUnknown, "67732 67857"},
	// Kentucky: the west.
	{ZoneCentral, "420 421 422 423 424 40111 40119 40140 40143 40144 40152 40153 40170 40171 40178 42602 42629 42642 42713 42715 42717 42721 42722 42726 42728 42729 42731 42741 42742 42743 42746 42749 42753 42754 42755 42759 42762 42765 42782"},
	{zoneUnknown, "40115 40142 40145 40146 40157 40161 40176 42528 42603 42712 42720 42757 42764 42784 42788"},
	// Michigan: Gogebic, Iron, Dickinson and Menominee Counties.
	{ZoneCentral, "49801 49802 49812 49815 49821 49831 49834 49847 49848 49852 49858 49863 49870 49873 49874 49876 49877 49881 49886 49887 49892 49893 49902 49903 49911 49915 49920 49927 49935 49938 49947 49959 49964 49968 49969"},
	{zoneUnknown, "49845 49896"},
	// Nebraska: the Panhandle and what borders it.
	{ZoneMountain, "693 69021 69023 69027 69030 69033 69037 69041 69121 69122 69125 69127 69128 69129 69131 69133 69134 69140 69141 69144 69145 69146 69147 69148 69149 69150 69152 69153 69154 69155 69156 69160 69162 69168 69190 69211 69216 69218 69219"},
	{zoneUnknown, "69045 69161 69169"},
	// Nevada: West Wendover; Jackpot and its neighbors keep Idaho's time by custom.
	{ZoneMountain, "89883"},
	{zoneUnknown, "89825 89832"},
	// North Dakota: the southwest.
	{ZoneMountain, "586 58529 58533 58562"},
	{ZoneCentral, "58631"},
	{zoneUnknown, "58528 58535 58538 58564 58568 58569 58570 58625 58638 58838"},
	// Oregon: most of Malheur County.
	{ZoneMountain, "979"},
	{ZonePacific, "97904 97905"},
	{zoneUnknown, "97907"},
	// South Dakota: the west; Fort Pierre keeps the time of Pierre across the river.
	{ZoneMountain, "576 577 57521 57537 57543 57547 57551 57552 57553 57567 57574 57577"},
	{ZoneCentral, "57601 57631 57632 57646 57648"},
	{zoneUnknown, "57532 57560 57659"},
	// Tennessee: the east.
	{ZoneEastern, "373 374 376 377 378 379"},
	{ZoneCentral, "37301 37305 37306 37313 37318 37324 37327 37328 37330 37334 37335 37339 37342 37345 37347 37348 37349 37352 37355 37356 37357 37359 37360 37365 37366 37367 37374 37375 37376 37378 37380 37382 37383 37387 37388 37389 37394 37397 37398 37723"},
	{zoneUnknown, "37332 37337 37338 37340 37362 37377 37396 37733 38504 38553"},
	// Texas: El Paso and Hudspeth Counties.
	{ZoneMountain, "799 885 79821 79835 79836 79837 79838 79839 79847 79849 79851 79853"},
}
