package card

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"sync"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// typefaces are the files, read once. Liberation (SIL Open Font License 1.1) sets
// Latin, Greek and Cyrillic; DejaVu Sans (the Bitstream Vera license) what it
// lacks, such as Armenian, Georgian and symbols.
type typefaces struct{ heavy, text, symbols *sfnt.Font }

var load = sync.OnceValues(func() (typefaces, error) {
	var all typefaces
	for _, t := range []struct {
		into **sfnt.Font
		file []byte
	}{{&all.heavy, liberationsansbold.TTF}, {&all.text, liberationserifregular.TTF}, {&all.symbols, dejavusans.TTF}} {
		parsed, err := sfnt.Parse(t.file)
		if err != nil {
			return typefaces{}, fmt.Errorf("card: read a typeface: %w", err)
		}
		*t.into = parsed
	}
	return all, nil
})

// perEm is in how many units of an em letters are measured.
const perEm = 1000

// tight is how much closer than by themselves the letters of headings stand, and
// capHeight how high a capital is, both in ems.
const (
	tight     = 0.02
	capHeight = 0.7
)

// glyph is one letter: its typeface and how wide it is, in perEm.
type glyph struct {
	font    *sfnt.Font
	index   sfnt.GlyphIndex
	advance float64
}

// face sets text in the first of its typefaces that has the letter. It is for one
// goroutine.
type face struct {
	fonts  []*sfnt.Font
	space  float64 // between letters beside what they take, in ems
	buffer sfnt.Buffer
	glyphs map[rune]glyph
	kerns  map[[2]glyph]float64
}

func newFace(space float64, fonts ...*sfnt.Font) *face {
	return &face{fonts: fonts, space: space, glyphs: map[rune]glyph{}, kerns: map[[2]glyph]float64{}}
}

func (f *face) glyph(letter rune) glyph {
	if known, ok := f.glyphs[letter]; ok {
		return known
	}
	var g glyph
	for _, one := range f.fonts {
		index, err := one.GlyphIndex(&f.buffer, letter)
		if err != nil || index == 0 {
			continue
		}
		advance, err := one.GlyphAdvance(&f.buffer, index, fixed.I(perEm), font.HintingNone)
		if err != nil {
			continue
		}
		g = glyph{one, index, float64(advance) / 64}
		break
	}
	f.glyphs[letter] = g
	return g
}

// has tells whether one of the typefaces has the letter.
func (f *face) has(letter rune) bool { return f.glyph(letter).index != 0 }

// place calls put with each letter and where it stands from the left, in pixels,
// and returns how wide all are. Marks stand on the middle of their letter.
func (f *face) place(text string, size float64, put func(glyph, float64)) float64 {
	var x, at float64
	var before glyph
	for _, letter := range text {
		g := f.glyph(letter)
		if isMark(letter) && before.index != 0 {
			put(g, (at+before.advance/2-g.advance/2)*size/perEm)
			continue
		}
		if before.index != 0 {
			x += f.space * perEm
			x += f.kern(before, g)
		}
		at, before = x, g
		put(g, x*size/perEm)
		x += g.advance
	}
	return x * size / perEm
}

// kern is how much farther the second of two letters stands, in perEm: mostly
// less than nothing.
func (f *face) kern(before, after glyph) float64 {
	if before.font != after.font || after.font == nil {
		return 0
	}
	pair := [2]glyph{before, after}
	by, known := f.kerns[pair]
	if !known {
		k, err := after.font.Kern(&f.buffer, before.index, after.index, fixed.I(perEm), font.HintingNone)
		if err == nil { // else there is no such pair
			by = float64(k) / 64
		}
		f.kerns[pair] = by
	}
	return by
}

// width is how wide a text is, in pixels.
func (f *face) width(text string, size float64) float64 {
	return f.place(text, size, func(glyph, float64) {})
}

// write draws a line of text; x is its left end and y its baseline, in pixels.
func (p *press) write(f *face, text string, x, y, size float64, c color.RGBA) {
	f.place(text, size, func(g glyph, from float64) { p.letter(f, g, x+from, y, size, c) })
}

// letter draws one letter. Its outline is laid into a mask no larger than itself.
func (p *press) letter(f *face, g glyph, x, y, size float64, c color.RGBA) {
	if g.index == 0 {
		return
	}
	outline, err := g.font.LoadGlyph(&f.buffer, g.index, fixed.Int26_6(size*64), nil)
	if err != nil || len(outline) == 0 {
		return
	}
	box := outline.Bounds()
	at := image.Rect(int(x)+box.Min.X.Floor(), int(y)+box.Min.Y.Floor(), int(x)+box.Max.X.Ceil()+2, int(y)+box.Max.Y.Ceil()+2).Intersect(p.sheet.Bounds())
	if at.Empty() {
		return
	}
	mask := vector.NewRasterizer(at.Dx(), at.Dy())
	mask.DrawOp = draw.Over
	point := func(q fixed.Point26_6) (float32, float32) {
		return float32(x + float64(q.X)/64 - float64(at.Min.X)), float32(y + float64(q.Y)/64 - float64(at.Min.Y))
	}
	for _, s := range outline {
		ax, ay := point(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			mask.ClosePath()
			mask.MoveTo(ax, ay)
		case sfnt.SegmentOpLineTo:
			mask.LineTo(ax, ay)
		case sfnt.SegmentOpQuadTo:
			bx, by := point(s.Args[1])
			mask.QuadTo(ax, ay, bx, by)
		case sfnt.SegmentOpCubeTo:
			bx, by := point(s.Args[1])
			cx, cy := point(s.Args[2])
			mask.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	mask.ClosePath()
	mask.Draw(p.sheet, at, image.NewUniform(c), image.Point{})
}
