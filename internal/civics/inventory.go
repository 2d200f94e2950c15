package civics

import "slices"

// Inventory counts what the atlas knows now, for the page on the data.
type Inventory struct {
	Members        int // of Congress, delegates among them
	Legislators    int // of the states
	Offices        int // of both
	Zips           int // ZIP codes with a place
	Districts      int // of Congress
	StateDistricts int // districts of state legislatures
	Vacant         []*Official
}

// Inventory counts the people, offices, ZIP codes and districts of the period
// that it is now, and lists the vacant seats: Congress first, then by state.
func (a *Atlas) Inventory() Inventory {
	x := a.current()
	var n Inventory
	for _, seated := range x.seated {
		for _, o := range seated {
			switch {
			case o.Vacant:
				n.Vacant = append(n.Vacant, o)
				continue
			case o.Level == Federal:
				n.Members++
			default:
				n.Legislators++
			}
			n.Offices += len(o.Offices)
		}
	}
	for _, d := range x.divisions {
		switch {
		case d.Chamber == House:
			n.Districts++
		case d.Level == State:
			n.StateDistricts++
		}
	}
	for zip := range zipCodes {
		if x.zipStart[zip] < x.zipStart[zip+1] {
			n.Zips++
		}
	}
	slices.SortFunc(n.Vacant, compareVacant)
	return n
}

// compareVacant lists Congress first, then each state's chambers in their order.
func compareVacant(a, b *Official) int {
	if (a.Level == Federal) != (b.Level == Federal) {
		if a.Level == Federal {
			return -1
		}
		return 1
	}
	if a.State != b.State {
		if StateName(a.State) < StateName(b.State) {
			return -1
		}
		return 1
	}
	return compareOfficials(a, b)
}
