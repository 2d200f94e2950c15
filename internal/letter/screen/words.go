package screen

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is a word of a text as Find reads it.
type word struct {
	text       string // lower case, in Latin letters without marks, digits among letters read as letters
	alt        string // the same with 1 read as l, where that differs
	squeezed   string // the same with each letter once, where the word was written oddly; else empty
	raw        string // lower case, digits as they are
	capital    bool   // it was written with a capital
	possessive bool   // 's stood after it
	quoted     bool   // it stands in quotation marks
	begins     bool   // it is a sentence's first
}

// set is a set of words, also as they are squeezed.
type set struct{ words, squeezed map[string]bool }

func newSet(list string) set {
	s := set{map[string]bool{}, map[string]bool{}}
	for _, w := range strings.Fields(list) {
		s.words[w] = true
		s.squeezed[squeeze(w)] = true
	}
	return s
}

func (w word) is(s set) bool {
	return s.words[w.text] || w.alt != "" && s.words[w.alt] || w.squeezed != "" && s.squeezed[w.squeezed]
}

// wordsOf takes a text apart. Whatever letters are dressed up as is undone:
// marks and invisible characters are dropped, letters of other scripts and forms
// that look Latin become Latin, letters that stand apart are put together.
func wordsOf(text string) []word {
	r := &reader{begins: true}
	for _, c := range plainRunes(text) {
		r.take(c)
	}
	r.end()
	return joined(r.words, r.gaps)
}

// plainRunes is a text in plain characters.
func plainRunes(text string) []rune {
	if len(text) > atMost {
		text = text[:atMost]
	}
	var out []rune
	for _, c := range norm.NFKD.String(strings.ToValidUTF8(text, " ")) {
		switch {
		case unicode.Is(unicode.Mn, c) || unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Me, c):
			continue
		case unicode.IsControl(c) && c != '\n':
			c = ' '
		}
		if latin, ok := lookalikes[c]; ok {
			c = latin
		}
		if out = append(out, c); len(out) >= atMost {
			break
		}
	}
	return out
}

// lookalikes are letters that are drawn as Latin ones are, and the many forms of
// quotation marks and dashes.
var lookalikes = func() map[rune]rune {
	m := map[rune]rune{}
	for latin, others := range map[rune]string{
		'a': "аαɑ", 'b': "ЬƄ", 'c': "сϲ", 'd': "ԁɗ", 'e': "еεєҽ", 'f': "ƒſ", 'g': "ɡԍɢ", 'h': "һհ", 'i': "іιıɩ", 'j': "јϳ", 'k': "κкĸ",
		'l': "ӏǀⅼ", 'm': "мɱ", 'n': "ոηп", 'o': "оοσօ", 'p': "рρ", 'q': "ԛզ", 'r': "гɾ", 's': "ѕꜱ", 't': "тτ", 'u': "υսʋц", 'v': "νѵ",
		'w': "ԝωш", 'x': "хχ", 'y': "уγү", 'z': "ᴢʐ",
		'A': "АΑ", 'B': "ВΒ", 'C': "СϹ", 'E': "ЕΕ", 'H': "НΗ", 'I': "ІΙӀ", 'J': "Ј", 'K': "КΚ", 'M': "МΜ", 'N': "Ν", 'O': "ОΟ", 'P': "РΡ",
		'S': "Ѕ", 'T': "ТΤ", 'X': "ХΧ", 'Y': "ҮΥУ", 'Z': "Ζ",
		'\'': "’‘ʼ`´′＇", '"': "“”„«»″", '-': "‐‑‒–—−",
	} {
		for _, other := range others {
			m[other] = latin
		}
	}
	return m
}()

// reader puts words together from characters.
type reader struct {
	words  []word
	gaps   []int // characters before each word
	now    []rune
	gap    int
	lines  int // line breaks since the last word
	quoted bool
	begins bool
}

func (r *reader) take(c rune) {
	switch {
	case unicode.IsLetter(c) || unicode.IsDigit(c) || leet[c] != 0 || c == '\'':
		r.now = append(r.now, c)
		return
	}
	r.end()
	r.gap++
	switch c {
	case '\n':
		r.lines++
		r.begins = r.begins || r.lines > 1
	case '.':
		r.begins = r.begins || !r.abbreviated()
	case '?', '…', ';':
		r.begins = true
	case '"':
		r.quoted = !r.quoted
	}
}

// abbreviations are written with a full stop that ends no sentence.
var abbreviations = newSet("mr mrs ms dr sen rep gov st ste jr sr ave blvd rd ne nw se sw mt ft lt sgt capt prof rev hon")

