package newsletter

import (
	"context"
	"time"

	"redress/internal/fault"
)

// Schedule says when editions go.
type Schedule struct {
	Zone   *time.Location // the center's
	Hour   int            // from 0 to 23, by the clock there
	Days   Days           // on which the edition goes
	Weekly time.Weekday   // on which weekly readers get theirs
}

// Days are days of the week, a bit each, Sunday the lowest.
type Days uint8

// EveryDay is all of them.
const EveryDay Days = 1<<7 - 1

// On tells whether a day is among them.
func (d Days) On(day time.Weekday) bool { return d&(1<<day) != 0 }

// DaysOf are these days.
func DaysOf(days ...time.Weekday) (all Days) {
	for _, day := range days {
		all |= 1 << day
	}
	return all
}

// At is the moment on a date at which the clock of the center first shows the hour or a later time: in the night in which an hour
// is left out, the end of the gap; in the one in which an hour comes twice, its first coming.
func (s Schedule) At(day time.Time) time.Time {
	day = dateOf(day)
	// No zone is further than 15 hours from UTC, and none moves its clock by less than a quarter of an hour at a time.
	for at := day.Add(time.Duration(s.Hour)*time.Hour - 15*time.Hour); ; at = at.Add(15 * time.Minute) {
		here := at.In(s.Zone)
		if date := dateOf(here); date.After(day) || date.Equal(day) && here.Hour() >= s.Hour {
			return at
		}
	}
}

// Tick begins what is due. It is called every minute, on any number of nodes. An edition whose hour has passed while nothing ran
// goes on the same day; one of an earlier day is skipped, and the log says so.
func (m *Mailings) Tick(ctx context.Context) error {
	s, day := m.opt.Schedule, m.Today()
	if s.Days == 0 || m.opt.Now().Before(s.At(day)) {
		return nil
	}
	if s.Days.On(day.Weekday()) {
		if err := m.beginDue(ctx, KindEdition, day); err != nil {
			return err
		}
	}
	if day.Weekday() == s.Weekly {
		return m.beginDue(ctx, KindWeek, day)
	}
	return nil
}

func (m *Mailings) beginDue(ctx context.Context, kind string, day time.Time) error {
	_, begun, err := m.Begin(ctx, kind, day)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil // a glossary without terms has no term of the day
	}
	if err != nil || !begun {
		return err
	}
	return m.skipMissed(ctx, kind, day)
}

// skipMissed marks the scheduled days since the last mailing of the kind as skipped, at most a week of them.
func (m *Mailings) skipMissed(ctx context.Context, kind string, day time.Time) error {
	last, err := lastDay(ctx, m.db, kind, day)
	if err != nil || last.IsZero() {
		return err
	}
	for missed := later(last, day.AddDate(0, 0, -8)).AddDate(0, 0, 1); missed.Before(day); missed = missed.AddDate(0, 0, 1) {
		if !m.opt.Schedule.goes(kind, missed) {
			continue
		}
		if err := m.Skip(ctx, kind, missed); err != nil {
			return err
		}
		m.opt.Log.WarnContext(ctx, "a mailing was missed and is skipped", "kind", kind, "day", missed.Format(time.DateOnly))
	}
	return nil
}

// goes tells whether a mailing of the kind is scheduled for a day.
func (s Schedule) goes(kind string, day time.Time) bool {
	if kind == KindWeek {
		return s.Days != 0 && day.Weekday() == s.Weekly
	}
	return s.Days.On(day.Weekday())
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Planned is a mailing to come.
type Planned struct {
	Kind    string
	Day     time.Time
	At      time.Time
	State   string // of the mailing if there is one already; "": it is to come
	Mailing Mailing
}

// Plan lists what goes on the next days, today's first.
func (m *Mailings) Plan(ctx context.Context, days int) ([]Planned, error) {
	var list []Planned
	for i := range days {
		day := m.Today().AddDate(0, 0, i)
		for _, kind := range []string{KindEdition, KindWeek} {
			there, err := m.ByKey(ctx, kind, day.Format(time.DateOnly))
			if fault.KindOf(err) == fault.KindNotFound {
				if !m.opt.Schedule.goes(kind, day) {
					continue
				}
				err = nil
			}
			if err != nil {
				return nil, err
			}
			list = append(list, Planned{Kind: kind, Day: day, At: m.opt.Schedule.At(day), State: there.State, Mailing: there})
		}
	}
	return list, nil
}
