package letter

import (
	"slices"
	"strings"
)

// shingle is how many words in a row must be the campaign's for them to count as
// the campaign's. Comparing texts by overlapping runs of words is Broder's
// ("On the resemblance and containment of documents", 1997). Runs of three,
// as plagiarism finders use (Lyon, Malcolm and Dickerson, "Detecting short
// passages of similar text in large document collections", 2001), are common
// in anyone's letter to an office: "I ask you", "to vote for". Taking those
// away from a visitor would be wrong. Five in a row are rarely chance, and are
// few enough that what stands around a changed word is still known.
const shingle = 5

// Share is how much of a text is the writer's own, in words.
type Share struct{ Own, Total int }

// Percent is the share in whole percent, from 0 to 100: 0 only when no word is
// the writer's own, 100 only when all are.
func (s Share) Percent() int {
	switch {
	case s.Own <= 0 || s.Total <= 0:
		return 0
	case s.Own >= s.Total:
		return 100
	}
	return min(max(100*s.Own/s.Total, 1), 99)
}

// Prepared is what the campaign wrote: all texts of a letter, so that nobody's
// words count as theirs because they come from another recipient's text, and
// the openings of its story prompts.
type Prepared struct {
	Texts    []string
	Openings []string
}

// OwnWords counts the words of a text's parts (the story, the body) that are not
// the campaign's. Words are compared without regard to case, punctuation and
// accents. Not counted at all, neither as own nor in all, are a salutation and
// a sign-off that a part begins or ends with: every letter has them.
//
// A word is the campaign's when it stands in a run of five that one of the
// prepared texts holds; when the sentence it stands in is shorter than that and
// is one of theirs; or when it is in an opening that a part begins with. So
// leaving sentences out, or putting them in another order, makes nothing one's
// own. Words said over again count once.
//
// The time it takes grows with the length of the texts. static/js/words.js
// counts the same way; testdata/own_words.json holds both to it.
func OwnWords(p Prepared, parts ...string) Share { return p.index().share(parts) }

// index is what a letter's prepared texts hold, to count against again and again.
type index struct {
	runs     map[string]bool // five words in a row, and whole sentences that are shorter
	openings [][]token
}

func (p Prepared) index() index {
	x := index{runs: map[string]bool{}}
	for _, text := range p.Texts {
		ts := tokens(text)
		for end := shingle; end <= len(ts); end++ {
			x.runs[run(ts[end-shingle:end])] = true
		}
		for _, sentence := range sentences(ts) {
			if len(sentence) < shingle {
				x.runs[run(sentence)] = true
			}
		}
	}
	for _, opening := range p.Openings {
		x.openings = append(x.openings, tokens(opening))
	}
	return x
}

func (x index) share(parts []string) Share {
	var written []token
	for _, part := range parts {
		ts := tokens(withoutSignOff(withoutSalutation(part)))
		for _, opening := range x.openings {
			if beginsWith(ts, opening) {
				mark(ts[:len(opening)])
			}
		}
		written = append(written, ts...)
	}
	for end := shingle; end <= len(written); end++ {
		if x.runs[run(written[end-shingle:end])] {
			mark(written[end-shingle : end])
		}
	}
	for _, sentence := range sentences(written) {
		if len(sentence) < shingle && x.runs[run(sentence)] {
			mark(sentence)
		}
	}
	return Share{Own: distinctOwn(written), Total: len(written)}
}

// distinctOwn counts the words that are nobody else's, each run that leads up to
// one once.
func distinctOwn(written []token) int {
	said := map[string]bool{}
	for i, t := range written {
		if !t.theirs {
			said[run(written[max(0, i+1-shingle):i+1])] = true
		}
	}
	return len(said)
}

// mark marks words as the campaign's.
func mark(ts []token) {
	for i := range ts {
		ts[i].theirs = true
	}
}

// run is a run of words as a key.
func run(ts []token) string {
	var b strings.Builder
	b.Grow(len(ts) * 8)
	for _, t := range ts {
		b.WriteString(t.word)
		b.WriteByte(' ')
	}
	return b.String()
}

// The words that salutations begin with, and the lines that sign-offs begin
// with, folded: English and Spanish. The script has the same.
var (
	greetings = []string{"dear", "hello", "hi", "greetings", "estimado", "estimada", "estimados", "estimadas", "querido", "querida", "hola"}
	signOffs  = []string{
		"sincerely", "sincerely yours", "yours sincerely", "yours truly", "respectfully", "respectfully yours", "yours respectfully",
		"regards", "best regards", "kind regards", "warm regards", "best wishes", "with respect", "thank you", "thanks", "best",
		"atentamente", "cordialmente", "respetuosamente", "saludos", "gracias",
	}
)

const (
	longestSalutation = 8 // words
	longestSignOff    = 6 // lines, names and address among them
)

// withoutSalutation is a part without the salutation that its first line begins
// with: up to the comma or the colon after it, or the whole of a short line.
func withoutSalutation(part string) string {
	part = strings.TrimSpace(part)
	first, _, _ := strings.Cut(part, "\n")
	if ts := tokens(first); len(ts) == 0 || !slices.Contains(greetings, ts[0].word) {
		return part
	}
	end := len(first)
	if at := strings.IndexAny(first, ",:;!"); at >= 0 {
		end = at + 1
	}
	if len(tokens(first[:end])) > longestSalutation {
		return part
	}
	return part[end:]
}

// withoutSignOff is a part without the sign-off among its last lines and the
// name and address that follow it. Thanks alone are no sign-off: a name must
// follow.
func withoutSignOff(part string) string {
	part = strings.TrimSpace(part)
	lines := strings.Split(part, "\n")
	filled := 0
	for i := len(lines) - 1; i >= 0 && filled < longestSignOff; i-- {
		ts := tokens(lines[i])
		if len(ts) == 0 {
			continue
		}
		closing := strings.TrimSuffix(run(ts), " ")
		if slices.Contains(signOffs, closing) && (filled > 0 || !strings.HasPrefix(closing, "thank") && closing != "gracias") {
			return strings.Join(lines[:i], "\n")
		}
		if len(ts) > longestSalutation {
			break
		}
		filled++
	}
	return part
}
