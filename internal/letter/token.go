package letter

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// token is one word of a text, folded: without case, accents and apostrophes.
type token struct {
	word   string
	ends   bool // its sentence ends after it
	theirs bool // it is the campaign's
}

// tokens are the words of a text. A word is a run of letters and digits; what
// else stands between them separates.
func tokens(text string) []token {
	var ts []token
	var word strings.Builder
	finish := func() {
		if word.Len() > 0 {
			ts = append(ts, token{word: strings.ReplaceAll(strings.ToLower(word.String()), "ς", "σ")})
			word.Reset()
		}
	}
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.IsMark(r) || isApostrophe(r):
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			word.WriteRune(r)
		default:
			finish()
			if endsSentence(r) && len(ts) > 0 {
				ts[len(ts)-1].ends = true
			}
		}
	}
	finish()
	if len(ts) > 0 {
		ts[len(ts)-1].ends = true
	}
	return ts
}

// isApostrophe finds what may stand within a word: don't, O’Brien, Hawaiʻi.
func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘ʼʻ", r) }

func endsSentence(r rune) bool { return strings.ContainsRune(".!?\n\r", r) }

// sentences cuts words into sentences.
func sentences(ts []token) [][]token {
	var all [][]token
	begin := 0
	for i, t := range ts {
		if t.ends {
			all = append(all, ts[begin:i+1])
			begin = i + 1
		}
	}
	return all
}

// beginsWith tells whether a text begins with the words of another.
func beginsWith(ts, words []token) bool {
	return len(words) > 0 && len(ts) >= len(words) && sameTokens(ts[:len(words)], words)
}

func sameTokens(a, b []token) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].word != b[i].word {
			return false
		}
	}
	return true
}
