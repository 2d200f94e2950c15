package civics

import (
	"fmt"
	"slices"
	"time"
)

// What an import may lose before it is refused without --force. A file that is
// cut off, or of another kind than it seems, loses more; an election loses
// nothing, since a successor sits in the seat.
const (
	mostLost      = 20 // one in as many of a dataset's people, ZIP codes or districts: 5 %
	mostLostState = 3  // one in as many of one state's legislators
	smallState    = 6  // where a state has fewer, only an empty chamber says anything
)

// refusals says why a dataset isn't taken without force: in words, each with what
// was there and what would be.
func (c comparison) refusals() []string {
	reasons := c.age()
	switch c.told.Kind {
	case DatasetZipCongress, DatasetZipState:
		was, is := zipDivisions(c.before), zipDivisions(c.after)
		reasons = append(reasons, lost(c.told, "ZIP code", len(was), gone(was, is))...)
		before, after := districtsOf(c.before), districtsOf(c.after)
		reasons = append(reasons, lost(c.told, "district", len(before), gone(before, after))...)
	case DatasetBoundaries: // every district is on a map that could be read
	case DatasetContactForms:
		was, is := c.rosters()
		reasons = append(reasons, lost(c.told, "web form", len(was), gone(was, is))...)
	default:
		reasons = append(reasons, c.peopleLost()...)
		reasons = append(reasons, c.kindsLost()...)
	}
	return reasons
}

// kindsLost refuses to lose a whole kind of fact about the same people: a file
// beside the list, or a column, is missing then.
func (c comparison) kindsLost() []string {
	if c.before.id() != c.told.ID {
		return nil // the next Congress's committees and offices come later
	}
	var reasons []string
	was, is := c.before.kinds(), c.after.kinds()
	for _, noun := range []string{"district office", "committee seat", "e-mail address", "phone"} {
		if many := was[noun]; many > 0 && is[noun] == 0 {
			reasons = append(reasons, fmt.Sprintf("%s: there is not one %s where there were %s: is a file or a column missing?",
				c.told.Name, noun, thousands(many)))
		}
	}
	return reasons
}

// kinds counts what is known about people, by kind.
func (t Tables) kinds() map[string]int {
	count := map[string]int{"committee seat": len(t.Members)}
	for _, o := range t.Offices {
		if o.Kind == OfficeDistrict {
			count["district office"]++
		}
	}
	for _, contact := range t.Contacts {
		count[map[string]string{ChannelEmail: "e-mail address", ChannelPhone: "phone"}[contact.Kind]]++
	}
	return count
}

// age refuses what is older than what stands, or of a Congress that has ended or
// is still far away.
func (c comparison) age() []string {
	var reasons []string
	if was := c.asOf(); c.told.AsOf.Before(was) {
		reasons = append(reasons, fmt.Sprintf("%s: the file is as of %s, older than what stands here, as of %s",
			c.told.Name, c.told.AsOf.Format(longDate), was.Format(longDate)))
	}
	if c.told.Kind == DatasetZipState && c.told.AsOf.After(c.now) {
		reasons = append(reasons, fmt.Sprintf("%s: these lines are for the election of %s, and would take effect at once",
			c.told.Name, c.told.AsOf.Format(longDate)))
	}
	sitting := CongressOn(c.now)
	switch congress := c.told.Congress; {
	case congress == 0:
	case congress < sitting:
		reasons = append(reasons, fmt.Sprintf("%s: that Congress has ended; the %s sits", c.told.Name, ordinal(sitting)))
	case congress > sitting+1:
		reasons = append(reasons, fmt.Sprintf("%s: that Congress begins on %s; only the next one is expected here",
			c.told.Name, CongressBegins(congress).Format(longDate)))
	}
	return reasons
}

