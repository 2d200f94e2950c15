package civics

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// nobodysZip are the sitting legislators whom no ZIP code reaches, by what their
// seat is: no table says which ZIP codes lie in Puerto Rico's districts, and
// tribes in Maine elect members of their own.
func nobodysZip(o *Official) bool {
	return o.State == "PR" || (o.State == "ME" && (strings.Contains(o.District, "Passamaquoddy") || strings.Contains(o.District, "Maliseet")))
}

// At least 98 % of the sitting legislators are found by some ZIP code, and the
// others are named.
func TestLegislatorsReachedByZip(t *testing.T) {
	t.Parallel()
	a := shippedAtlas(t)
	reached := map[string]bool{}
	for zip := range zipsOf(shippedTables(t)) {
		answer, err := a.ByZIP(zip)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range answer.Officials {
			reached[o.ID] = true
		}
		for _, c := range answer.Candidates {
			for _, o := range c.Officials {
				reached[o.ID] = true
			}
		}
	}
	type count struct{ sitting, found int }
	states := map[string]*count{}
	var all count
	var missed []string
	for id, o := range a.current().officials {
		if o.Level != State || o.Vacant || o.Serves.Left {
			continue
		}
		c := states[o.State]
		if c == nil {
			c = &count{}
			states[o.State] = c
		}
		c.sitting++
		all.sitting++
		switch {
		case reached[id]:
			c.found++
			all.found++
		case !nobodysZip(o):
			t.Errorf("no ZIP code finds %s, %s", o.Name, o.SeatName)
		default:
			missed = append(missed, fmt.Sprintf("%s, %s", o.Name, o.SeatName))
		}
	}
	for _, state := range slices.Sorted(maps.Keys(states)) {
		c := states[state]
		t.Logf("%s: %d of %d legislators, %.1f %%", state, c.found, c.sitting, 100*float64(c.found)/float64(c.sitting))
	}
	slices.Sort(missed)
	for _, name := range missed {
		t.Logf("found by address only: %s", name)
	}
	share := float64(all.found) / float64(all.sitting)
	t.Logf("all: %d of %d, %.2f %%", all.found, all.sitting, 100*share)
	if share < 0.98 || all.sitting < 7400 {
		t.Errorf("%d of %d legislators are found by a ZIP code", all.found, all.sitting)
	}
}
