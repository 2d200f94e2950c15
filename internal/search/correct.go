package search

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// minCorrected is the shortest word that is taken for a typing error, in
	// characters: three letters are one letter away from too much.
	minCorrected = 4
	maxCorrected = 8 // words of one query: each is a search of its own
)

// correct is the query with its typing errors put right: each word that nothing
// here says becomes the nearest that something does. Where no word is near, a
// name that the whole query is near to. "" when there is nothing to put right,
// nothing near, or no pg_trgm.
func (s *Search) correct(ctx context.Context, query string) (string, error) {
	if ok, err := s.Tolerant(ctx); err != nil || !ok {
		return "", err
	}
	words := wordsOf(query)
	asked := make([]string, 0, maxCorrected)
	for _, w := range words {
		if low := strings.ToLower(w.text); correctable(w) && !slices.Contains(asked, low) && len(asked) < maxCorrected {
			asked = append(asked, low)
		}
	}
	better, err := s.better(ctx, asked)
	if err != nil {
		return "", err
	}
	if len(better) == 0 {
		if slices.ContainsFunc(words, func(w word) bool { return w.not }) {
			return "", nil // a name would have to leave that out
		}
		return s.nearestName(ctx, query)
	}
	var b strings.Builder
	last := 0
	for _, w := range words {
		if put := better[strings.ToLower(w.text)]; put != "" && correctable(w) {
			b.WriteString(query[last:w.from] + put)
			last = w.to
		}
	}
	return b.String() + query[last:], nil
}

// correctable tells whether a word may be a typing error. A number is right or
// another number; what is not wanted harms nobody.
func correctable(w word) bool {
	return !w.not && utf8.RuneCountInString(w.text) >= minCorrected && strings.IndexFunc(w.text, unicode.IsDigit) < 0
}

// better is, for each of the words that nothing says, the nearest that something
// does, if one is near enough.
func (s *Search) better(ctx context.Context, words []string) (map[string]string, error) {
	unknown, err := s.unknown(ctx, words)
	if err != nil || len(unknown) == 0 {
		return nil, err
	}
	near, err := s.near(ctx, unknown)
	if err != nil {
		return nil, err
	}
	var candidates []string
	for _, n := range near {
		if steps(n.Asked, n.Word) <= forgiven(n.Asked) {
			candidates = append(candidates, n.Word)
		}
	}
	standing, err := s.standing(ctx, candidates)
	if err != nil {
		return nil, err
	}
	// The nearest; of those, what stands in a title; of those, the most alike.
	best := map[string]string{}
	for _, n := range near {
		at, said := standing[n.Word]
		distance := steps(n.Asked, n.Word)
		if !said || distance > forgiven(n.Asked) {
			continue
		}
		former, found := best[n.Asked]
		if found {
			if d := steps(n.Asked, former); d < distance || d == distance && (standing[former] || !at) {
				continue
			}
		}
		best[n.Asked] = n.Word
	}
	return best, nil
}

// forgiven is how many steps away a word may be from what was typed.
func forgiven(typed string) int {
	switch n := utf8.RuneCountInString(typed); {
	case n < 6:
		return 1
	case n < 10:
		return 2
	}
	return 3
}

// steps counts the letters to add, leave out, replace or swap with their
// neighbor until one word is the other (the optimal string alignment distance).
func steps(from, to string) int {
	a, b := []rune(from), []rune(to)
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
