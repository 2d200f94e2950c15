package civics

import "testing"

func TestInventoryCountsWhatTheTablesHold(t *testing.T) {
	t.Parallel()
	n := shippedAtlas(t).Inventory()
	if n.Members != 537 || n.Zips != 33791 || n.Districts != 441 || n.Legislators < 7000 || n.Offices < 8000 || n.StateDistricts < 6000 {
		t.Errorf("%+v", n)
	}
	var congress []string
	for i, o := range n.Vacant {
		if !o.Vacant {
			t.Errorf("%s is in their seat", o.Name)
		}
		if o.Level == Federal {
			congress = append(congress, o.ID)
		}
		if o.Level == Federal && i > 0 && n.Vacant[i-1].Level != Federal {
			t.Errorf("%s stands after the states' seats", o.ID)
		}
	}
	// California, Florida, Georgia and Texas, by name.
	for i, want := range []string{"vacant:us-ca-cd-14", "vacant:us-fl-cd-20", "vacant:us-ga-cd-13", "vacant:us-tx-cd-23"} {
		if len(congress) != 4 || congress[i] != want {
			t.Fatalf("vacant in Congress: %v", congress)
		}
	}
	if empty := FromTables(Tables{}, clockAt(today)).Inventory(); empty.Members != 0 || empty.Zips != 0 || len(empty.Vacant) != 0 {
		t.Errorf("nothing counts as %+v", empty)
	}
}
