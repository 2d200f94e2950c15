package search

import (
	"strings"
	"unicode"
)

// Clean is a query as Find and Suggest take it: one line of valid text of at
// most MaxQuery characters, and whether it was longer.
func Clean(query string) (clean string, cut bool) {
	query = strings.ToValidUTF8(query, "")
	query = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, query)
	query = strings.Join(strings.Fields(query), " ")
	if runes := []rune(query); len(runes) > MaxQuery {
		return strings.TrimSpace(string(runes[:MaxQuery])), true
	}
	return query, false
}

// word is one word of a query.
type word struct {
	from, to int // where it stands, in bytes
	text     string
	not      bool // -word: what says it is not wanted
}

// wordsOf are the words of a query in their order, without an "or" between two.
func wordsOf(query string) (words []word) {
	start, not := -1, false
	end := func(at int) {
		if start >= 0 && !strings.EqualFold(query[start:at], "or") {
			words = append(words, word{from: start, to: at, text: query[start:at], not: not})
		}
		start, not = -1, false
	}
	before := ' '
	for at, r := range query {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			end(at)
		case start < 0:
			start = at
			not = before == '-' && negates(query[:at-1])
		}
		before = r
	}
	end(len(query))
	return words
}

// negates tells whether a dash after this text takes a word out: at the
// beginning and after a blank, not within a word.
func negates(before string) bool { return before == "" || strings.HasSuffix(before, " ") }

// beginnings is a tsquery that wants a word beginning with each word of query.
func beginnings(query string) string { return joined(query, " & ", ":*") }

// some is a tsquery that wants any of the words of query.
func some(query string) string { return joined(query, " | ", "") }

// joined is a tsquery of the words of query and of nothing else, so that
// nothing in it is an operator. What is not wanted stays so. Without a word
// that is wanted it is "".
func joined(query, operator, suffix string) string {
	var wanted, unwanted []string
	for _, w := range wordsOf(query) {
		if w.not {
			unwanted = append(unwanted, "!'"+w.text+"'")
		} else {
			wanted = append(wanted, "'"+w.text+"'"+suffix)
		}
	}
	if len(wanted) == 0 {
		return ""
	}
	return strings.Join(append([]string{"(" + strings.Join(wanted, operator) + ")"}, unwanted...), " & ")
}
