package main

import (
	"time"

	"redress/internal/civics"
)

// civicDay is how findings write a day.
const civicDay = "January 2, 2006"

// civicAges says how old each dataset is. Those about people must be fresh; maps
// and ZIP codes only be of the Congress that sits.
func (e *examination) civicAges(sets []civics.Dataset, now time.Time) {
	sitting := civics.CongressOn(now)
	for _, s := range sets {
		asOf := s.AsOf.Format(civicDay)
		days := int(now.Sub(s.AsOf).Hours() / 24)
		switch {
		case s.Congress > sitting:
			e.good("%s is as of %s; it takes effect on %s", s.Name, asOf, civics.CongressBegins(s.Congress).Format(civicDay))
		case s.Congress != 0 && s.Congress < sitting && has(sets, s.Kind, sitting):
			e.note("%s is as of %s; that Congress has ended", s.Name, asOf)
		case !s.Stale(now):
			e.good("%s is as of %s", s.Name, asOf)
		case civics.TooOldToMail(s.AsOf, now) && s.Kind != civics.DatasetContactForms:
			e.bad("%s is %d days old (as of %s): mail to these offices waits; import newer data", s.Name, days, asOf)
		default:
			e.bad("%s is %d days old (as of %s): import newer data", s.Name, days, asOf)
		}
	}
}

// editions are the datasets that each Congress needs its own of.
var editions = []struct{ kind, what, command string }{
	{civics.DatasetCongress, "members", "redress import congress DIR"},
	{civics.DatasetZipCongress, "ZIP codes", "redress import zip FILE"},
	{civics.DatasetBoundaries, "boundaries", "redress import boundaries FILE"},
}

// nextCongress says when the Congress turns, and what is missing: of the sitting
// one, and, in the two months before its day, of the next.
func (e *examination) nextCongress(sets []civics.Dataset, now time.Time) {
	sitting := civics.CongressOn(now)
	day := civics.CongressBegins(sitting + 1)
	e.note("the next Congress begins on %s; what is imported for it takes effect that day", day.Format(civicDay))
	soon := now.AddDate(0, 2, 0).After(day)
	for _, needed := range editions {
		if !has(sets, needed.kind, sitting) {
			e.bad("the %s of the sitting Congress are not here: %s", needed.what, needed.command)
		}
		switch here := has(sets, needed.kind, sitting+1); {
		case here && soon:
			e.good("the next Congress's %s are here", needed.what)
		case soon:
			e.note("the next Congress's %s are not here yet: %s", needed.what, needed.command)
		}
	}
}

func has(sets []civics.Dataset, kind string, congress int) bool {
	for _, s := range sets {
		if s.Kind == kind && s.Congress == congress {
			return true
		}
	}
	return false
}
