package glossary

import (
	"context"
	"time"

	"redress/internal/content/prose"
	"redress/internal/fault"
	"redress/internal/postgres"
)

// Tag is what moves when a day gets its term: pages that show the term of the
// day carry it.
const Tag = "term_day"

// How a day's term was chosen.
const (
	FromQueue = "queue" // staff put it there
	FromRota  = "rota"  // it was unused the longest
)

// Day is one day of the calendar with its term.
type Day struct {
	Date time.Time // midnight UTC of the civil date
	Term Term
}

// dateOf is the civil date that t shows in its own location.
func dateOf(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// written is a civil date for PostgreSQL, which has no year 0; addresses do. No
// day outside of the years 1 to 9999 has a term.
func written(date time.Time) string {
	switch year := date.Year(); {
	case year < 1:
		return "0001-01-01"
	case year > 9999:
		return "9999-12-31"
	}
	return date.Format(time.DateOnly)
}

// DateAt is the civil date at a moment where the center is.
func (g *Glossary) DateAt(moment time.Time) time.Time { return dateOf(moment.In(g.zone)) }

// OfDay returns the term of a civil date (the one that day shows in its own
// location), with its explanation as HTML without links to other terms: it goes
// into mails, too. When the date is today's where the center is and nobody has
// asked before, a term is chosen and recorded: the first of the queue, else the
// one unused the longest, ties by slug. All who ask at once get the same one.
// Where it can't be recorded, because the database only reads, the same term is
// answered and nothing is kept. A day that has no term is fault.KindNotFound, and
// so is today before there are terms.
func (g *Glossary) OfDay(ctx context.Context, day time.Time) (Term, error) {
	day = dateOf(day)
	return g.ofDay(ctx, day, day.Equal(g.DateAt(g.now())))
}

// Today is the current date where the center is with its term, as OfDay has it.
func (g *Glossary) Today(ctx context.Context) (Day, error) {
	date := g.DateAt(g.now())
	t, err := g.ofDay(ctx, date, true)
	return Day{Date: date, Term: t}, err
}

func (g *Glossary) ofDay(ctx context.Context, date time.Time, choose bool) (Term, error) {
	found, err := g.onDay(ctx, date)
	if err == nil && len(found) == 0 && choose {
		found, err = g.choose(ctx, date)
	}
	if err != nil {
		return Term{}, err
	}
	if len(found) == 0 {
		return Term{}, fault.NotFound("glossary.no_day")
	}
	t := found[0].Term
	t.HTML = prose.Render(t.Body, nil).HTML()
	return t, nil
}

func (g *Glossary) onDay(ctx context.Context, day time.Time) ([]Day, error) {
	return g.days(ctx, "WHERE d.day = ?", written(day))
}

// choose gives a day its term.
func (g *Glossary) choose(ctx context.Context, day time.Time) ([]Day, error) {
	recorded := g.db.InTx(ctx, func(tx *postgres.Tx) error {
		next, ok, err := pick(tx.DB)
		if err != nil || !ok {
			return err
		}
		return record(tx, day, next)
	})
	if recorded == nil {
		return g.onDay(ctx, day)
	}
	next, ok, err := pick(g.db.Read(ctx))
	if err != nil || !ok {
		return nil, err
	}
	t, err := g.find(ctx, next.Slug)
	if err != nil || len(t) == 0 {
		return nil, err
	}
	return []Day{{Date: day, Term: t[0]}}, nil
}

// Days returns the n days before a civil date that had a term, latest first, without HTML.
func (g *Glossary) Days(ctx context.Context, before time.Time, n int) ([]Day, error) {
	return g.days(ctx, "WHERE d.day < ? ORDER BY d.day DESC LIMIT ?", written(before), n)
}

// DayAfter returns the first day after a civil date that had a term, none or one.
func (g *Glossary) DayAfter(ctx context.Context, date time.Time) ([]Day, error) {
	return g.days(ctx, "WHERE d.day > ? ORDER BY d.day LIMIT 1", written(date))
}
