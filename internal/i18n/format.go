package i18n

import (
	"context"
	"strconv"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Number writes n with the language's separators: 12,408.
func Number(ctx context.Context, n int64) string {
	if Lang(ctx) == Default && -1000 < n && n < 1000 {
		return strconv.FormatInt(n, 10) // most of them, and the general way costs as much as a paragraph
	}
	return message.NewPrinter(language.Make(Lang(ctx))).Sprintf("%d", n)
}

// Date writes a civil date: November 20, 2026. The date is t's in its own
// location.
func Date(ctx context.Context, t time.Time) string {
	return T(ctx, "format.date", "Month", month(ctx, t), "Day", t.Day(), "Year", t.Year())
}

// MonthDay writes a date of which the year is plain: November 20.
func MonthDay(ctx context.Context, t time.Time) string {
	return T(ctx, "format.month_day", "Month", month(ctx, t), "Day", t.Day())
}

// MonthYear writes a month: November 2026.
func MonthYear(ctx context.Context, t time.Time) string {
	return T(ctx, "format.month_year", "Month", month(ctx, t), "Year", t.Year())
}

// Clock writes the time of day in t's own location: 2:02 p.m.
func Clock(ctx context.Context, t time.Time) string {
	hour, half := t.Hour(), "format.am"
	if hour >= 12 {
		half = "format.pm"
	}
	if hour %= 12; hour == 0 {
		hour = 12
	}
	return T(ctx, "format.clock", "Hour", hour, "Hour24", t.Format("15"), "Minute", t.Format("04"), "Half", T(ctx, half))
}

// DateTime writes a moment with its zone, as t's location names it:
// November 20, 2026, 2:02 p.m. MST.
func DateTime(ctx context.Context, t time.Time) string {
	return T(ctx, "format.date_time", "Date", Date(ctx, t), "Clock", Clock(ctx, t), "Zone", t.Format("MST"))
}

func month(ctx context.Context, t time.Time) string {
	return T(ctx, monthKeys[t.Month()-1])
}

var monthKeys = [12]string{
	"format.january", "format.february", "format.march", "format.april", "format.may", "format.june",
	"format.july", "format.august", "format.september", "format.october", "format.november", "format.december",
}