// asOf is how new the facts are that a file would replace. Another edition's
// don't count, and of a file of one state only that state's.
func (c comparison) asOf() time.Time {
	if c.before.id() != c.told.ID {
		return time.Time{}
	}
	if len(c.parts) == 0 || len(c.before.People) == 0 {
		return c.before.Datasets[0].AsOf
	}
	rest := c.before.without(c.parts)
	stays := rest.ids()
	var newest time.Time
	for _, p := range c.before.People {
		if !stays[p.ID] && p.AsOf.After(newest) {
			newest = p.AsOf
		}
	}
	return newest
}

// gone counts the keys that are no longer there.
func gone[K comparable, V, W any](was map[K]V, is map[K]W) int {
	n := 0
	for key := range was {
		if _, still := is[key]; !still {
			n++
		}
	}
	return n
}

func districtsOf(t Tables) map[string]bool {
	districts := map[string]bool{}
	for _, z := range t.Zips {
		districts[z.DivisionID] = true
	}
	return districts
}

// lost refuses to lose too much of one thing.
func lost(d Dataset, noun string, before, lost int) []string {
	if lost*mostLost <= before {
		return nil
	}
	return []string{fmt.Sprintf("%s: %s of %s would be lost, more than 5 %%: is the file cut off?", d.Name, thousands(lost), counted(before, noun))}
}

// chamberOf is one chamber of a legislature, or a state's members of a chamber of
// Congress; of all states where state is "".
type chamberOf struct {
	level   Level
	state   string
	chamber Chamber
}

func (c chamberOf) String() string {
	switch {
	case c.level == State:
		return chamberName(placeByCode[c.state], c.chamber)
	case c.chamber == Senate:
		return joinNonEmpty(" of ", "the United States Senate", c.state)
	default:
		return joinNonEmpty(" of ", "the United States House of Representatives", c.state)
	}
}

// peopleLost looks for chambers, and for seats, that had someone and would have
// nobody.
func (c comparison) peopleLost() []string {
	was, is := c.before.sitting(), c.after.sitting()
	before, after := chambersOf(was), chambersOf(is)
	var reasons []string
	for of, n := range before {
		delegation := of.level == Federal && of.state != ""
		if after[of] == 0 && (n > 1 || !delegation) { // a state's only member may die
			reasons = append(reasons, fmt.Sprintf("%s: %s had %s and would have none", c.told.Name, of, counted(n, "member")))
		}
	}
	all, missing := 0, 0
	states, missed := map[string]int{}, map[string]int{}
	for seat, n := range was {
		vacant := n - min(n, is[seat])
		all += n
		missing += vacant
		if seat.of.level == State {
			states[seat.of.state] += n
			missed[seat.of.state] += vacant
		}
	}
	for state, n := range states {
		if n >= smallState && missed[state]*mostLostState > n {
			reasons = append(reasons, fmt.Sprintf("%s: %s of %s in %s would be lost, more than a third: is the file cut off?",
				c.told.Name, thousands(missed[state]), counted(n, "legislator"), StateName(state)))
		}
	}
	slices.Sort(reasons)
	noun := "member"
	if c.told.Kind == DatasetOpenStates {
		noun = "legislator"
	}
	return append(reasons, lost(c.told, noun, all, missing)...)
}

// chambersOf counts who sits in each chamber.
func chambersOf(seats map[seatOf]int) map[chamberOf]int {
	count := map[chamberOf]int{}
	for seat, n := range seats {
		count[seat.of] += n
		if seat.of.level == Federal {
			count[chamberOf{Federal, "", seat.of.chamber}] += n
		}
	}
	return count
}

// seatOf is a seat and the chamber that it is in.
type seatOf struct {
	of chamberOf
	id string
}

// sitting counts who sits in each seat.
func (t Tables) sitting() map[seatOf]int {
	seats := make(map[string]seatOf, len(t.Seats))
	for _, s := range t.Seats {
		seats[s.ID] = seatOf{chamberOf{s.Level, s.State, s.Chamber}, s.ID}
	}
	count := map[seatOf]int{}
	for _, tenure := range t.Tenures {
		if seat, known := seats[tenure.SeatID]; known {
			count[seat]++
		}
	}
	return count
}
