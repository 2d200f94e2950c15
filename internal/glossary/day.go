package glossary

import (
	"context"
	"time"

	"redress/internal/fault"
)

// OfDay is the term of a day.
func (g *Glossary) OfDay(ctx context.Context, day time.Time) (Term, error) {
	terms, err := g.all(ctx)
	if err != nil {
		return Term{}, err
	}
	if len(terms) == 0 {
		return Term{}, fault.NotFound("glossary.unknown")
	}
	return terms[day.Unix()/(24*60*60)%int64(len(terms))], nil
}
