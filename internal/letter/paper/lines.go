package paper

import (
	"strings"
	"unicode/utf8"
)

// lines breaks a text into lines of at most this width. It breaks at spaces,
// after hyphens, dashes and slashes, at line breaks, and where nothing else is
// left, within a word.
func (r *ruler) lines(text string, size, width float64) []string {
	var all []string
	for line := range strings.SplitSeq(text, "\n") {
		all = append(all, r.broken(line, size, width)...)
	}
	return all
}

func (r *ruler) broken(text string, size, width float64) []string {
	var lines []string
	line, taken := "", 0.0
	end := func() {
		if line = strings.TrimRight(line, " "); line != "" {
			lines = append(lines, line)
		}
		line, taken = "", 0
	}
	for _, piece := range pieces(text) {
		needs := r.width(strings.TrimRight(piece, " "), size)
		if taken > 0 && taken+needs > width {
			end()
		}
		for needs > width {
			var head string
			head, piece = r.cut(piece, size, width)
			lines = append(lines, head)
			needs -= r.width(head, size)
		}
		line += piece
		taken += r.width(piece, size)
	}
	end()
	return lines
}

// pieces cuts a text where a line may break; each piece keeps the space after it.
func pieces(text string) []string {
	var all []string
	from := 0
	for i, letter := range text {
		next := i + utf8.RuneLen(letter)
		after, _ := utf8.DecodeRuneInString(text[next:])
		if next < len(text) && (letter == ' ' || strings.ContainsRune(joints, letter) && i > from) && !strings.ContainsRune(joints+" ", after) {
			all, from = append(all, text[from:next]), next
		}
	}
	return append(all, text[from:])
}

// joints are where a word may be broken after, but not before.
const joints = "-/–—"

// folded breaks a line of an address. One that fits in two halves is broken after
// a comma if it can be, else where the halves are most alike: so that no single
// word is left over.
func (r *ruler) folded(line string, size, width float64) []string {
	lines := r.lines(line, size, width)
	if len(lines) != 2 {
		return lines
	}
	best, least := lines, width*3
	all := pieces(line)
	for i := 1; i < len(all); i++ {
		first, second := strings.TrimRight(strings.Join(all[:i], ""), " "), strings.Join(all[i:], "")
		wider := max(r.width(first, size), r.width(second, size))
		if wider > width {
			continue
		}
		if !strings.HasSuffix(first, ",") {
			wider += width
		}
		if wider < least {
			best, least = []string{first, second}, wider
		}
	}
	return best
}

// cut takes from a word without an end as much as fits in one line, and at least
// a letter with its marks.
func (r *ruler) cut(word string, size, width float64) (head, rest string) {
	total, end := 0.0, 0
	for i, letter := range word {
		if isMark(letter) {
			continue
		}
		if total += r.glyph(letter).advance * size / perEm; total > width && i > 0 {
			break
		}
		end = i + utf8.RuneLen(letter)
	}
	for end < len(word) {
		letter, n := utf8.DecodeRuneInString(word[end:])
		if !isMark(letter) {
			break
		}
		end += n
	}
	return word[:end], word[end:]
}

// paragraphsOf cuts a text at its empty lines.
func paragraphsOf(text string) []string {
	var all []string
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Trim(part, "\n"); part != "" {
			all = append(all, part)
		}
	}
	return all
}
