package letter

import "time"

// federalHoliday tells whether federal offices are closed on a day, by its civil
// date: one of the eleven holidays of 5 U.S.C. 6103(a), or the weekday on which one
// is observed. A holiday on a Saturday is observed on the Friday before (6103(b)),
// one on a Sunday on the Monday after (Executive Order 11582).
func federalHoliday(day time.Time) bool {
	date := civil(day.Year(), day.Month(), day.Day())
	for _, year := range []int{date.Year(), date.Year() + 1} { // New Year's Day may be observed in December
		for _, holiday := range holidays(year) {
			if date.Equal(holiday) || date.Equal(observed(holiday)) {
				return true
			}
		}
	}
	return false
}

func holidays(year int) [11]time.Time {
	return [...]time.Time{
		civil(year, time.January, 1),                           // New Year's Day
		nth(year, time.January, time.Monday, 3),                // Birthday of Martin Luther King, Jr.
		nth(year, time.February, time.Monday, 3),               // Washington's Birthday
		nth(year, time.June, time.Monday, 1).AddDate(0, 0, -7), // Memorial Day, the last Monday in May
		civil(year, time.June, 19),                             // Juneteenth
		civil(year, time.July, 4),                              // Independence Day
		nth(year, time.September, time.Monday, 1),              // Labor Day
		nth(year, time.October, time.Monday, 2),                // Columbus Day
		civil(year, time.November, 11),                         // Veterans Day
		nth(year, time.November, time.Thursday, 4),             // Thanksgiving Day
		civil(year, time.December, 25),                         // Christmas Day
	}
}

func civil(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// nth is the nth such weekday of a month.
func nth(year int, month time.Month, weekday time.Weekday, n int) time.Time {
	first := civil(year, month, 1)
	return first.AddDate(0, 0, (int(weekday)-int(first.Weekday())+7)%7+7*(n-1))
}

func observed(holiday time.Time) time.Time {
	switch holiday.Weekday() {
	case time.Saturday:
		return holiday.AddDate(0, 0, -1)
	case time.Sunday:
		return holiday.AddDate(0, 0, 1)
	}
	return holiday
}
