package issue

import (
	"slices"
	"strings"
	"time"
)

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
	CommitteeIDs    []string  `gorm:"serializer:json"` // the committees of Congress that have it: "HSJU", "SSJU"
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

// dayBegins is how long after midnight UTC a bill's day begins: midnight in
// Washington by standard time, with which the Congress turns.
const dayBegins = 5 * time.Hour

// Dies is the moment at which the bill dies with its session, zero for never.
func (b Bill) Dies() time.Time {
	if b.Expires.IsZero() {
		return time.Time{}
	}
	return b.Expires.Add(dayBegins)
}

// Expired tells whether the bill died with its session.
func (b Bill) Expired(now time.Time) bool {
	return !b.Expires.IsZero() && !now.Before(b.Dies())
}

// lawWords are how a status says that the bill has become law.
var lawWords = []string{"became law", "become law", "public law", "signed by the president", "enacted"}

// IsLaw tells whether the status says that the bill has become law.
func (b Bill) IsLaw() bool {
	status := strings.ToLower(b.Status)
	return slices.ContainsFunc(lawWords, func(word string) bool { return strings.Contains(status, word) })
}

// InCommittee tells whether a committee, by its id, has the bill now: not when
// the bill died or has become law.
func (b Bill) InCommittee(id string, now time.Time) bool {
	return slices.Contains(b.CommitteeIDs, id) && !b.Expired(now) && !b.IsLaw()
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