func (r *reader) abbreviated() bool {
	if len(r.words) == 0 || r.gap != 1 {
		return false
	}
	last := r.words[len(r.words)-1]
	return utf8.RuneCountInString(last.raw) == 1 || last.is(abbreviations)
}

// leet are signs that stand for letters inside a word, and what for.
var leet = map[rune]rune{'@': 'a', '$': 's', '!': 'i', '|': 'i', '+': 't', '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '9': 'g'}

// shortened are the ends that "'" leaves, and the word that was shortened.
var shortened = map[string]string{"ll": "will", "re": "are", "m": "am", "ve": "have", "d": "would"}

// end ends a word, and takes apart what was drawn together.
func (r *reader) end() {
	text := strings.TrimFunc(string(r.now), func(c rune) bool { return c == '\'' || c == '|' || c == '+' })
	r.now = r.now[:0]
	bare := strings.TrimRight(text, "!'@$")
	exclaims := strings.HasSuffix(text, "!")
	if text = strings.TrimLeft(bare, "!'+|"); text != "" && strings.ContainsFunc(text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) {
		head, tail, _ := strings.Cut(text, "'")
		lower := strings.ToLower(tail)
		switch {
		case lower == "t" && strings.HasSuffix(strings.ToLower(head), "n"):
			r.add(map[string]string{"wo": "will", "ca": "can", "sha": "shall"}[strings.ToLower(head[:len(head)-1])], head[:len(head)-1])
			r.add("not", "")
		case shortened[lower] != "":
			r.add("", head)
			r.add(shortened[lower], "")
		case lower == "s":
			r.add("", head)
			r.words[len(r.words)-1].possessive = true
		default:
			r.add("", strings.ReplaceAll(text, "'", ""))
		}
	}
	if exclaims {
		r.begins = true
	}
}

// add adds a word as it was written, or the one it stands for.
func (r *reader) add(instead, written string) {
	if instead != "" {
		written = instead
	}
	if written == "" {
		return
	}
	first, _ := utf8.DecodeRuneInString(written)
	w := read(written)
	w.capital, w.quoted, w.begins = unicode.IsUpper(first), r.quoted, r.begins
	r.words = append(r.words, w)
	r.gaps = append(r.gaps, r.gap)
	r.gap, r.lines, r.begins = 0, 0, false
}

// read reads one written word.
func read(written string) word {
	raw := strings.ToLower(written)
	w := word{raw: raw, text: raw}
	if strings.ContainsFunc(raw, unicode.IsLetter) && strings.ContainsFunc(raw, func(c rune) bool { return leet[c] != 0 }) {
		w.text = spelled(raw, 'i')
		if alt := spelled(raw, 'l'); alt != w.text {
			w.alt = alt
		}
		w.squeezed = squeeze(w.text)
	}
	if drawnOut(w.text) {
		w.squeezed = squeeze(w.text)
	}
	return w
}

// spelled reads signs as letters; those that stand for i or l as one of them.
func spelled(raw string, one rune) string {
	return strings.Map(func(c rune) rune {
		switch letter := leet[c]; {
		case letter == 'i':
			return one
		case letter != 0:
			return letter
		}
		return c
	}, raw)
}

// drawnOut tells whether a letter stands three times in a row.
func drawnOut(text string) bool {
	var last rune
	n := 0
	for _, c := range text {
		if c != last {
			last, n = c, 0
		}
		if n++; n >= 3 && unicode.IsLetter(c) {
			return true
		}
	}
	return false
}

// squeeze writes each letter once where it stands several times.
func squeeze(text string) string {
	var last rune
	return strings.Map(func(c rune) rune {
		if c == last {
			return -1
		}
		last = c
		return c
	}, text)
}

// apartAtLeast is how many letters that stand alone are taken for one word.
const apartAtLeast = 4

// joined puts letters that stand apart ("k i l l", "k-i-l-l") together.
func joined(words []word, gaps []int) []word {
	var out []word
	for i := 0; i < len(words); {
		end := i
		for end < len(words) && utf8.RuneCountInString(words[end].raw) == 1 && (end == i || gaps[end] == 1 && !words[end].possessive) {
			end++
		}
		if end-i < apartAtLeast {
			out = append(out, words[i:max(end, i+1)]...)
			i = max(end, i+1)
			continue
		}
		var letters strings.Builder
		for _, w := range words[i:end] {
			letters.WriteString(w.raw)
		}
		w := read(letters.String())
		w.capital, w.quoted, w.begins = words[i].capital, words[i].quoted, words[i].begins
		out = append(out, w)
		i = end
	}
	return out
}
