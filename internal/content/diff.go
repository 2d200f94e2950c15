package content

import (
	"fmt"
	"strings"
)

// around is how many unchanged lines a difference shows before and after.
const around = 3

// unified shows how one text becomes another, in the style of diff -u.
func unified(from, to string) string {
	edits := script(strings.Split(strings.TrimSuffix(from, "\n"), "\n"), strings.Split(strings.TrimSuffix(to, "\n"), "\n"))
	var b strings.Builder
	b.WriteString("--- in the database\n+++ in the file\n")
	for start := 0; start < len(edits); {
		first := nextChange(edits, start)
		if first < 0 {
			break
		}
		end := endOfHunk(edits, first)
		begin := max(start, first-around)
		writeHunk(&b, edits[begin:end])
		start = end
	}
	return b.String()
}

// edit is one line of a difference: kept ' ', taken away '-', added '+'; with
// the numbers that the next line has in both texts.
type edit struct {
	sign     byte
	line     string
	from, to int
}

func nextChange(edits []edit, at int) int {
	for ; at < len(edits); at++ {
		if edits[at].sign != ' ' {
			return at
		}
	}
	return -1
}

// endOfHunk is where the lines around a run of changes end; changes closer
// than twice that share a hunk.
func endOfHunk(edits []edit, first int) int {
	last := first
	for {
		next := nextChange(edits, last+1)
		if next < 0 || next-last > 2*around {
			return min(len(edits), last+1+around)
		}
		last = next
	}
}

func writeHunk(b *strings.Builder, edits []edit) {
	from, to := 0, 0
	for _, e := range edits {
		if e.sign != '+' {
			from++
		}
		if e.sign != '-' {
			to++
		}
	}
	fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n", edits[0].from, from, edits[0].to, to)
	for _, e := range edits {
		b.WriteByte(e.sign)
		b.WriteString(e.line)
		b.WriteByte('\n')
	}
}

// script finds a shortest way from one text to the other by their longest
// common subsequence of lines.
func script(from, to []string) []edit {
	common := commonSuffixes(from, to)
	var edits []edit
	i, j := 0, 0
	for i < len(from) || j < len(to) {
		e := edit{from: i + 1, to: j + 1}
		switch {
		case i < len(from) && j < len(to) && from[i] == to[j]:
			e.sign, e.line = ' ', from[i]
			i++
			j++
		case i < len(from) && (j == len(to) || common[i+1][j] >= common[i][j+1]):
			e.sign, e.line = '-', from[i]
			i++
		default:
			e.sign, e.line = '+', to[j]
			j++
		}
		edits = append(edits, e)
	}
	return edits
}

// commonSuffixes holds at [i][j] how many lines from[i:] and to[j:] have in common.
func commonSuffixes(from, to []string) [][]int32 {
	length := make([][]int32, len(from)+1)
	for i := range length {
		length[i] = make([]int32, len(to)+1)
	}
	for i := len(from) - 1; i >= 0; i-- {
		for j := len(to) - 1; j >= 0; j-- {
			if from[i] == to[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	return length
}
