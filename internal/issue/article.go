package issue

import "time"

// Article is something to read elsewhere, with a line that says why.
type Article struct {
	Slug, Lang string `gorm:"primaryKey"`
	Title      string
	Source     string    // who published it
	Author     string    // may be empty
	Date       time.Time `gorm:"type:date;default:null"` // zero: not known
	URL        string
	Why        string
	IssueSlugs []string `gorm:"serializer:json"`
	TermSlugs  []string `gorm:"serializer:json"`
}
