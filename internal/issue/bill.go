package issue

import "time"

// Bill is a bill before a legislature that bears on an issue.
type Bill struct {
	IssueSlug, Lang string `gorm:"primaryKey"`
	Key             string `gorm:"primaryKey"` // how letters name it, such as "s1913"
	Position        int
	Legislature     string // "us", or a state's code in small letters
	Session         string // "119"
	Chamber         string // "senate", "house", "upper", "lower"
	Number          string // "S. 1913"
	Title           string
	Status          string
	StatusOn        time.Time `gorm:"type:date"`
	SponsorID       string    // an official's id, such as "bioguide:M000133"
	SponsorName     string
	CosponsorIDs    []string  `gorm:"serializer:json"`
	OpposedIDs      []string  `gorm:"serializer:json"`        // officials known to oppose it
	Expires         time.Time `gorm:"type:date;default:null"` // first day on which it is dead; zero: never
	Stance          string    // StanceSupport or StanceOppose
	URL             string
}

// What the center wants to happen to a bill.
const (
	StanceSupport = "support"
	StanceOppose  = "oppose"
)

// Expired tells whether the bill died with its session.
func (b Bill) Expired(now time.Time) bool {
	return !b.Expires.IsZero() && !now.Before(b.Expires)
}

// Bill is the bill with the given key.
func (i Issue) Bill(key string) (Bill, bool) {
	for _, b := range i.Bills {
		if b.Key == key {
			return b, true
		}
	}
	return Bill{}, false
}
