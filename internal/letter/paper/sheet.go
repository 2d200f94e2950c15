package paper

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"
)

// sheet draws letters into one document.
type sheet struct {
	*ruler
	pdf  *fpdf.Fpdf
	page func(page, pages int) string
	uses []bool // the typefaces that the document holds
}

func newSheet(faces []typeface, o Options) *sheet {
	pdf := fpdf.New("P", "pt", "Letter", "")
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true) // else the order of its parts changes from run to run
	pdf.SetTitle(o.Title, true)
	pdf.SetCreator(o.Creator, true)
	pdf.SetLang(o.Lang)
	pdf.SetCreationDate(o.Printed)
	pdf.SetModificationDate(o.Printed)
	pdf.SetDisplayMode("fullpage", "continuous")
	return &sheet{ruler: newRuler(faces), pdf: pdf, page: o.Page, uses: make([]bool, len(faces))}
}

// letter draws one letter on pages of its own.
func (s *sheet) letter(l Letter) {
	pages := s.pages(l)
	for i, rows := range pages {
		s.pdf.AddPage()
		top := float64(nextTop)
		if i == 0 {
			top = bodyTop
			s.folds()
			s.head(l)
			s.recipient(l.To)
		} else {
			s.heading(l, i+1, len(pages))
		}
		s.body(rows, top)
	}
}

// folds marks the thirds at both edges of the page.
func (s *sheet) folds() {
	s.pdf.SetDrawColor(165, 165, 165)
	s.pdf.SetLineWidth(0.4)
	for _, y := range []float64{third, 2 * third} {
		s.pdf.Line(0, y, foldOut, y)
		s.pdf.Line(pageWidth-foldOut, y, pageWidth, y)
	}
}

const (
	headSize  = 11
	headLead  = 13.5
	mostFrom  = 6  // lines of the return address
	headBlank = 23 // height of a line to write on
)

// head draws the return address and the date, all above what shows in the window.
func (s *sheet) head(l Letter) {
	y, lines := float64(headTop), 0
	for _, line := range l.From {
		if line.Text == "" && line.Blank != "" && y+headBlank+2*headLead <= bandTop {
			s.blank(line.Blank, y, headBlank)
			y += headBlank
			continue
		}
		for _, text := range s.lines(line.Text, headSize, textWidth) {
			if lines++; lines <= mostFrom && y+2.5*headLead <= bandTop {
				s.text(sideMargin, y+ascent*headSize, headSize, text)
				y += headLead
			}
		}
	}
	if y > headTop {
		y += 0.6 * headLead
	}
	for i, text := range s.lines(l.Date, headSize, textWidth) {
		if i == 0 {
			s.text(sideMargin, y+ascent*headSize, headSize, text)
		}
	}
}

// addressSizes are how large a recipient is set, with the height of a line: the
// largest that fits into the window. Five lines fit in the smallest.
var addressSizes = []struct{ size, leading float64 }{{11, 13}, {10.5, 12}, {10, 11.5}, {9.5, 10.5}, {9, 9.5}, {8, 9.5}}

// recipient draws the address in the middle of what always shows in the window.
func (s *sheet) recipient(to []string) {
	lines, size, lead, height := s.address(to)
	if len(lines) == 0 {
		return
	}
	y := addressTop + (addressBottom-addressTop-height)/2 + s.rise(lines[0], size)
	for _, line := range lines {
		s.text(addressLeft, y, size, line)
		y += lead
	}
}

// address breaks the recipient's lines in the largest size in which they fit. Of
// one that fits in none, the first lines and the last stay: who, and which city.
func (s *sheet) address(to []string) (lines []string, size, lead, height float64) {
	const most = 5
	for i, try := range addressSizes {
		size, lead, lines = try.size, try.leading, nil
		for _, line := range to {
			lines = append(lines, s.folded(line, size, addressRight-addressLeft)...)
		}
		if i == len(addressSizes)-1 && len(lines) > most {
			lines = append(lines[:most-1:most-1], lines[len(lines)-1])
		}
		if len(lines) == 0 {
			return nil, size, lead, 0
		}
		last := lines[len(lines)-1]
		if height = s.rise(lines[0], size) + float64(len(lines)-1)*lead + s.fall(last, size); height <= addressBottom-addressTop {
			break
		}
	}
	return lines, size, lead, height
}

