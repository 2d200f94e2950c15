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
