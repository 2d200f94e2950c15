package prose

import (
	"html"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Entry is one glossary term as texts mention it.
type Entry struct {
	Slug  string
	Words []string // its title and aliases
}

// Vocabulary finds mentions of terms. It is safe for concurrent use.
type Vocabulary struct {
	phrases map[string][]phrase // by folded first word; longest first
}

type phrase struct {
	slug  string
	words []string // folded, unless exact
	exact bool     // capitals only: "FOIA" is a term, "foia" in a word list is not
	size  int
}

// NewVocabulary makes a vocabulary. A phrase that two entries claim belongs to
// the first.
func NewVocabulary(entries []Entry) *Vocabulary {
	v := &Vocabulary{phrases: map[string][]phrase{}}
	taken := map[string]bool{}
	for _, e := range entries {
		for _, words := range e.Words {
			v.add(e.Slug, words, taken)
		}
	}
	for _, list := range v.phrases {
		sort.SliceStable(list, func(i, j int) bool { return list[i].size > list[j].size })
	}
	return v
}

func (v *Vocabulary) add(slug, words string, taken map[string]bool) {
	fields := strings.Fields(words)
	if len(fields) == 0 {
		return
	}
	folded := fold(strings.Join(fields, " "))
	first := firstWord(folded)
	if taken[folded] || first == "" {
		return
	}
	taken[folded] = true
	p := phrase{slug: slug, words: strings.Fields(folded), size: len(folded)}
	if isAcronym(words) {
		p.words, p.exact = fields, true
	}
	v.phrases[first] = append(v.phrases[first], p)
}

func isAcronym(s string) bool {
	if utf8.RuneCountInString(s) > 6 {
		return false
	}
	for _, r := range s {
		if !unicode.IsUpper(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// fold makes spellings equal that mean the same: case, apostrophes, hyphens.
func fold(s string) string {
	return strings.Map(foldRune, s)
}

func foldRune(r rune) rune {
	switch r {
	case '’', '‘':
		return '\''
	case '‐', '‑':
		return '-'
	}
	return unicode.ToLower(r)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// firstWord is the run of letters and digits that a folded phrase begins with.
// A phrase may begin with a sign, such as "§ 1983"; the sign is then its word.
func firstWord(folded string) string {
	for i, r := range folded {
		if isWord(r) {
			continue
		}
		if i == 0 && !unicode.IsSpace(r) {
			return string(r)
		}
		return folded[:i]
	}
	return folded
}

// Marker marks mentions on one page: each term once, where it comes first.
// It is for one goroutine.
type Marker struct {
	vocabulary *Vocabulary
	seen       map[string]bool
	order      []string
	label      func(words string) string
}

// Page begins a page. The terms named in except are never marked on it. With a
// label, a button that opens the term's definition (the popover with the id
// DefinitionID) stands behind each marked term; label names the button.
func (v *Vocabulary) Page(label func(words string) string, except ...string) *Marker {
	m := &Marker{vocabulary: v, seen: map[string]bool{}, label: label}
	for _, slug := range except {
		m.seen[slug] = true
	}
	return m
}

// Marked are the slugs of the terms marked so far, in order.
func (m *Marker) Marked() []string { return m.order }

// DefinitionID is the id of the element that holds a term's definition.
func DefinitionID(slug string) string { return "definition-" + slug }

// mark writes a text with its first mentions turned into links.
func (m *Marker) mark(out *strings.Builder, text string) {
	written := 0
	before := ' '
	for at := 0; at < len(text); {
		r, width := utf8.DecodeRuneInString(text[at:])
		if !isWord(before) && !unicode.IsSpace(r) {
			if p, end := m.match(text, at); end > at {
				out.WriteString(html.EscapeString(text[written:at]))
				m.link(out, p.slug, text[at:end])
				written, at = end, end
				before, _ = utf8.DecodeLastRuneInString(text[:end])
				continue
			}
		}
		before = r
		at += width
	}
	out.WriteString(html.EscapeString(text[written:]))
}

// match finds the longest phrase that begins at a place and was not seen yet.
func (m *Marker) match(text string, at int) (phrase, int) {
	for _, p := range m.vocabulary.phrases[fold(firstRun(text[at:]))] {
		if m.seen[p.slug] {
			continue
		}
		if end := p.end(text, at); end > 0 {
			return p, end
		}
	}
	return phrase{}, 0
}

func firstRun(text string) string {
	for i, r := range text {
		if isWord(r) {
			continue
		}
		if i == 0 {
			return string(r)
		}
		return text[:i]
	}
	return text
}

// end is where the phrase ends when it stands at a place, else 0.
func (p phrase) end(text string, at int) int {
	for i, word := range p.words {
		if i > 0 {
			gap := len(text[at:]) - len(strings.TrimLeftFunc(text[at:], unicode.IsSpace))
			if gap == 0 {
				return 0
			}
			at += gap
		}
		for _, want := range word {
			r, width := utf8.DecodeRuneInString(text[at:])
			if width == 0 || (r == utf8.RuneError && width == 1) {
				return 0
			}
			if r != want && (p.exact || foldRune(r) != want) {
				return 0
			}
			at += width
		}
	}
	if next, width := utf8.DecodeRuneInString(text[at:]); width > 0 && isWord(next) {
		return 0
	}
	return at
}

func (m *Marker) link(out *strings.Builder, slug, words string) {
	m.seen[slug] = true
	m.order = append(m.order, slug)
	shown := html.EscapeString(words)
	out.WriteString(`<a class="term" href="/terms/` + html.EscapeString(slug) + `">` + shown + `</a>`)
	if m.label == nil {
		return
	}
	plain := strings.Join(strings.Fields(words), " ")
	out.WriteString(joiner + `<button type="button" class="define" popovertarget="` + html.EscapeString(DefinitionID(slug)) +
		`" aria-label="` + html.EscapeString(m.label(plain)) + `"></button>` + joiner)
}

// joiner keeps the button on the line of its word, and a comma on the button's.
const joiner = "\u2060"
