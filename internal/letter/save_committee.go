package letter

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"redress/internal/civics"
	"redress/internal/content/item"
)

// committees are those that an ask's file names, in whichever of the two ways.
func (f askFile) committees() []string {
	return compact(append(slices.Clone(f.Committees), f.Committee))
}

// committeeField is the path of the field that names an ask's committees. Naming
// them in both ways is reported.
func (f askFile) committeeField(c *item.Check, at string) string {
	if len(f.Committees) == 0 {
		return at + ".committee"
	}
	if f.Committee != "" {
		c.Fail(at+".committee", "write committee for one or committees for several, not both")
	}
	return at + ".committees"
}

var (
	committeeID    = regexp.MustCompile(`^[HSJ][A-Z]{3}$`)
	subcommitteeID = regexp.MustCompile(`^([HSJ][A-Z]{3})[0-9]{2}$`)
)

// checkCommittees reports committees, standing at a path of the file, that no
// recipient of the ask can sit on.
func (a Ask) checkCommittees(c *item.Check, field string, facts known) {
	if len(a.Committees) == 0 {
		return
	}
	if a.Level == civics.State {
		c.Fail(field, "only members of Congress have committees here: an ask of state legislators can name none")
		return
	}
	if a.ofBill() {
		a.checkCommitteeOfBill(c, field, facts.bills)
		return
	}
	for _, id := range a.Committees {
		if wrong := a.wrongCommittee(id, facts.committees); wrong != "" {
			c.Fail(field, "%s", wrong)
		}
	}
}

func (a Ask) checkCommitteeOfBill(c *item.Check, field string, bills map[string]knownBill) {
	bill, found := bills[a.BillKey]
	switch {
	case len(a.Committees) > 1:
		c.Fail(field, "bill stands for all committees that have the bill: name no other beside it")
	case a.BillKey == "":
		c.Fail(field, "bill stands for the committees that have the ask's bill, but the ask names no bill")
	case found && len(bill.committees) == 0:
		c.Fail(field, "bill %q has no committees in the issue", a.BillKey)
	}
}

// wrongCommittee says what is wrong with a committee's id, or "". Names are the
// committees that are known; with none known only the id's shape is checked.
func (a Ask) wrongCommittee(id string, names map[string]string) string {
	if of := subcommitteeID.FindStringSubmatch(id); of != nil {
		return fmt.Sprintf("%q is a subcommittee, whose members aren't known here: name its committee, %s", id, of[1])
	}
	if !committeeID.MatchString(id) {
		return fmt.Sprintf("%q is not a committee's id such as HSJU, nor bill", id)
	}
	if _, found := names[id]; !found && len(names) > 0 {
		return fmt.Sprintf("there is no committee %q; near it are %s", id, near(id, names))
	}
	if a.Chamber == string(civics.Senate) && id[0] == 'H' || a.Chamber == string(civics.House) && id[0] == 'S' {
		return fmt.Sprintf("%q is a committee of the other chamber", id)
	}
	return ""
}

// nearest is how many committees a report offers in place of one.
const nearest = 3

// near are the committees whose ids differ least from one that isn't there.
func near(id string, names map[string]string) string {
	ids := slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		return cmp.Or(cmp.Compare(differences(id, a), differences(id, b)), cmp.Compare(a, b))
	})
	var offered []string
	for _, other := range ids[:min(nearest, len(ids))] {
		offered = append(offered, other+" ("+names[other]+")")
	}
	return strings.Join(offered, ", ")
}

// differences counts the places at which two ids of one length differ.
func differences(a, b string) int {
	n := 0
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
