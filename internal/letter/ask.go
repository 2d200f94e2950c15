package letter

import (
	"strings"
	"time"

	"redress/internal/civics"
	"redress/internal/issue"
)

// AskFor is the ask that fits an official, with its bill of that official's
// chamber. The most specific one wins: first by stance, so that a sponsor is
// thanked even where their state has an ask of its own, then by state, then by
// chamber; between equals the one that stands first. An ask whose bill expired,
// or isn't before the official's chamber, is not offered. ok is false when
// nothing fits: no ask, no recipient.
func (l Letter) AskFor(o *civics.Official, i issue.Issue, now time.Time) (ask Ask, bill *issue.Bill, ok bool) {
	stance := StanceOf(o, i)
	best := -1
	for _, a := range l.Asks {
		rank, fits := a.fits(o, stance)
		if !fits || rank <= best {
			continue
		}
		b, open := a.billFor(o, i, now)
		if !open {
			continue
		}
		ask, bill, best = a, b, rank
	}
	return ask, bill, best >= 0
}

// fits tells whether the ask is meant for the official, and how specifically.
func (a Ask) fits(o *civics.Official, stance Stance) (rank int, ok bool) {
	if a.Level != o.Level || o.Vacant {
		return 0, false
	}
	for _, want := range []struct {
		have, is string
		weight   int
	}{
		{string(a.Stance), string(stance), 4},
		{a.State, o.State, 2},
		{a.Chamber, string(o.Chamber), 1},
	} {
		switch want.have {
		case Any:
		case want.is:
			rank += want.weight
		default:
			return 0, false
		}
	}
	return rank, true
}

// billFor is the ask's bill as it stands in the official's chamber: the bill
// itself, or its companion (same title, legislature and session). ok is false
// when the ask names a bill and none is open there.
func (a Ask) billFor(o *civics.Official, i issue.Issue, now time.Time) (*issue.Bill, bool) {
	if a.BillKey == "" {
		return nil, true
	}
	named, found := i.Bill(a.BillKey)
	if !found {
		return nil, false
	}
	for _, b := range i.Bills {
		if b.Key != named.Key && !companion(b, named) {
			continue
		}
		if before(b, o) && !b.Expired(now) {
			return &b, true
		}
	}
	return nil, false
}

func companion(b, of issue.Bill) bool {
	return b.Legislature == of.Legislature && b.Session == of.Session && b.Stance == of.Stance && strings.EqualFold(b.Title, of.Title)
}

// before tells whether the bill is before the official's chamber. A state
// matter is never before Congress, nor the reverse.
func before(b issue.Bill, o *civics.Official) bool {
	if o.Level == civics.Federal {
		return b.Legislature == "us" && b.Chamber == string(o.Chamber)
	}
	return strings.EqualFold(b.Legislature, o.State) && b.Chamber == string(o.Chamber)
}
