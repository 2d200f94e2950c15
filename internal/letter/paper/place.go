package paper

import "golang.org/x/text/unicode/norm"

// placed is one letter of a line with the marks that it carries; x is from the
// line's left end, up from its baseline, in perEm.
type placed struct {
	letter rune
	glyph  glyph
	x, up  float64
	marks  []placed
}

// markGap is between a letter and a mark above or below it.
const markGap = 60

// Where a combining mark goes, by Unicode's combining classes; others stand in
// the middle of their letter, as high as the typeface draws them.
const (
	markBelow = 220
	markAbove = 230
)

// place sets the letters of a line beside each other, and marks on their letters.
func (r *ruler) place(text string) []placed {
	line := make([]placed, 0, len(text))
	x, before := 0.0, rune(0)
	for _, letter := range text {
		g := r.glyph(letter)
		if isMark(letter) && len(line) > 0 {
			line[len(line)-1].carry(letter, g)
			continue
		}
		x += r.kern(before, letter)
		line = append(line, placed{letter: letter, glyph: g, x: x})
		x += g.advance
		before = letter
	}
	return line
}

// carry puts a mark on the letter, over or under those that it carries already.
func (p *placed) carry(mark rune, g glyph) {
	m := placed{letter: mark, glyph: g, x: p.x + (p.glyph.left+p.glyph.right)/2 - (g.left+g.right)/2}
	switch norm.NFC.PropertiesString(string(mark)).CCC() {
	case markAbove:
		m.up = p.top() + markGap - g.low
	case markBelow:
		m.up = p.bottom() - markGap - g.height
	}
	p.marks = append(p.marks, m)
}

// top and bottom are how far the letter with its marks reaches.
func (p *placed) top() float64 {
	top := p.up + p.glyph.height
	for _, m := range p.marks {
		top = max(top, m.top())
	}
	return top
}

func (p *placed) bottom() float64 {
	bottom := p.up + p.glyph.low
	for _, m := range p.marks {
		bottom = min(bottom, m.bottom())
	}
	return bottom
}

// text is the letter with its marks.
func (p *placed) text() string {
	all := string(p.letter)
	for _, m := range p.marks {
		all += string(m.letter)
	}
	return all
}
