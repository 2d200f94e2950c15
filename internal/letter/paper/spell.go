package paper

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// Missing lists what of the letters can't be printed, each once, in the order in
// which it comes: letters of scripts that the typefaces lack or that are written
// from right to left, emoji and other symbols. Empty: they are printed whole.
func Missing(letters ...Letter) []rune {
	faces, err := load()
	if err != nil {
		return nil // Write says so
	}
	speller := speller{ruler: newRuler(faces)}
	for _, l := range letters {
		l.through(speller.spell)
	}
	return speller.missing
}

// spelled is the letter in what can be printed.
func (l Letter) spelled(faces []typeface) Letter {
	speller := speller{ruler: newRuler(faces)}
	return l.through(speller.spell)
}

// through is the letter with each of its texts changed.
func (l Letter) through(change func(string) string) Letter {
	each := func(texts []string) []string {
		changed := make([]string, len(texts))
		for i, t := range texts {
			changed[i] = change(t)
		}
		return changed
	}
	lines := func(lines []Line) []Line {
		changed := make([]Line, len(lines))
		for i, line := range lines {
			changed[i] = Line{Text: change(line.Text), Blank: change(line.Blank)}
		}
		return changed
	}
	return Letter{
		From: lines(l.From), To: each(l.To), Date: change(l.Date), Subject: change(l.Subject), Salutation: change(l.Salutation),
		Paragraphs: each(l.Paragraphs), Close: change(l.Close), Name: lines(l.Name), Enclosures: each(l.Enclosures),
	}
}

// glue is a space at which no line breaks.
const glue = '\u00a0'

// hyphen is one after which no line breaks.
const hyphen = '\u2010'

// mostMarks is how many marks one letter carries; more would run into other lines.
const mostMarks = 2

// speller turns texts into what can be printed and notes what can't.
type speller struct {
	*ruler
	missing []rune
}

// spelling is one text in the making.
type spelling struct {
	out   strings.Builder
	last  rune // the letter that a mark would stand on; 0: none
	marks int  // on it already
	gap   int  // letters left out just now
}

func (s *speller) spell(text string) string {
	text = norm.NFC.String(newlines.Replace(strings.ToValidUTF8(text, string(unicode.ReplacementChar))))
	var w spelling
	for _, letter := range text {
		switch {
		case letter == '\n':
			w.put('\n')
		case letter == glue || letter == '\u202f' || letter == '\u2007':
			w.put(glue)
		case letter == '\u2011':
			w.put(hyphen)
		case unicode.Is(unicode.Zs, letter) || letter == '\t':
			w.put(' ')
		case isMark(letter):
			s.mark(&w, letter)
		case unseen(letter):
		case s.printable(letter):
			w.put(letter)
		default:
			s.leaveOut(&w, letter)
		}
	}
	w.close()
	return tidy(w.out.String())
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n\n")

// put writes a letter, after the blank for those that were left out before it.
func (w *spelling) put(letter rune) {
	w.close()
	w.out.WriteRune(letter)
	w.last, w.marks = letter, 0
}

// close writes the blank for the letters that were left out: wider than they
// are, since people write larger than a press, and never very long.
func (w *spelling) close() {
	if w.gap > 0 {
		w.out.WriteString(strings.Repeat("_", min(max(2*w.gap, 6), 24)))
		w.gap = 0
	}
}

// mark writes a combining mark on the letter before it. What was composed with
// its letter is none any more.
func (s *speller) mark(w *spelling, mark rune) {
	standsOn := w.last != 0 && w.gap == 0 && !unicode.IsSpace(w.last)
	switch {
	case unicode.Is(unicode.Me, mark): // a ring or a key around a letter that stays
	case w.gap > 0: // left out with its letter
	case standsOn && w.marks >= mostMarks:
	case standsOn && s.has(mark) && !rightToLeft(mark):
		w.out.WriteRune(mark)
		w.marks++
	default:
		s.note(mark)
	}
}

// leaveOut leaves a blank for letters and figures, and nothing for the rest.
func (s *speller) leaveOut(w *spelling, letter rune) {
	if unicode.Is(unicode.Sk, letter) {
		return // the color of an emoji's skin
	}
	s.note(letter)
	if unicode.IsLetter(letter) || unicode.IsNumber(letter) || unicode.Is(unicode.Co, letter) || w.gap > 0 {
		w.gap++
		return
	}
	w.last = 0
}

func (s *speller) note(letter rune) {
	if !slices.Contains(s.missing, letter) {
		s.missing = append(s.missing, letter)
	}
}

// highest is the last letter that the PDF library knows.
const highest = 0xffff

// printable tells whether a letter can be set as it is: by itself, from left to
// right, without joining its neighbors.
func (s *speller) printable(letter rune) bool {
	return letter <= highest && !unicode.In(letter, unicode.Co, unicode.Lao) && !rightToLeft(letter) && s.has(letter)
}

func rightToLeft(letter rune) bool {
	class, _ := bidi.LookupRune(letter)
	switch class.Class() {
	case bidi.R, bidi.AL, bidi.AN:
		return true
	}
	return false
}

// unseen tells whether a letter shows nothing: controls, joiners, marks of
// direction, selectors of an emoji's look.
func unseen(letter rune) bool {
	return unicode.In(letter, unicode.Cc, unicode.Cf, unicode.Variation_Selector)
}

func isMark(letter rune) bool {
	return letter >= 0x300 && unicode.Is(unicode.M, letter) && !unicode.Is(unicode.Variation_Selector, letter)
}

// tidy keeps one space between words and none at the ends of lines.
func tidy(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.FieldsFunc(line, func(r rune) bool { return r == ' ' }), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}
