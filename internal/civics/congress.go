package civics

import (
	"strconv"
	"strings"
	"time"
)

// firstCongress is the year in which the 1st Congress began; every second year
// since begins another.
const firstCongress = 1789

// dayBegins is how long after midnight UTC a civic day begins: midnight in
// Washington, by standard time, as it is in January.
const dayBegins = 5 * time.Hour

// begins is the moment at which a civil date begins. Who sits, which districts
// are in force and which corrections hold changes at such a moment. (By the 20th
// Amendment the terms of members end at noon on January 3; the whole day is the
// new Congress's here, so that no day shows two.)
func begins(date time.Time) time.Time { return date.Add(dayBegins) }

// CongressBegins is the civil date on which a Congress begins: January 3 of an
// odd year (20th Amendment).
func CongressBegins(congress int) time.Time {
	return time.Date(firstCongress+2*(congress-1), time.January, 3, 0, 0, 0, 0, time.UTC)
}

// CongressOn is the number of the Congress at a moment.
func CongressOn(now time.Time) int {
	congress := (now.UTC().Add(-dayBegins).Year()-firstCongress)/2 + 1
	if now.Before(begins(CongressBegins(congress))) {
		congress-- // January 1 and 2 of an odd year
	}
	return congress
}

// edition is the id of a dataset that belongs to one Congress: congress-119.
func edition(kind string, congress int) string { return kind + "-" + strconv.Itoa(congress) }

// editionOf takes a dataset's id apart: "congress-119" is congress, 119;
// "openstates" is itself and 0.
func editionOf(id string) (kind string, congress int) {
	if i := strings.LastIndexByte(id, '-'); i > 0 {
		if n, err := strconv.Atoi(id[i+1:]); err == nil && n > 0 {
			return id[:i], n
		}
	}
	return id, 0
}

// ordinal writes a Congress's number: 119th, 121st.
func ordinal(n int) string { return strconv.Itoa(n) + ordinalEnding(n) }
