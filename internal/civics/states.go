package civics

// place is a state, the District of Columbia or a territory: the facts about it
// that no imported table carries.
type place struct {
	code    string // "CO"
	name    string // "Colorado"
	fips    string // "08"
	kind    string // "state", "district", "territory": how its Open Civic Data id begins
	seats   int    // in the House of Representatives by the 2020 census; delegates count as one
	capital string // where the legislature sits, as its addresses write it
	lower   string // what its lower chamber is called; "" where it has none
	member  string // the title of a member of the lower chamber
}

// voting reports whether the place elects senators and a voting House member.
func (p place) voting() bool { return p.kind == kindState }

// atLarge reports whether the whole place elects one member of the House.
func (p place) atLarge() bool { return p.seats == 1 }

const (
	kindState     = "state"
	kindDistrict  = "district"
	kindTerritory = "territory"
)

const (
	house         = "House"
	assembly      = "Assembly"
	delegates     = "House of Delegates"
	stateRep      = "State Representative"
	assemblyMem   = "Assembly Member"
	stateDelegate = "Delegate"
)

// places lists everywhere that sends someone to Congress. The number of House
// seats is fixed by the apportionment of 2020, in force until the Congress of
// 2033; it tells which seats exist, and so which of them are vacant.
var places = []place{
	{"AL", "Alabama", "01", kindState, 7, "Montgomery", house, stateRep},
	{"AK", "Alaska", "02", kindState, 1, "Juneau", house, stateRep},
	{"AZ", "Arizona", "04", kindState, 9, "Phoenix", house, stateRep},
	{"AR", "Arkansas", "05", kindState, 4, "Little Rock", house, stateRep},
	{"CA", "California", "06", kindState, 52, "Sacramento", assembly, assemblyMem},
	{"CO", "Colorado", "08", kindState, 8, "Denver", house, stateRep},
	{"CT", "Connecticut", "09", kindState, 5, "Hartford", house, stateRep},
	{"DE", "Delaware", "10", kindState, 1, "Dover", house, stateRep},
	{"DC", "District of Columbia", "11", kindDistrict, 1, "Washington", "", ""},
	{"FL", "Florida", "12", kindState, 28, "Tallahassee", house, stateRep},
	{"GA", "Georgia", "13", kindState, 14, "Atlanta", house, stateRep},
	{"HI", "Hawaii", "15", kindState, 2, "Honolulu", house, stateRep},
	{"ID", "Idaho", "16", kindState, 2, "Boise", house, stateRep},
	{"IL", "Illinois", "17", kindState, 17, "Springfield", house, stateRep},
	{"IN", "Indiana", "18", kindState, 9, "Indianapolis", house, stateRep},
	{"IA", "Iowa", "19", kindState, 4, "Des Moines", house, stateRep},
	{"KS", "Kansas", "20", kindState, 4, "Topeka", house, stateRep},
	{"KY", "Kentucky", "21", kindState, 6, "Frankfort", house, stateRep},
	{"LA", "Louisiana", "22", kindState, 6, "Baton Rouge", house, stateRep},
	{"ME", "Maine", "23", kindState, 2, "Augusta", house, stateRep},
	{"MD", "Maryland", "24", kindState, 8, "Annapolis", delegates, stateDelegate},
	{"MA", "Massachusetts", "25", kindState, 9, "Boston", house, stateRep},
	{"MI", "Michigan", "26", kindState, 13, "Lansing", house, stateRep},
	{"MN", "Minnesota", "27", kindState, 8, "St. Paul", house, stateRep},
	{"MS", "Mississippi", "28", kindState, 4, "Jackson", house, stateRep},
	{"MO", "Missouri", "29", kindState, 8, "Jefferson City", house, stateRep},
	{"MT", "Montana", "30", kindState, 2, "Helena", house, stateRep},
	{"NE", "Nebraska", "31", kindState, 3, "Lincoln", "", ""},
	{"NV", "Nevada", "32", kindState, 4, "Carson City", assembly, assemblyMem},
	{"NH", "New Hampshire", "33", kindState, 2, "Concord", house, stateRep},
	{"NJ", "New Jersey", "34", kindState, 12, "Trenton", "General Assembly", assemblyMem},
	{"NM", "New Mexico", "35", kindState, 3, "Santa Fe", house, stateRep},
	{"NY", "New York", "36", kindState, 26, "Albany", assembly, assemblyMem},
	{"NC", "North Carolina", "37", kindState, 14, "Raleigh", house, stateRep},
	{"ND", "North Dakota", "38", kindState, 1, "Bismarck", house, stateRep},
	{"OH", "Ohio", "39", kindState, 15, "Columbus", house, stateRep},
	{"OK", "Oklahoma", "40", kindState, 5, "Oklahoma City", house, stateRep},
	{"OR", "Oregon", "41", kindState, 6, "Salem", house, stateRep},
	{"PA", "Pennsylvania", "42", kindState, 17, "Harrisburg", house, stateRep},
	{"RI", "Rhode Island", "44", kindState, 2, "Providence", house, stateRep},
	{"SC", "South Carolina", "45", kindState, 7, "Columbia", house, stateRep},
	{"SD", "South Dakota", "46", kindState, 1, "Pierre", house, stateRep},
	{"TN", "Tennessee", "47", kindState, 9, "Nashville", house, stateRep},
	{"TX", "Texas", "48", kindState, 38, "Austin", house, stateRep},
	{"UT", "Utah", "49", kindState, 4, "Salt Lake City", house, stateRep},
	{"VT", "Vermont", "50", kindState, 1, "Montpelier", house, stateRep},
	{"VA", "Virginia", "51", kindState, 11, "Richmond", delegates, stateDelegate},
	{"WA", "Washington", "53", kindState, 10, "Olympia", house, stateRep},
	{"WV", "West Virginia", "54", kindState, 2, "Charleston", delegates, stateDelegate},
	{"WI", "Wisconsin", "55", kindState, 8, "Madison", assembly, stateRep},
	{"WY", "Wyoming", "56", kindState, 1, "Cheyenne", house, stateRep},
	{"AS", "American Samoa", "60", kindTerritory, 1, "", "", ""},
	{"GU", "Guam", "66", kindTerritory, 1, "", "", ""},
	{"MP", "Northern Mariana Islands", "69", kindTerritory, 1, "", "", ""},
	{"PR", "Puerto Rico", "72", kindTerritory, 1, "San Juan", house, "Territorial Representative"},
	{"VI", "U.S. Virgin Islands", "78", kindTerritory, 1, "", "", ""},
}

