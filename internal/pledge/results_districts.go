package pledge

import (
	"slices"

	"redress/internal/civics"
)

// placed is how many signed in each district, by its id, and in each state
// without a district that is sure, by its code.
type placed struct {
	inside map[string]int64
	shared map[string]int64
	loose  map[string]int64
}

// placeZips counts by the lines that are in force now. A signer who was placed
// under former lines counts by their ZIP code again.
func placeZips(zips []ZipTally, atlas *civics.Atlas) placed {
	p := placed{inside: map[string]int64{}, shared: map[string]int64{}, loose: map[string]int64{}}
	stateOf := map[string]string{}
	for _, d := range atlas.HouseDistricts() {
		stateOf[d.ID] = d.State
	}
	congress, place := atlas.Congress(), atlas.ZipPlacer()
	for _, z := range zips {
		if _, inForce := stateOf[z.DistrictID]; inForce && z.DistrictCongress == congress {
			p.inside[z.DistrictID] += z.N
			continue
		}
		ids, whole := place(z.Zip)
		if whole {
			p.inside[ids[0]] += z.N
			continue
		}
		var states []string
		for _, id := range ids {
			p.shared[id] += z.N
			if state := stateOf[id]; !slices.Contains(states, state) {
				states = append(states, state)
				p.loose[state] += z.N
			}
		}
	}
	return p
}

// foldDistricts folds each state's districts, together with those of its signers
// who may be in several: who knows the state's number knows the sum. A state that
// isn't shown shows no district either.
func foldDistricts(p placed, districts []*civics.Division, states []StateTally) []DistrictTally {
	stateShown := map[string]bool{}
	for _, s := range states {
		stateShown[s.Code] = s.Shown
	}
	cells := map[string][]Cell{}
	for _, d := range districts {
		if cells[d.State] == nil {
			cells[d.State] = []Cell{{"", p.loose[d.State]}}
		}
		cells[d.State] = append(cells[d.State], Cell{d.ID, p.inside[d.ID]})
	}
	shown := map[string]map[string]int64{}
	for state, list := range cells {
		if stateShown[state] {
			shown[state], _ = Fold(list)
		}
	}
	tallies := make([]DistrictTally, 0, len(districts))
	for _, d := range districts {
		t := DistrictTally{Division: d}
		t.AtLeast, t.Shown = shown[d.State][d.ID]
		_, loose := shown[d.State][""]
		if t.UpToTold = t.Shown && (loose || p.loose[d.State] == 0); t.UpToTold {
			t.UpTo = upTo(p.shared[d.ID])
		}
		tallies = append(tallies, t)
	}
	return tallies
}
