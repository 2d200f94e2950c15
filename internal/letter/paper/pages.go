package paper

import "slices"

// row is one line of a letter's text, or a gap that is left for a hand.
type row struct {
	text   string
	size   float64
	before float64 // room above it, but not at the top of a page
	height float64 // from its top to that of the next
	blank  bool    // a line to write on; text is the small print under it
	keep   bool    // stays on one page with the next row
}

// The sizes in which a letter is set, in points: the largest, unless a smaller one
// saves a page. Of a long letter it would save one in many, at the cost of reading
// it all in small print.
var sizes = []float64{12, 11.5, 11, 10.5}

const (
	longLetter  = 3    // pages
	leading     = 1.27 // height of a line, in ems
	gap         = 0.65 // between paragraphs, in ems
	signatureIn = 44   // room to sign in, in points
	blankHeight = 27   // of a line to write on
	smallPrint  = 7.5  // the size under it
)

// pages sets a letter's text and lays it on pages.
func (r *ruler) pages(l Letter) [][]row {
	var best [][]row
	for _, size := range sizes {
		made := paginate(r.rows(l, size))
		if best == nil || len(made) < len(best) {
			best = made
		}
		if len(best) > longLetter {
			break
		}
	}
	return best
}

// rows are a letter's text from its subject on, in lines of one size.
func (r *ruler) rows(l Letter, size float64) []row {
	set := setting{ruler: r, size: size}
	set.paragraph(l.Subject, gap)
	set.keepLast()
	set.paragraph(l.Salutation, gap)
	set.keepLast()
	for _, p := range l.Paragraphs {
		for _, part := range paragraphsOf(p) {
			set.paragraph(part, gap)
		}
	}
	set.close(l)
	for i, line := range l.Enclosures {
		set.paragraph(line, []float64{2 * gap, 0}[min(i, 1)])
	}
	return set.rows
}

// setting is a letter's text as it is set.
type setting struct {
	*ruler
	size float64
	rows []row
}

// paragraph sets one paragraph. Neither its first nor its last line stands alone
// on a page.
func (s *setting) paragraph(text string, before float64) {
	lines := s.lines(text, s.size, textWidth)
	for i, line := range lines {
		r := row{text: line, size: s.size, height: s.size * leading, keep: len(lines) > 1 && (i == 0 || i == len(lines)-2)}
		if i == 0 {
			r.before = before * s.size
		}
		s.rows = append(s.rows, r)
	}
}

// keepLast keeps what was set last on one page with what comes.
func (s *setting) keepLast() {
	if n := len(s.rows); n > 0 {
		s.rows[n-1].keep = true
	}
}

// close sets the end: "Sincerely," room to sign, the name. It stays in one piece,
// and the last two lines of the text stay with it: nobody gets a page with
// nothing but a signature.
func (s *setting) close(l Letter) {
	if l.Close == "" && len(l.Name) == 0 {
		return
	}
	if n := len(s.rows); n > 1 {
		s.rows[n-2].keep = true
	}
	s.keepLast()
	from := len(s.rows)
	s.paragraph(l.Close, 1.4*gap)
	s.rows = append(s.rows, row{size: s.size, height: signatureIn})
	for _, line := range l.Name {
		if line.Text == "" && line.Blank != "" {
			s.rows = append(s.rows, row{text: line.Blank, size: s.size, height: blankHeight, blank: true})
			continue
		}
		s.paragraph(line.Text, 0)
	}
	for i := from; i < len(s.rows)-1; i++ {
		s.rows[i].keep = true
	}
}

// paginate lays rows on pages, the first of which begins under the fold. A page
// ends where it may, unless there is no such place on it.
func paginate(rows []row) [][]row {
	pages, top := [][]row{}, float64(bodyTop)
	for len(rows) > 0 {
		n := fitting(rows, lowest-top)
		for end := n; end > 0 && n < len(rows); end-- {
			if !rows[end-1].keep {
				n = end
				break
			}
		}
		pages, rows, top = append(pages, slices.Clone(rows[:n])), rows[n:], nextTop
	}
	if len(pages) == 0 {
		return [][]row{nil}
	}
	return pages
}

// fitting counts the rows that fit into this height, at least one.
func fitting(rows []row, height float64) int {
	for i, r := range rows {
		if i > 0 {
			height -= r.before
		}
		if height -= r.height; height < 0 && i > 0 {
			return i
		}
	}
	return len(rows)
}
