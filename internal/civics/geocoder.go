package civics

import "context"

// Place is where a geocoder puts an address or a point.
type Place struct {
	Matched   string // the address as the geocoder knows it; personal, "" for a point
	City      string // "Denver"
	State     string // "CO"
	Zip       string // "80203"
	Lat, Lon  float64
	Congress  int      // the Congress that the district belongs to
	Divisions []string // Open Civic Data ids: congressional, upper, lower, as far as known
}

// String keeps a visitor's place out of logs that print whole values.
func (p Place) String() string { return "[place]" }

// Geocoder places addresses and points. An address that it does not know is an
// empty list and no error; a geocoder that can't answer is fault.Unavailable.
type Geocoder interface {
	Address(ctx context.Context, oneLine string) ([]Place, error)
	Point(ctx context.Context, lat, lon float64) (Place, error)
}
