package civics_test

import (
	"fmt"
	"slices"
	"testing"

	"redress/internal/civics"
	"redress/internal/civics/civicstest"
)

// A ZIP code that is wholly inside a district is one for which a visitor isn't
// asked for an address; the two ways of telling must agree.
func TestZipDistrictsAgreeWithAnswers(t *testing.T) {
	t.Parallel()
	atlas := civicstest.InMemory(t)
	known := map[string]bool{}
	for _, d := range atlas.HouseDistricts() {
		known[d.ID] = true
	}
	if len(known) != 441 {
		t.Errorf("%d districts", len(known))
	}
	n, shared := 0, 0
	for zip := range 100_000 {
		code := fmt.Sprintf("%05d", zip)
		ids, whole := atlas.ZipDistricts(code)
		answer, err := atlas.ByZIP(code)
		if err != nil {
			if len(ids) > 0 {
				t.Errorf("%s lies in %v, though no mail uses it", code, ids)
			}
			continue
		}
		var sure, candidates []string
		for _, d := range answer.Divisions {
			if d.Chamber == civics.House {
				sure = append(sure, d.ID)
			}
		}
		for _, c := range answer.Candidates {
			if c.Chamber == civics.House {
				for _, d := range c.Divisions {
					candidates = append(candidates, d.ID)
				}
			}
		}
		n++
		for _, id := range ids {
			if !known[id] {
				t.Errorf("%s: no district %s is in force", code, id)
			}
		}
		if whole != (len(sure) == 1) || whole && ids[0] != sure[0] {
			t.Errorf("%s: %v %v, but the answer is sure of %v", code, ids, whole, sure)
		}
		if !whole {
			shared++
		}
		for _, id := range candidates {
			if !slices.Contains(ids, id) {
				t.Errorf("%s may lie in %s, too", code, id)
			}
		}
	}
	if n < 30_000 || shared < 1000 {
		t.Errorf("%d ZIP codes, %d of them shared", n, shared)
	}
	for _, wrong := range []string{"", "8020", "802033", "8020x", "09001"} {
		if ids, whole := atlas.ZipDistricts(wrong); len(ids) > 0 || whole {
			t.Errorf("%q lies in %v", wrong, ids)
		}
	}
}
