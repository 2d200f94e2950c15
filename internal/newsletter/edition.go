package newsletter

import (
	"context"
	"time"

	"redress/internal/fault"
	"redress/internal/glossary"
)

// Edition is what one mailing of the newsletter says.
type Edition struct {
	Kind   string
	Day    time.Time
	Term   glossary.Term
	Action Action
	Week   []Entry // of KindWeek: the other terms of its days, newest first
}

// Entry is one day's term in a list.
type Entry struct {
	Day  time.Time
	Term glossary.Term
}

// week is how many days a weekly edition looks back over, its own among them.
const week = 7

// Edition tells what the mailing of a day says, also before it begins: today's term is chosen by that. fault.NotFound: that day
// has none, or was skipped.
func (m *Mailings) Edition(ctx context.Context, kind string, day time.Time) (Edition, error) {
	day = dateOf(day)
	there, err := m.ByKey(ctx, kind, day.Format(time.DateOnly))
	switch {
	case err == nil && there.Term != "":
		return m.Of(ctx, there)
	case err == nil:
		return Edition{}, fault.NotFound("edition.no_edition")
	case fault.KindOf(err) != fault.KindNotFound:
		return Edition{}, err
	}
	term, err := m.opt.Terms.OfDay(ctx, day)
	if err != nil {
		return Edition{}, err
	}
	coming := m.blank(kind, day)
	coming.Term = term.Slug
	if m.opt.Action != nil {
		action, err := m.opt.Action(ctx, term)
		if err != nil {
			return Edition{}, err
		}
		coming.Issue, coming.Signed, coming.Goal = action.Issue, action.Signed, action.Goal
	}
	return m.Of(ctx, coming)
}

// Of tells what a mailing says.
func (m *Mailings) Of(ctx context.Context, one Mailing) (Edition, error) {
	term, err := m.opt.Terms.BySlug(ctx, one.Term)
	if err != nil {
		return Edition{}, err
	}
	e := Edition{Kind: one.Kind, Day: dateOf(one.Day), Term: term, Action: Action{Issue: one.Issue, Signed: one.Signed, Goal: one.Goal}}
	if one.Kind != KindWeek {
		return e, nil
	}
	list, err := editions(ctx, m.db, e.Day, week)
	if err != nil {
		return Edition{}, err
	}
	for _, day := range list {
		if day.Term == one.Term || !day.Day.After(e.Day.AddDate(0, 0, -week)) {
			continue
		}
		term, err := m.opt.Terms.BySlug(ctx, day.Term)
		if fault.KindOf(err) == fault.KindNotFound {
			continue // taken out of the glossary since
		}
		if err != nil {
			return Edition{}, err
		}
		e.Week = append(e.Week, Entry{dateOf(day.Day), term})
	}
	return e, nil
}

// Archive lists the editions up to a day, newest first, with their terms.
func (m *Mailings) Archive(ctx context.Context, limit int) ([]Entry, error) {
	list, err := editions(ctx, m.db, m.Today(), limit)
	if err != nil {
		return nil, err
	}
	terms, err := m.opt.Terms.List(ctx)
	if err != nil {
		return nil, err
	}
	bySlug := make(map[string]glossary.Term, len(terms))
	for _, t := range terms {
		bySlug[t.Slug] = t
	}
	var all []Entry
	for _, one := range list {
		if term, there := bySlug[one.Term]; there {
			all = append(all, Entry{dateOf(one.Day), term})
		}
	}
	return all, nil
}

// Archived is the daily edition of a day as it was sent, and the days of those beside it (zero: there is none). fault.NotFound: no
// edition went on that day.
func (m *Mailings) Archived(ctx context.Context, day time.Time) (e Edition, before, after time.Time, err error) {
	one, err := m.ByKey(ctx, KindEdition, dateOf(day).Format(time.DateOnly))
	if err == nil && (one.Term == "" || one.State == Skipped) {
		err = fault.NotFound("edition.no_edition")
	}
	if err != nil {
		return Edition{}, time.Time{}, time.Time{}, err
	}
	if e, err = m.Of(ctx, one); err != nil {
		return Edition{}, time.Time{}, time.Time{}, err
	}
	before, after, err = beside(ctx, m.db, e.Day)
	return e, before, after, err
}
