package search

import (
	"context"
	"unicode/utf8"
)

// Suggest lists what a visitor who has typed this much may be about to ask for:
// things with a name that has words beginning so, and when there are none, things
// whose name is near. The query is one that Clean made; a single character
// suggests nothing.
func (s *Search) Suggest(ctx context.Context, query string) ([]Suggestion, error) {
	if utf8.RuneCountInString(query) < minSuggest {
		return nil, nil
	}
	found, err := s.named(ctx, query)
	if err != nil || len(found) > 0 || utf8.RuneCountInString(query) < minCorrected {
		return found, err
	}
	if ok, err := s.Tolerant(ctx); err != nil || !ok {
		return nil, err
	}
	return s.namedAlike(ctx, query)
}
