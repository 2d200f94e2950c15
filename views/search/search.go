// Package search draws the search and what it found.
package search

import (
	"context"
	"net/url"

	"redress/internal/i18n"
	"redress/internal/search"
)

// Asked is what a visitor asked for.
type Asked struct {
	Query string // as it is looked for
	Cut   bool   // it was longer
	Empty bool   // the form was sent, be it with nothing in it
}

// Title is the page's: with what was asked, so that a tab and a history of
// several searches can be told apart.
func (a Asked) Title(ctx context.Context) string {
	if a.Query == "" {
		return i18n.T(ctx, "search.heading")
	}
	return i18n.T(ctx, "search.title", "Query", a.Query)
}

// Suggestions is what suggest.js is told.
type Suggestions struct {
	Says string       `json:"says"` // how many there are, for those who don't see them
	List []Suggestion `json:"list"`
}

// Suggestion is one of them, in words.
type Suggestion struct {
	Title string `json:"title"`
	Note  string `json:"note"` // what it is, and by which other name it was found
	Path  string `json:"path"` // where it is: on this site, or elsewhere
}

// Suggest puts suggestions into words.
func Suggest(ctx context.Context, found []search.Suggestion) Suggestions {
	made := Suggestions{Says: i18n.T(ctx, "search.suggested", "Count", len(found)), List: make([]Suggestion, len(found))}
	for n, f := range found {
		note := kindName(ctx, f.Kind)
		if f.Also != "" {
			note = i18n.T(ctx, "search.suggested_also", "Kind", note, "Name", f.Also)
		}
		made.List[n] = Suggestion{Title: f.Title, Note: note, Path: path(f.Kind, f.Slug, f.URL)}
	}
	return made
}

// path is where a thing is.
func path(kind search.Kind, slug, address string) string {
	switch kind {
	case search.KindIssue:
		return "/issues/" + slug
	case search.KindTerm:
		return "/terms/" + slug
	case search.KindArticle:
		return address
	}
	return "/organizations/" + slug
}

// relation tells browsers of a link that leads elsewhere.
func relation(kind search.Kind) string {
	if kind == search.KindArticle {
		return "noopener noreferrer external"
	}
	return ""
}

func kindName(ctx context.Context, k search.Kind) string {
	switch k {
	case search.KindIssue:
		return i18n.T(ctx, "search.issue")
	case search.KindTerm:
		return i18n.T(ctx, "search.term")
	case search.KindArticle:
		return i18n.T(ctx, "search.article")
	}
	return i18n.T(ctx, "search.organization")
}

func kindHeading(ctx context.Context, g search.Group) string {
	count := len(g.Results)
	switch g.Kind {
	case "":
		return i18n.T(ctx, "search.named")
	case search.KindIssue:
		return i18n.T(ctx, "search.issues", "Count", count)
	case search.KindTerm:
		return i18n.T(ctx, "search.terms", "Count", count)
	case search.KindArticle:
		return i18n.T(ctx, "search.articles", "Count", count)
	}
	return i18n.T(ctx, "search.organizations", "Count", count)
}

// unfolded is how many results of a kind are shown at once; the others stand
// behind one button.
const unfolded = 5

// split parts what is shown at once from the rest. One more is no rest.
func split(all []search.Result) (first, rest []search.Result) {
	if len(all) <= unfolded+1 {
		return all, nil
	}
	return all[:unfolded], all[unfolded:]
}

// again is the search for another query.
func again(query string) string { return "/search?" + url.Values{"q": {query}}.Encode() }
