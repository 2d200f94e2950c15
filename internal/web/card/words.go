package card

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// What is read of a text, in letters: more than fits.
const (
	mostTitle = 300
	mostText  = 700
	mostName  = 120
	mostLabel = 40
)

// mostMarks is how many marks one letter carries; more would run into other lines.
const mostMarks = 2

const ellipsis = "…"

// clean is a text in letters that the face has, its words one space apart, and no
// longer than most. It is empty when a letter of it can't be set.
func (f *face) clean(text string, most int) string {
	var b strings.Builder
	letters, marks := 0, 0
	text = text[:min(len(text), 16*most)] // what composing reads is bounded too
	for _, letter := range norm.NFC.String(strings.ToValidUTF8(text, "")) {
		if letters == most {
			b.WriteString(ellipsis)
			break
		}
		switch {
		case unicode.IsSpace(letter):
			b.WriteRune(' ')
			letters, marks = letters+1, mostMarks // nothing stands on a space
		case unicode.In(letter, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
		case isMark(letter):
			if marks < mostMarks && f.has(letter) {
				b.WriteRune(letter)
			}
			marks++
		case !f.has(letter) || fromRight(letter):
			return ""
		default:
			b.WriteRune(letter)
			letters, marks = letters+1, 0
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func isMark(letter rune) bool { return unicode.In(letter, unicode.Mn, unicode.Me) }

func fromRight(letter rune) bool {
	class, _ := bidi.LookupRune(letter)
	switch class.Class() {
	case bidi.R, bidi.AL, bidi.AN:
		return true
	}
	return false
}

// lines breaks a text at its spaces into lines of at most this width, and within
// a word that is wider than a line. whole tells that no word was broken.
func (f *face) lines(text string, size, width float64) (lines []string, whole bool) {
	whole = true
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && f.width(line+" "+word, size) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for f.width(word, size) > width {
			whole = false
			n := f.fitting(word, size, width)
			lines, word = append(lines, word[:n]), word[n:]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines, whole
}

// fitting is how many bytes of a word fit, and at least a letter with its marks.
func (f *face) fitting(word string, size, width float64) int {
	fits := len(word)
	for i, letter := range word {
		if i == 0 || isMark(letter) {
			continue
		}
		if fits < len(word) && f.width(word[:i], size) > width {
			break
		}
		fits = i
	}
	return fits
}

// first is at most n lines; the last ends in an ellipsis when others are left out.
func (f *face) first(lines []string, n int, size, width float64) []string {
	if n = max(n, 1); len(lines) <= n {
		return lines
	}
	lines = lines[:n:n]
	lines[n-1] = f.cut(lines[n-1]+ellipsis, size, width)
	return lines
}

// cut is a line that fits, ending in an ellipsis when it did not.
func (f *face) cut(line string, size, width float64) string {
	if f.width(line, size) <= width {
		return line
	}
	letters := []rune(strings.TrimSuffix(line, ellipsis))
	for len(letters) > 0 {
		letters = letters[:len(letters)-1]
		if short := strings.TrimRight(string(letters), " .,;:") + ellipsis; f.width(short, size) <= width {
			return short
		}
	}
	return ""
}
