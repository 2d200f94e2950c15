package config

import (
	"strings"
	"time"
)

// checkNewsletter reads when editions go.
func checkNewsletter(c *Config) []string {
	var faults []string
	if c.NewsletterHour < 0 || c.NewsletterHour > 23 {
		faults = append(faults, "REDRESS_NEWSLETTER_HOUR must be between 0 and 23, by the clock of REDRESS_TIMEZONE")
	}
	var ok bool
	if c.NewsletterOn, ok = weekdays(c.NewsletterDays); !ok {
		faults = append(faults, `REDRESS_NEWSLETTER_DAYS must be "every", "none" or days such as mon,wed,fri`)
	}
	if c.NewsletterWeekday, ok = weekday(c.NewsletterWeekly); !ok {
		faults = append(faults, "REDRESS_NEWSLETTER_WEEKLY must be a day such as mon")
	}
	return faults
}

func weekdays(text string) (days []time.Weekday, ok bool) {
	switch text = strings.ToLower(strings.TrimSpace(text)); text {
	case "none":
		return nil, true
	case "every":
		return []time.Weekday{0, 1, 2, 3, 4, 5, 6}, true
	}
	for name := range strings.SplitSeq(text, ",") {
		day, ok := weekday(name)
		if !ok {
			return nil, false
		}
		days = append(days, day)
	}
	return days, true
}

// weekday reads a day's first three letters.
func weekday(text string) (time.Weekday, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	for day := time.Sunday; day <= time.Saturday; day++ {
		if text == strings.ToLower(day.String()[:3]) {
			return day, true
		}
	}
	return 0, false
}
