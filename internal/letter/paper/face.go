package paper

import (
	"fmt"
	"sync"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeface is one file and what it says about its glyphs.
type typeface struct {
	name string
	file []byte
	*sfnt.Font
}

// perEm is in how many units of an em the typefaces are measured.
const perEm = 1000

// load reads the typefaces, once. Liberation Serif (SIL Open Font License 1.1)
// sets the letters: Latin with its marks, Vietnamese too, Greek and Cyrillic. For
// what it lacks, such as Armenian, Georgian and symbols, there is DejaVu Sans (the
// Bitstream Vera license and the public domain). Both licenses allow to embed them
// in a document, which then holds only the letters used.
var load = sync.OnceValues(func() ([]typeface, error) {
	faces := []typeface{{name: "serif", file: liberationserifregular.TTF}, {name: "symbols", file: dejavusans.TTF}}
	for i := range faces {
		parsed, err := sfnt.Parse(faces[i].file)
		if err != nil {
			return nil, fmt.Errorf("paper: typeface %s: %w", faces[i].name, err)
		}
		faces[i].Font = parsed
	}
	return faces, nil
})

// glyph is how one letter is printed, measured in perEm from its origin, upward.
type glyph struct {
	face                     int
	index                    sfnt.GlyphIndex
	advance                  float64
	left, right, low, height float64 // its ink
}

// ruler measures text. It is for one goroutine.
type ruler struct {
	faces  []typeface
	buffer sfnt.Buffer
	glyphs map[rune]glyph
	kerns  map[[2]rune]float64
}

func newRuler(faces []typeface) *ruler {
	return &ruler{faces: faces, glyphs: map[rune]glyph{}, kerns: map[[2]rune]float64{}}
}

// has tells whether one of the typefaces has a glyph for the letter.
func (r *ruler) has(letter rune) bool { return r.glyph(letter).index != 0 }

// glyph finds a letter in the first typeface that has it.
func (r *ruler) glyph(letter rune) glyph {
	if known, ok := r.glyphs[letter]; ok {
		return known
	}
	var g glyph
	for i, face := range r.faces {
		index, err := face.GlyphIndex(&r.buffer, letter)
		if err != nil || index == 0 {
			continue
		}
		box, advance, err := face.GlyphBounds(&r.buffer, index, fixed.I(perEm), font.HintingNone)
		if err != nil {
			continue
		}
		g = glyph{i, index, units(advance), units(box.Min.X), units(box.Max.X), -units(box.Max.Y), -units(box.Min.Y)}
		break
	}
	r.glyphs[letter] = g
	return g
}

func units(n fixed.Int26_6) float64 { return float64(n) / 64 }

// leastKern is the smallest correction that is worth an instruction of its own.
const leastKern = 15

// kern is how much farther the second of two letters stands, in perEm: mostly
// less than nothing. Figures keep their width.
func (r *ruler) kern(before, after rune) float64 {
	if before == 0 || figure(before) && figure(after) {
		return 0
	}
	pair := [2]rune{before, after}
	by, known := r.kerns[pair]
	if !known {
		by = r.kernOf(r.glyph(before), r.glyph(after))
		r.kerns[pair] = by
	}
	return by
}

func (r *ruler) kernOf(before, after glyph) float64 {
	if before.index == 0 || after.index == 0 || before.face != after.face {
		return 0
	}
	k, err := r.faces[before.face].Kern(&r.buffer, before.index, after.index, fixed.I(perEm), font.HintingNone)
	if by := units(k); err == nil && (by <= -leastKern || by >= leastKern) {
		return by
	}
	return 0
}

func figure(letter rune) bool { return letter >= '0' && letter <= '9' }

// ascent and descent are how far the serif reaches above and below the baseline
// with every accent that it has, in ems.
const (
	ascent  = 0.892
	descent = 0.217
)

// rise and fall are how far a line reaches above and below its baseline. Marks
// that are stacked on a letter may reach farther than the typeface does.
func (r *ruler) rise(text string, size float64) float64 {
	highest := ascent * perEm
	for _, p := range r.place(text) {
		highest = max(highest, p.top())
	}
	return highest * size / perEm
}

func (r *ruler) fall(text string, size float64) float64 {
	lowest := -descent * perEm
	for _, p := range r.place(text) {
		lowest = min(lowest, p.bottom())
	}
	return -lowest * size / perEm
}

// width is how wide a text of this size is.
func (r *ruler) width(text string, size float64) float64 {
	total, before := 0.0, rune(0)
	for _, letter := range text {
		if isMark(letter) {
			continue
		}
		total += r.kern(before, letter) + r.glyph(letter).advance
		before = letter
	}
	return total * size / perEm
}
