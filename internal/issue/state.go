package issue

import "time"

// StateLaw is what one state, or one of its cities, has changed.
type StateLaw struct {
	IssueSlug, Lang string `gorm:"primaryKey"`
	Position        int    `gorm:"primaryKey"`
	Code            string // "CO"
	Status          string // StateLawFull, StateLawPartial or StateLawCity
	What            string
	Law             string    // its name and number
	Since           time.Time `gorm:"type:date;default:null"` // zero: not said
	SourceTitle     string
	SourceURL       string
}

// How far a state's change goes.
const (
	StateLawFull    = "law"
	StateLawPartial = "partial"
	StateLawCity    = "city"
)

// IsState tells whether code is that of a state or the District of Columbia.
func IsState(code string) bool {
	_, ok := tileByCode[code]
	return ok
}

// Tile is where a state stands on the tile map: a grid on which every state
// has one square near where it lies.
type Tile struct {
	Code     string
	Row, Col int // from 0
}

// Tiles are the squares of the map, row by row from the west.
var Tiles = []Tile{
	{"AK", 0, 0}, {"ME", 0, 10},
	{"VT", 1, 9}, {"NH", 1, 10},
	{"WA", 2, 0}, {"ID", 2, 1}, {"MT", 2, 2}, {"ND", 2, 3}, {"MN", 2, 4}, {"IL", 2, 5}, {"WI", 2, 6}, {"MI", 2, 7}, {"NY", 2, 8}, {"RI", 2, 9}, {"MA", 2, 10},
	{"OR", 3, 0}, {"NV", 3, 1}, {"WY", 3, 2}, {"SD", 3, 3}, {"IA", 3, 4}, {"IN", 3, 5}, {"OH", 3, 6}, {"PA", 3, 7}, {"NJ", 3, 8}, {"CT", 3, 9},
	{"CA", 4, 0}, {"UT", 4, 1}, {"CO", 4, 2}, {"NE", 4, 3}, {"MO", 4, 4}, {"KY", 4, 5}, {"WV", 4, 6}, {"VA", 4, 7}, {"MD", 4, 8}, {"DE", 4, 9},
	{"AZ", 5, 1}, {"NM", 5, 2}, {"KS", 5, 3}, {"AR", 5, 4}, {"TN", 5, 5}, {"NC", 5, 6}, {"SC", 5, 7}, {"DC", 5, 8},
	{"OK", 6, 3}, {"LA", 6, 4}, {"MS", 6, 5}, {"AL", 6, 6}, {"GA", 6, 7},
	{"HI", 7, 0}, {"TX", 7, 3}, {"FL", 7, 8},
}

var tileByCode = func() map[string]Tile {
	by := make(map[string]Tile, len(Tiles))
	for _, t := range Tiles {
		by[t.Code] = t
	}
	return by
}()
