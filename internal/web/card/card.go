// Package card draws the picture that stands for a page where its link is shared.
//
// A card is a PNG of [Width] by [Height] pixels. Whatever its texts hold, drawing
// one takes some hundredths of a second and a few megabytes, and no more than
// [atOnce] are drawn at once: others wait.
package card

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
)

// The size of a card, in pixels: what Open Graph's readers show uncut.
const (
	Width  = 1200
	Height = 630
)

// Card is what a picture says. A text that holds letters which the typefaces lack,
// or which are written from right to left, is left out whole. What is too long for
// its place at its smallest size ends in an ellipsis.
type Card struct {
	Title string
	Text  string // one or two sentences under the title
	Name  string // whose page it is
	Label string // what kind of page it is, in a word or two
	Term  bool   // the title is a glossary term: it is marked as pages mark one
}

// atOnce is how many cards are drawn at the same time.
const atOnce = 2

var turns = make(chan struct{}, atOnce)

// Draw returns the card as a PNG. It waits for its turn, and gives up with the
// context's error when that ends first.
func Draw(ctx context.Context, c Card) ([]byte, error) {
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p, err := newPress()
	if err != nil {
		return nil, err
	}
	p.fill(p.sheet.Bounds(), paper)
	p.fill(image.Rect(0, 0, Width, barHeight), ink)
	p.foot(c)
	p.body(c)
	var file bytes.Buffer
	if err := encoder.Encode(&file, p.sheet); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}

var encoder = png.Encoder{CompressionLevel: png.DefaultCompression}

// The site's colors, as its stylesheet has them for light screens: a card stands
// among others on pages of any color.
var (
	paper = color.RGBA{0xfd, 0xfd, 0xfb, 0xff}
	ink   = color.RGBA{0x16, 0x18, 0x1d, 0xff}
	soft  = color.RGBA{0x54, 0x57, 0x5f, 0xff}
	pen   = color.RGBA{0x1a, 0x35, 0xc8, 0xff}
	mark  = color.RGBA{0xff, 0xe7, 0x6a, 0xff}
)

// Where things stand, in pixels.
const (
	barHeight  = 14
	left       = 80
	right      = Width - 80
	bodyTop    = 76
	bodyBottom = 478
	ruleTop    = 512
	ruleHeight = 6
	footLine   = 578 // baseline
)

// The sizes that are tried, in pixels, largest first.
var (
	titleSizes = []float64{108, 98, 88, 80, 72, 64, 56, 50, 44}
	textSizes  = []float64{50, 46, 42, 38, 34, 30}
	nameSizes  = []float64{34, 30, 26, 22}
)

const (
	labelSize    = 30
	titleLeading = 1.12
	textLeading  = 1.36
	textGap      = 30 // between title and text, in pixels
	titleShare   = 0.7
	footGap      = 40
)

// foot is the rule and under it whose page this is. On the page of an issue the
// rule is a line to sign on.
func (p *press) foot(c Card) {
	rule := pen
	if c.Term {
		rule = ink
	}
	p.fill(image.Rect(left, ruleTop, right, ruleTop+ruleHeight), rule)
	room := float64(right - left)
	if label := p.heavy.clean(c.Label, mostLabel); label != "" {
		label = p.heavy.cut(label, labelSize, room/2)
		wide := p.heavy.width(label, labelSize)
		p.write(p.heavy, label, float64(right)-wide, footLine, labelSize, soft)
		room -= wide + footGap
	}
	name, size := p.heavy.clean(c.Name, mostName), 0.0
	for _, size = range nameSizes {
		if p.heavy.width(name, size) <= room {
			break
		}
	}
	p.write(p.heavy, p.heavy.cut(name, size, room), left, footLine, size, ink)
}

// body is the title and the text, as large as both fit.
func (p *press) body(c Card) {
	title, text := p.heavy.clean(c.Title, mostTitle), p.text.clean(c.Text, mostText)
	set := p.arrange(title, text)
	baseline := float64(bodyTop)
	for _, line := range set.title {
		baseline += set.titleSize * titleLeading
		at := baseline - set.titleSize*(titleLeading-capHeight)/2
		if c.Term {
			p.marked(line, at, set.titleSize)
		}
		p.write(p.heavy, line, left, at, set.titleSize, ink)
	}
	if len(set.title) > 0 {
		baseline += textGap
	}
	for _, line := range set.text {
		baseline += set.textSize * textLeading
		p.write(p.text, line, left, baseline-set.textSize*(textLeading-capHeight)/2, set.textSize, ink)
	}
}

// marked is a highlighter's stroke and a line under a title's line.
func (p *press) marked(line string, baseline, size float64) {
	end := left + int(p.heavy.width(line, size))
	p.fill(image.Rect(left-10, int(baseline-0.36*size), end+10, int(baseline+0.15*size)), mark)
	p.fill(image.Rect(left, int(baseline+0.09*size), end, int(baseline+0.09*size)+max(3, int(size/20))), ink)
}

// setting is how title and text are broken and how large they are.
type setting struct {
	title, text         []string
	titleSize, textSize float64
}

// arrange finds the largest sizes in which both fit. The title takes no more than
// its share of the height, and breaks no word while a smaller size spares it.
func (p *press) arrange(title, text string) setting {
	const wide, high = float64(right - left), float64(bodyBottom - bodyTop)
	var s setting
	share := high
	if text != "" {
		share *= titleShare
	}
	for n, size := range titleSizes {
		var whole bool
		s.titleSize = size
		s.title, whole = p.heavy.lines(title, size, wide)
		fits := int(share / (size * titleLeading))
		if last := n == len(titleSizes)-1; last {
			s.title = p.heavy.first(s.title, fits, size, wide)
		} else if !whole || len(s.title) > fits {
			continue
		}
		rest := high - float64(len(s.title))*size*titleLeading - textGap
		for k, small := range textSizes {
			s.textSize = small
			s.text, _ = p.text.lines(text, small, wide)
			if fits := int(rest / (small * textLeading)); len(s.text) <= fits {
				return s
			} else if n == len(titleSizes)-1 && k == len(textSizes)-1 {
				s.text = p.text.first(s.text, fits, small, wide)
			}
		}
	}
	return s
}

// press is one card in the making.
type press struct {
	sheet       *image.RGBA
	heavy, text *face
}

func newPress() (*press, error) {
	faces, err := load()
	if err != nil {
		return nil, err
	}
	return &press{
		sheet: image.NewRGBA(image.Rect(0, 0, Width, Height)),
		heavy: newFace(-tight, faces.heavy, faces.symbols),
		text:  newFace(0, faces.text, faces.symbols),
	}, nil
}

func (p *press) fill(at image.Rectangle, c color.RGBA) {
	draw.Draw(p.sheet, at, image.NewUniform(c), image.Point{}, draw.Src)
}
