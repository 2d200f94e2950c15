package search

import "context"

// Find answers a query that Clean made: words, "phrases", or, -not. Exact names
// come first, then titles that say it, then definitions, then texts. When nothing
// says the words, they are taken for beginnings; then for typing errors; and at
// last what says some of them will do.
func (s *Search) Find(ctx context.Context, query string) (Answer, error) {
	if query == "" {
		return Answer{How: HowNot}, nil
	}
	a, err := s.look(ctx, query)
	if err != nil || a.How != HowNot {
		return a, err
	}
	meant, err := s.correct(ctx, query)
	if err != nil {
		return Answer{}, err
	}
	if meant != "" {
		a, err = s.look(ctx, meant)
		if err != nil || a.How != HowNot {
			a.How, a.Meant = HowMeant, meant
			return a, err
		}
		query = meant
	}
	if len(wordsOf(query)) < 2 {
		return a, nil
	}
	a.Results, err = s.find(ctx, toQuery, some(query), query)
	if len(a.Results) > 0 {
		a.How, a.Meant = HowSome, meant
	}
	return a, err
}

// look takes the words as they are, or else as beginnings.
func (s *Search) look(ctx context.Context, query string) (Answer, error) {
	found, err := s.find(ctx, webQuery, query, query)
	if err != nil || len(found) > 0 {
		return Answer{How: HowAsked, Results: found}, err
	}
	if want := beginnings(query); want != "" {
		if found, err = s.find(ctx, toQuery, want, query); err != nil || len(found) > 0 {
			return Answer{How: HowBeginnings, Results: found}, err
		}
	}
	return Answer{How: HowNot}, nil
}
