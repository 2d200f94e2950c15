// Package glossary draws the list of terms and each term's page.
package glossary

import (
	"cmp"
	"context"
	"slices"

	"redress/internal/glossary"
	"redress/internal/i18n"
	"redress/internal/issue"
	views "redress/views/issue"
)

// Entry is everything that a term's page shows.
type Entry struct {
	glossary.Term
	Issues   []issue.Issue // with their actions
	Articles []issue.Article
}

// group is the terms under one letter or theme.
type group struct {
	name  string
	terms []glossary.Term
}

func byLetter(terms []glossary.Term) []group { return grouped(terms, glossary.Term.Initial) }

func byTheme(terms []glossary.Term) []group {
	return grouped(terms, func(t glossary.Term) string { return t.Theme })
}

func grouped(terms []glossary.Term, by func(glossary.Term) string) []group {
	var groups []group
	for _, t := range terms {
		name := by(t)
		at := slices.IndexFunc(groups, func(g group) bool { return g.name == name })
		if at < 0 {
			at, groups = len(groups), append(groups, group{name: name})
		}
		groups[at].terms = append(groups[at].terms, t)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(a.name, b.name) })
	return groups
}

// related are the terms of one kind of relation.
func (e Entry) related(kind string) []glossary.Relation {
	var some []glossary.Relation
	for _, r := range e.Related {
		if r.Kind == kind {
			some = append(some, r)
		}
	}
	return some
}

// kindName says how terms of a kind of relation relate.
func kindName(ctx context.Context, kind string) string {
	switch kind {
	case glossary.Broader:
		return i18n.T(ctx, "glossary.broader")
	case glossary.Narrower:
		return i18n.T(ctx, "glossary.narrower")
	case glossary.ConfusedWith:
		return i18n.T(ctx, "glossary.confused_with")
	}
	return i18n.T(ctx, "glossary.see_also")
}

// Path is the glossary.
const Path = "/terms"

// TermPath is a term's page.
func TermPath(slug string) string { return Path + "/" + slug }

// actions are those of an issue that the term leads to and that have a page.
func (e Entry) actions(i issue.Issue) []issue.Action {
	var some []issue.Action
	for _, a := range i.Actions {
		if views.ActionPath(a) != "" && (len(e.ActionKinds) == 0 || slices.Contains(e.ActionKinds, a.Kind)) {
			some = append(some, a)
		}
	}
	return some
}
