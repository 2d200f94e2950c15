package glossary

import (
	"time"

	"redress/internal/glossary"
)

// DayEntry is everything that a day's page shows.
type DayEntry struct {
	Entry
	Date          time.Time
	Today         bool           // the page of today, which changes at midnight
	Before, After []glossary.Day // the nearest days with a term, none or one
}

// Days is a list of days, latest first.
type Days struct {
	Month          time.Time // the month that the list is of; zero: the latest days
	Days           []glossary.Day
	Earlier, Later time.Time // months that have more; zero: none
}

// TodayPath is the page of today's term.
const TodayPath = "/terms/today"

// DaysPath lists the days that had a term.
const DaysPath = "/terms/days"

// FeedPath is the feed of the terms of the day.
const FeedPath = "/terms.atom"

// DayPath is a day's permanent page.
func DayPath(date time.Time) string { return DaysPath + "/" + date.Format(time.DateOnly) }

// MonthPath lists the days of a month.
func MonthPath(month time.Time) string { return DaysPath + "/" + month.Format(MonthForm) }

// MonthForm is how addresses write a month.
const MonthForm = "2006-01"
