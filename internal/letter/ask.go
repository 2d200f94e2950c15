package letter

import (
	"slices"
	"strings"
	"time"

	"redress/internal/civics"
	"redress/internal/issue"
)

// AskFor is the ask that fits an official, with its bill of that official's
// chamber. The most specific one wins: first by stance, so that a sponsor is
// thanked even where their committee has an ask of its own; then by committee,
// since who has the bill can do most for it; then by state, then by chamber;
// between equals the one that stands first. An ask whose bill expired, or isn't
// before the official's chamber, is not offered. ok is false when nothing fits:
// no ask, no recipient.
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
		if _, sits := a.seat(o, b, now); len(a.Committees) > 0 && !sits {
			continue
		}
		ask, bill, best = a, b, rank
	}
	return ask, bill, best >= 0
}

// What one way of being specific weighs: more than all that follow together.
const (
	weighStance    = 8
	weighCommittee = 4
	weighState     = 2
	weighChamber   = 1
)

// fits tells whether the ask is meant for the official's place and stance, and
// how specifically. Whether they sit on its committees, seat tells.
func (a Ask) fits(o *civics.Official, stance Stance) (rank int, ok bool) {
	if a.Level != o.Level || o.Vacant {
		return 0, false
	}
	for _, want := range []struct {
		have, is string
		weight   int
	}{
		{string(a.Stance), string(stance), weighStance},
		{a.State, o.State, weighState},
		{a.Chamber, string(o.Chamber), weighChamber},
	} {
		switch want.have {
		case Any:
		case want.is:
			rank += want.weight
		default:
			return 0, false
		}
	}
	if len(a.Committees) > 0 {
		rank += weighCommittee
	}
	return rank, true
}

// seat is the official's seat on the first of the ask's committees on which
// they sit. Committees of the bill are those that have b now: none when it died
// or has become law. ok is false when they sit on none of them.
func (a Ask) seat(o *civics.Official, b *issue.Bill, now time.Time) (civics.Committee, bool) {
	for _, c := range o.Committees {
		if slices.Contains(a.Committees, c.ID) || a.ofBill() && b != nil && b.InCommittee(c.ID, now) {
			return c, true
		}
	}
	return civics.Committee{}, false
}

// ofBill tells whether the ask is for the committees that have its bill.
func (a Ask) ofBill() bool { return slices.Contains(a.Committees, CommitteeOfBill) }

// billFor is the ask's bill as it stands in the official's chamber: the bill
// itself, or its companion (same title, legislature and session). ok is false
// when the ask names a bill and none is open there.
func (a Ask) billFor(o *civics.Official, i issue.Issue, now time.Time) (*issue.Bill, bool) {
	if a.BillKey == "" {
		return nil, true
	}
	for _, b := range a.bills(i) {
		if before(b, o) && !b.Expired(now) {
			return &b, true
		}
	}
	return nil, false
}

// bills are the ask's bill and its companions, in the issue's order.
func (a Ask) bills(i issue.Issue) []issue.Bill {
	named, found := i.Bill(a.BillKey)
	if !found {
		return nil
	}
	var all []issue.Bill
	for _, b := range i.Bills {
		if b.Key == named.Key || companion(b, named) {
			all = append(all, b)
		}
	}
	return all
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

// key names the ask within its letter. Parts that most asks lack come with an
// underscore, which no part before them ends in, so that no two places share a
// key, and an ask without them keeps the key it always had.
func (a Ask) key() string {
	parts := []string{string(a.Level), a.Chamber, strings.ToLower(a.State), string(a.Stance)}
	for _, c := range a.Committees {
		parts[len(parts)-1] += "_" + strings.ToLower(c)
	}
	if a.BillKey != "" {
		parts = append(parts, a.BillKey)
	}
	key := strings.Join(parts, "-")
	if a.Variant != "" {
		key += "_" + a.Variant
	}
	return key
}
