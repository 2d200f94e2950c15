package pledge_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"redress/internal/pledge"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cells  []pledge.Cell
		shown  map[string]int64
		others int64
	}{
		"nothing":                    {nil, map[string]int64{}, 0},
		"all large":                  {[]pledge.Cell{{"a", 5}, {"b", 9}}, map[string]int64{"a": 5, "b": 9}, 0},
		"nobody is no group":         {[]pledge.Cell{{"a", 0}, {"b", 9}}, map[string]int64{"b": 9}, 0},
		"one small takes another":    {[]pledge.Cell{{"a", 4}, {"b", 9}, {"c", 7}}, map[string]int64{"c": 7}, 13},
		"two small are too few":      {[]pledge.Cell{{"b", 9}, {"a", 1}, {"c", 2}}, map[string]int64{}, 12},
		"two small are enough":       {[]pledge.Cell{{"a", 3}, {"b", 2}, {"c", 7}}, map[string]int64{"c": 7}, 5},
		"all as many as they can be": {[]pledge.Cell{{"a", 4}, {"b", 4}, {"c", 7}, {"d", 9}}, map[string]int64{"d": 9}, 15},
		"what is no number is none":  {[]pledge.Cell{{"a", -3}, {"b", 7}}, map[string]int64{"b": 7}, 0},
		"the whole table is a group": {[]pledge.Cell{{"a", 3}, {"b", 0}}, map[string]int64{}, 3},
	} {
		shown, others := pledge.Fold(c.cells)
		if !maps.Equal(shown, c.shown) || others != c.others {
			t.Errorf("%s: %v and %d others", name, shown, others)
		}
	}
}

func cellsOf(t *rapid.T) []pledge.Cell {
	counts := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 12), rapid.Int64Range(0, 5000)), 2, 12).Draw(t, "counts")
	cells := make([]pledge.Cell, len(counts))
	for i, n := range counts {
		cells[i] = pledge.Cell{Key: fmt.Sprint(i), N: n}
	}
	return cells
}

// Nothing is lost, and no small group stands alone: not in a cell, and not in
// what is left of the total.
func TestFoldedTablesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cells := cellsOf(t)
		shown, others := pledge.Fold(cells)
		total, sum := int64(0), others
		for _, c := range cells {
			total += c.N
		}
		for _, n := range shown {
			if sum += n; n < pledge.FewAtLeast {
				t.Fatalf("shows a group of %d", n)
			}
		}
		if sum != total {
			t.Fatalf("adds up to %d of %d", sum, total)
		}
		if others > 0 && others < pledge.FewAtLeast && len(shown) > 0 {
			t.Fatalf("others are %d, and %d cells are shown", others, len(shown))
		}
	})
}

// Who knows the rules, the table shown and its total can't tell the number of a
// small group: there is always another table, with another number in that place,
// which looks the same.
func TestASmallGroupCantBeWorkedOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cells := cellsOf(t)
		shown, others := pledge.Fold(cells)
		if len(shown) == 0 && others < pledge.FewAtLeast {
			t.Skip("the pledge itself is that small, and its count is public")
		}
		if len(shown) == 0 && others == int64(len(cells))*(pledge.FewAtLeast-1) {
			t.Skip("there is nothing to fold them with, and the pledge's count is public")
		}
		for i, c := range cells {
			if c.N == 0 || c.N >= pledge.FewAtLeast {
				continue
			}
			ambiguous := false
			try := func(change func(other []pledge.Cell)) {
				if ambiguous {
					return
				}
				other := slices.Clone(cells)
				change(other)
				looks, rest := pledge.Fold(other)
				ambiguous = other[i].N != c.N && maps.Equal(looks, shown) && rest == others
			}
			for j := range cells {
				if _, is := shown[cells[j].Key]; is || j == i {
					continue
				}
				for moved := int64(-4); moved <= 4; moved++ {
					if c.N+moved >= 0 && cells[j].N-moved >= 0 {
						try(func(other []pledge.Cell) { other[i].N, other[j].N = c.N+moved, cells[j].N-moved })
					}
				}
				try(func(other []pledge.Cell) { other[i].N, other[j].N = cells[j].N, c.N })
				for one := range cells { // nearly all of what is folded are in j
					if _, is := shown[cells[one].Key]; is || one == j {
						continue
					}
					try(func(other []pledge.Cell) {
						for k := range other {
							if _, is := shown[other[k].Key]; !is {
								other[k].N = 0
							}
						}
						other[one].N, other[j].N = 1, others-1
					})
				}
			}
			if !ambiguous {
				t.Fatalf("cell %d of %v can only be %d", i, cells, c.N)
			}
		}
	})
}
