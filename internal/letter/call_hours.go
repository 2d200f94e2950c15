package letter

import (
	"time"

	"redress/internal/civics"
)

// When offices answer the phone, in their own time: what most of them publish.
// State legislators' capitol offices are taken to keep the same hours.
const (
	OfficeOpens  = 9
	OfficeCloses = 17
)

// Hours is whether an office is open by the usual hours: weekdays from OfficeOpens
// to OfficeCloses by its own clock, federal holidays excepted. Times are in the
// office's zone.
type Hours struct {
	Zone    Zone
	Open    bool
	Holiday bool      // closed all day today, a weekday, for a federal holiday
	Now     time.Time // when this was so
	Turns   time.Time // when the office closes, or opens again
	Until   time.Time // when something of this is no longer true: Turns, or the midnight before it
}

// HoursOf is whether an office is open at a moment; false when its time zone isn't
// known.
func HoursOf(office civics.Office, now time.Time) (Hours, bool) {
	zone, known := ZoneOf(office)
	if !known {
		return Hours{}, false
	}
	now = now.In(zone.location())
	h := Hours{Zone: zone, Now: now}
	opens, closes := at(now, 0, OfficeOpens), at(now, 0, OfficeCloses)
	switch workday := works(now); {
	case workday && now.Before(opens):
		h.Turns = opens
	case workday && now.Before(closes):
		h.Open, h.Turns = true, closes
	default:
		h.Turns = nextOpening(now)
		h.Holiday = !workday && !weekend(now)
	}
	h.Until = h.Turns
	if midnight := at(now, 1, 0); midnight.Before(h.Until) {
		h.Until = midnight
	}
	return h, true
}

// nextOpening is when an office opens on the first working day after a moment's.
func nextOpening(now time.Time) time.Time {
	days := 1
	for !works(at(now, days, OfficeOpens)) {
		days++
	}
	return at(now, days, OfficeOpens)
}

// at is an hour of the day that is some days after now's, by the same clock.
func at(now time.Time, days, hour int) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+days, hour, 0, 0, 0, now.Location())
}

func works(day time.Time) bool { return !weekend(day) && !federalHoliday(day) }

func weekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}