var (
	placeByCode = indexPlaces(func(p place) string { return p.code })
	placeByFIPS = indexPlaces(func(p place) string { return p.fips })
)

func indexPlaces(key func(place) string) map[string]place {
	index := make(map[string]place, len(places))
	for _, p := range places {
		index[key(p)] = p
	}
	return index
}

// StateName is the name of a state, district or territory by its postal code,
// or the code itself when it is none.
func StateName(code string) string {
	if p, ok := placeByCode[code]; ok {
		return p.name
	}
	return code
}

// StateCodes lists the postal codes of all states, the District of Columbia and
// the territories, in the order of their names within each kind.
func StateCodes() []string {
	codes := make([]string, len(places))
	for i, p := range places {
		codes[i] = p.code
	}
	return codes
}

// federalTitle is how a member of Congress is addressed.
func federalTitle(p place, chamber Chamber) string {
	switch {
	case chamber == Senate:
		return "Senator"
	case p.code == "PR":
		return "Resident Commissioner"
	case !p.voting():
		return "Delegate"
	default:
		return "Representative"
	}
}

// stateTitle is how a member of a state's legislature is addressed.
func stateTitle(p place, chamber Chamber) string {
	switch {
	case p.code == "DC":
		return "Councilmember"
	case chamber == Lower:
		return p.member
	case p.kind == kindTerritory:
		return "Territorial Senator"
	default:
		return "State Senator"
	}
}

// chamberName is what a state's chamber is called, with the state's name.
func chamberName(p place, chamber Chamber) string {
	switch {
	case p.code == "DC":
		return "Council of the District of Columbia"
	case p.code == "NE":
		return "Nebraska Legislature"
	case chamber == Lower:
		return p.name + " " + p.lower
	default:
		return p.name + " Senate"
	}
}
