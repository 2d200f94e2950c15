package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"redress/internal/config"
)

func TestWhenEditionsGo(t *testing.T) {
	t.Parallel()
	c, err := config.Read(nil)
	if err != nil || c.NewsletterHour != 7 || len(c.NewsletterOn) != 7 || c.NewsletterWeekday != time.Monday {
		t.Fatalf("%v %v %v %v", c.NewsletterHour, c.NewsletterOn, c.NewsletterWeekday, err)
	}
	c, err = config.Read(map[string]string{"REDRESS_NEWSLETTER_HOUR": "0", "REDRESS_NEWSLETTER_DAYS": "Mon, fri", "REDRESS_NEWSLETTER_WEEKLY": "sun"})
	if err != nil || c.NewsletterHour != 0 || !slices.Equal(c.NewsletterOn, []time.Weekday{time.Monday, time.Friday}) || c.NewsletterWeekday != time.Sunday {
		t.Fatalf("%+v %v", c, err)
	}
	if c, err = config.Read(map[string]string{"REDRESS_NEWSLETTER_DAYS": "none"}); err != nil || len(c.NewsletterOn) != 0 {
		t.Errorf("%v", err)
	}
	_, err = config.Read(map[string]string{"REDRESS_NEWSLETTER_HOUR": "24", "REDRESS_NEWSLETTER_DAYS": "mon,,fri", "REDRESS_NEWSLETTER_WEEKLY": "x"})
	for _, want := range []string{"REDRESS_NEWSLETTER_HOUR", "REDRESS_NEWSLETTER_DAYS", "REDRESS_NEWSLETTER_WEEKLY"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not named: %v", want, err)
		}
	}
}
