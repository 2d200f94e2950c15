package pledge

// FewAtLeast is the smallest group whose number is told.
const FewAtLeast = 5

// Cell is one number of a table whose total is known.
type Cell struct {
	Key string
	N   int64
}

// Fold keeps small groups out of a table: shown are the cells that may be told,
// others is the sum of the rest, which anybody can work out from the total.
//
// A cell under FewAtLeast isn't shown. When all such cells together are fewer
// than that, and at least 1, their sum would tell of a small group (of the one
// person, if there is one such cell); when they are as many as they can be, it
// would tell each of them. Then another cell is folded with them: the first that
// could be shown, in the order in which they are given. It depends on no number,
// or its choice would tell something; callers give first what is missed least.
// others is then at least FewAtLeast, or 0, unless the whole table is smaller.
func Fold(cells []Cell) (shown map[string]int64, others int64) {
	shown = make(map[string]int64, len(cells))
	for _, c := range cells {
		if c.N >= FewAtLeast {
			shown[c.Key] = c.N
		} else {
			others += max(0, c.N)
		}
	}
	tells := others > 0 && others == int64(len(cells)-len(shown))*(FewAtLeast-1)
	for _, c := range cells {
		if others == 0 || others >= FewAtLeast && !tells {
			break
		}
		if n, is := shown[c.Key]; is {
			delete(shown, c.Key)
			others += n
			tells = false
		}
	}
	return shown, others
}

// upTo rounds a number of people up to the next multiple of FewAtLeast: "up to"
// stays true, and neither two such numbers nor one at two times tell of a few
// people by their difference.
func upTo(n int64) int64 {
	return (max(0, n) + FewAtLeast - 1) / FewAtLeast * FewAtLeast
}
