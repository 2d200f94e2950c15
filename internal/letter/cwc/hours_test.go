package cwc_test

import (
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/letter/cwc"
)

func TestMaintenanceGoesByWashingtonsClocks(t *testing.T) {
	const open = ""
	for _, c := range []struct {
		chamber civics.Chamber
		now     string // UTC
		until   string
	}{
		{cwc.House, "2026-07-06T03:59:59Z", open}, // 23:59 in Washington
		{cwc.House, "2026-07-06T04:00:00Z", "2026-07-06T10:00:00Z"},
		{cwc.House, "2026-07-06T09:59:59Z", "2026-07-06T10:00:00Z"},
		{cwc.House, "2026-07-06T10:00:00Z", open},
		{cwc.House, "2026-01-05T04:59:59Z", open}, // winter: 23:59
		{cwc.House, "2026-01-05T05:00:00Z", "2026-01-05T11:00:00Z"},
		{cwc.House, "2026-01-05T11:00:00Z", open},
		{cwc.House, "2026-01-01T04:59:59Z", open}, // the last second of the year
		{cwc.House, "2026-01-01T05:00:00Z", "2026-01-01T11:00:00Z"},

		{cwc.House, "2026-03-08T05:00:00Z", "2026-03-08T10:00:00Z"}, // clocks go forward at 2: five hours
		{cwc.House, "2026-03-08T06:59:59Z", "2026-03-08T10:00:00Z"},
		{cwc.House, "2026-03-08T09:59:59Z", "2026-03-08T10:00:00Z"},
		{cwc.House, "2026-03-08T10:00:00Z", open},
		{cwc.House, "2026-11-01T04:00:00Z", "2026-11-01T11:00:00Z"}, // clocks go back at 2: seven hours
		{cwc.House, "2026-11-01T05:30:00Z", "2026-11-01T11:00:00Z"}, // 1:30 for the first time
		{cwc.House, "2026-11-01T06:30:00Z", "2026-11-01T11:00:00Z"}, // 1:30 for the second time
		{cwc.House, "2026-11-01T10:59:59Z", "2026-11-01T11:00:00Z"},
		{cwc.House, "2026-11-01T11:00:00Z", open},

		{cwc.Senate, "2026-07-05T03:59:59Z", open}, // Saturday, 23:59
		{cwc.Senate, "2026-07-05T04:00:00Z", "2026-07-05T10:00:00Z"},
		{cwc.Senate, "2026-07-05T10:00:00Z", open},
		{cwc.Senate, "2026-07-06T05:00:00Z", open}, // Monday, 1:00
		{cwc.Senate, "2026-07-08T08:59:59Z", open}, // Wednesday, 4:59
		{cwc.Senate, "2026-07-08T09:00:00Z", "2026-07-08T11:00:00Z"},
		{cwc.Senate, "2026-07-08T11:00:00Z", open},
		{cwc.Senate, "2026-03-08T09:59:59Z", "2026-03-08T10:00:00Z"},
		{cwc.Senate, "2026-03-08T10:00:00Z", open},
		{cwc.Senate, "2026-11-01T10:30:00Z", "2026-11-01T11:00:00Z"},
		{cwc.Senate, "2026-11-01T11:00:00Z", open},
		{"upper", "2026-07-06T05:00:00Z", open},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		for _, zone := range []*time.Location{time.UTC, time.FixedZone("far", 9*3600)} {
			until, closed := cwc.ClosedUntil(c.chamber, now.In(zone))
			got := open
			if closed {
				got = until.UTC().Format(time.RFC3339)
			}
			if got != c.until {
				t.Errorf("%s at %s: closed until %q, want %q", c.chamber, c.now, got, c.until)
			}
		}
	}
}

func TestTheDayIsWashingtons(t *testing.T) {
	for at, want := range map[string]string{"2026-07-06T03:59:59Z": "20260705", "2026-07-06T04:00:00Z": "20260706", "2026-01-01T04:59:59Z": "20251231"} {
		now, _ := time.Parse(time.RFC3339, at)
		if got := cwc.Day(now); got != want {
			t.Errorf("%s: %s", at, got)
		}
	}
}
