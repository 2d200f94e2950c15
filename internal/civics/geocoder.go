package civics

import "context"

// Place is where a geocoder puts an address or a point: in which state and in
// which districts, each as the Census writes it without leading zeros ("1",
// "34A", "CHS"; "0" for a state's only congressional district), "" when the
// geocoder didn't say.
type Place struct {
	Matched  string // the address as the geocoder knows it; personal, "" for a point
	City     string // "Denver"
	State    string // "CO"
	Zip      string // "80203"
	Lat, Lon float64
	Congress int    // the Congress that District belongs to; 0 when there is none
	District string // congressional
	Upper    string // state legislative, upper chamber
	Lower    string // state legislative, lower chamber
}

// String keeps a visitor's place out of logs that print whole values.
func (p Place) String() string { return "[place]" }

// GoString does so for %#v.
func (p Place) GoString() string { return "[place]" }

// Geocoder places addresses and points in the districts of one Congress, 119 and
// later. An address that it does not know is an empty list and no error, a point
// in no state is fault.NotFound, and a geocoder that can't answer is
// fault.Unavailable. A Place has a District only of the Congress that was asked
// for. No error names what was asked.
type Geocoder interface {
	Address(ctx context.Context, congress int, oneLine string) ([]Place, error)
	Point(ctx context.Context, congress int, lat, lon float64) (Place, error)
}