// heading tells a continuation page from others: whose letter, and which page.
func (s *sheet) heading(l Letter, page, pages int) {
	const size = 10
	number := ""
	if s.page != nil {
		number = spellOne(s.ruler, s.page(page, pages))
	}
	numberWidth := s.width(number, size)
	if len(l.To) > 0 {
		if lines := s.lines(l.To[0], size, textWidth-numberWidth-inch/2); len(lines) > 0 {
			s.text(sideMargin, nextRow, size, lines[0])
		}
	}
	s.text(sideMargin+textWidth-numberWidth, nextRow, size, number)
}

// spellOne is one line in what can be printed.
func spellOne(r *ruler, text string) string {
	speller := speller{ruler: r}
	return strings.ReplaceAll(speller.spell(text), "\n", " ")
}

// body draws a page's rows from its top.
func (s *sheet) body(rows []row, y float64) {
	for i, r := range rows {
		if i > 0 {
			y += r.before
		}
		if r.blank {
			s.blank(r.text, y, r.height)
		} else {
			s.text(sideMargin, y+ascent*r.size, r.size, r.text)
		}
		y += r.height
	}
}

// blankWidth is how long a line to write on is.
const blankWidth = 3.25 * inch

// blank draws a line to write on, with small print under it.
func (s *sheet) blank(print string, y, height float64) {
	const under = smallPrint + 1.5
	s.pdf.SetDrawColor(60, 60, 60)
	s.pdf.SetLineWidth(0.5)
	s.pdf.Line(sideMargin, y+height-under, sideMargin+blankWidth, y+height-under)
	s.pdf.SetTextColor(80, 80, 80)
	s.text(sideMargin, y+height-1, smallPrint, print)
	s.pdf.SetTextColor(0, 0, 0)
}

// text draws one line of text from its left end on the baseline. The PDF library
// neither kerns nor places combining marks, so both are done here. A letter with
// its marks is told as one to whatever reads the document.
func (s *sheet) text(x, y, size float64, text string) {
	em := size / perEm
	var run strings.Builder
	var runAt, end float64
	face := -1
	flush := func() {
		if run.Len() > 0 {
			s.show(face, size, x+runAt*em, y, run.String())
			run.Reset()
		}
	}
	for _, p := range s.place(text) {
		if p.glyph.face != face || p.x != end || len(p.marks) > 0 {
			flush()
		}
		if run.Len() == 0 {
			face, runAt = p.glyph.face, p.x
		}
		run.WriteRune(p.letter)
		end = p.x + p.glyph.advance
		if len(p.marks) == 0 {
			continue
		}
		s.pdf.RawWriteStr("/Span <</ActualText <" + utf16Hex(p.text()) + ">>> BDC")
		flush()
		for _, m := range p.marks {
			s.show(m.glyph.face, size, x+m.x*em, y-m.up*em, string(m.letter))
		}
		// Without ink, where the letter ends: what reads the document sees no gap after it.
		space := s.glyph(' ')
		s.show(space.face, size, x+(end-space.advance)*em, y, " ")
		s.pdf.RawWriteStr("EMC")
	}
	flush()
}

// utf16Hex is a text string as PDF writes it: UTF-16 in hexadecimal digits.
func utf16Hex(text string) string {
	var hex strings.Builder
	hex.WriteString("FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&hex, "%04X", unit)
	}
	return hex.String()
}

// show draws a run of letters of one typeface.
func (s *sheet) show(face int, size, x, y float64, run string) {
	f := s.faces[face]
	if !s.uses[face] {
		s.pdf.AddUTF8FontFromBytes(f.name, "", f.file)
		s.uses[face] = true
	}
	s.pdf.SetFont(f.name, "", size)
	s.pdf.Text(x, y, run)
}
