package civics

import (
	"slices"
	"testing"
)

func TestDistrictsStandInTheOrderOfTheirNumbers(t *testing.T) {
	t.Parallel()
	want := []string{"Belknap 1", "Belknap 10", "Merrimack 4", "Merrimack 15", "1", "2", "8th Essex", "8th Suffolk", "10", "34A", "34B"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareDistricts)
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
