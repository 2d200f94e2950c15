package issue

import (
	"context"
	"time"

	"redress/internal/fault"
)

// List returns the published issues in their order, with what a list shows:
// actions, but no text, bills or states.
func (s *Issues) List(ctx context.Context) ([]Issue, error) { return s.all(ctx) }

// WithBills returns the published issues as List does, and their bills.
func (s *Issues) WithBills(ctx context.Context) ([]Issue, error) { return s.withBills(ctx) }

// Named returns the published issues with the given slugs, as List does. Slugs
// that no issue has are left out.
func (s *Issues) Named(ctx context.Context, slugs []string) ([]Issue, error) {
	if len(slugs) == 0 {
		return nil, nil
	}
	return s.named(ctx, slugs)
}

// BySlug returns a published issue complete: its text as HTML with its terms
// marked, and its actions, bills, states, articles and sources.
func (s *Issues) BySlug(ctx context.Context, slug string) (Issue, error) {
	i, err := s.Facts(ctx, slug)
	if err != nil {
		return Issue{}, err
	}
	mentions, err := s.terms.Mentions(ctx)
	if err != nil {
		return Issue{}, err
	}
	i.render(mentions)
	return i, nil
}

// Facts returns a published issue with its actions, bills, states and articles
// but without HTML: what letters and pledges need, at less cost.
func (s *Issues) Facts(ctx context.Context, slug string) (Issue, error) {
	found, err := s.find(ctx, slug)
	if err != nil {
		return Issue{}, err
	}
	if len(found) == 0 {
		return Issue{}, fault.NotFound("issue.unknown")
	}
	i := found[0]
	return i, s.fill(ctx, &i)
}

// ArticlesOnTerm returns what to read on a glossary term.
func (s *Issues) ArticlesOnTerm(ctx context.Context, term string) ([]Article, error) {
	return s.articlesOnTerm(ctx, term)
}

// CountStates counts the states and cities that published issues list as
// having changed their law.
func (s *Issues) CountStates(ctx context.Context) (int, error) { return s.countStates(ctx) }

// RunAction is an action with the issue that runs it, for reports.
type RunAction struct {
	Action
	IssueTitle string
	Published  time.Time // of the issue
}

// EveryAction lists the actions of all issues that have been shown, in the
// language of ctx.
func (s *Issues) EveryAction(ctx context.Context) ([]RunAction, error) {
	issues, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	var list []RunAction
	for _, i := range issues {
		for _, a := range i.Actions {
			list = append(list, RunAction{Action: a, IssueTitle: i.Title, Published: i.Published})
		}
	}
	return list, nil
}
