package cwc

import (
	"sync"
	"time"

	"redress/internal/civics"
)

// washington is the time zone of the services' hours and of delivery dates.
var washington = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic("cwc: the time zone America/New_York is not known here") // the program carries its zones
	}
	return zone
})

// pause is a span of hours, on one day of the week or on every day, in which a
// service is closed for maintenance.
type pause struct {
	daily    bool
	day      time.Weekday
	from, to int // hours by Washington's clocks
}

var maintenance = map[civics.Chamber][]pause{
	House:  {{daily: true, from: 0, to: 6}},
	Senate: {{day: time.Sunday, from: 0, to: 6}, {day: time.Wednesday, from: 5, to: 7}},
}

// ClosedUntil tells whether a chamber's service is closed for maintenance, and
// until when. The hours go by Washington's clocks, so that the House's night
// is five hours long on one Sunday in March and seven on one in November.
func ClosedUntil(chamber civics.Chamber, now time.Time) (until time.Time, closed bool) {
	local := now.In(washington())
	year, month, day := local.Date()
	for _, p := range maintenance[chamber] {
		if !p.daily && p.day != local.Weekday() {
			continue
		}
		from := time.Date(year, month, day, p.from, 0, 0, 0, washington())
		to := time.Date(year, month, day, p.to, 0, 0, 0, washington())
		if !now.Before(from) && now.Before(to) {
			return to, true
		}
	}
	return time.Time{}, false
}
