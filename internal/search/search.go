// Package search is one search over issues, glossary terms and organizations,
// by PostgreSQL's full text search in the language of the page.
package search

import (
	"context"
	"strings"
	"unicode"

	"redress/internal/content/prose"
	"redress/internal/postgres"
)

// Kind says what a result is.
type Kind string

// The kinds of results.
const (
	KindIssue        Kind = "issue"
	KindTerm         Kind = "term"
	KindOrganization Kind = "organization"
)

// Result is one thing found. Heading is its title and Snippet a piece of its
// text, both with the words that were found in <mark>.
type Result struct {
	Kind    Kind
	Slug    string
	Title   string
	Heading prose.HTML
	Snippet prose.HTML
}

// Search finds. New makes one.
type Search struct{ db *postgres.DB }

// New returns the search over what db holds.
func New(db *postgres.DB) *Search { return &Search{db: db} }

const (
	maxQuery   = 200 // runes
	maxResults = 50
)

// Find returns what fits a query, the best first: words, "phrases", or, -not.
// When nothing holds the words as they are, they are taken for beginnings.
func (s *Search) Find(ctx context.Context, query string) ([]Result, error) {
	query = Clean(query)
	if query == "" {
		return nil, nil
	}
	found, err := s.find(ctx, "websearch_to_tsquery", query)
	if err != nil || len(found) > 0 {
		return found, err
	}
	beginnings := prefixes(query)
	if beginnings == "" {
		return nil, nil
	}
	return s.find(ctx, "to_tsquery", beginnings)
}

// Clean is a query as Find takes it: one line of valid text, not too long.
func Clean(query string) string {
	query = strings.ToValidUTF8(query, "")
	query = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, query)
	query = strings.Join(strings.Fields(query), " ")
	if runes := []rune(query); len(runes) > maxQuery {
		query = strings.TrimSpace(string(runes[:maxQuery]))
	}
	return query
}

// prefixes is a tsquery that wants a word beginning with each word of query.
func prefixes(query string) string {
	words := strings.FieldsFunc(query, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		words[i] = "'" + w + "':*"
	}
	return strings.Join(words, " & ")
}
