// Package search is one search over issues, glossary terms, organizations and
// things to read elsewhere, by PostgreSQL's full text search in the language of
// the page. Where PostgreSQL has pg_trgm, it forgives typing errors.
package search

import (
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
	KindArticle      Kind = "article" // something to read elsewhere
)

// Result is one thing found. Heading is its title and Snippet a piece of its
// text, both with the words that were found in <mark>.
type Result struct {
	Kind    Kind
	Slug    string
	Title   string
	Heading prose.HTML
	Snippet prose.HTML
	Also    prose.HTML // another of its names, when it was found by that and not by its title; else ""
	URL     string     // where an article is, https; "" for what has a page here
	Exact   bool       // what was asked is its title or another of its names
}

// How says how the results of an Answer came about.
type How string

// From what was asked for to what is merely near it.
const (
	HowAsked      How = "asked"      // they say what was asked, in some form of the words
	HowBeginnings How = "beginnings" // they have words that begin as those asked for
	HowMeant      How = "meant"      // nothing says what was asked; they say Answer.Meant
	HowSome       How = "some"       // nothing says all of it; they say some of it
	HowNot        How = "not"        // there are none
)

// Answer is what Find found.
type Answer struct {
	How     How
	Meant   string // with HowMeant, and with HowSome when a word was corrected: the query without typing errors; else ""
	Results []Result
}

// Group is the results of one kind.
type Group struct {
	Kind    Kind // "" for those that have the very name
	Results []Result
}

// Groups are the results as they are shown: those that have the very name that
// was asked for, whatever they are; then the others by kind, first the kind of
// the best one.
func (a Answer) Groups() []Group {
	var groups []Group
	at := map[Kind]int{}
	for _, r := range a.Results {
		kind := r.Kind
		if r.Exact {
			kind = ""
		}
		n, found := at[kind]
		if !found {
			n = len(groups)
			at[kind] = n
			groups = append(groups, Group{Kind: kind})
		}
		groups[n].Results = append(groups[n].Results, r)
	}
	return groups
}

// Suggestion is one thing that a visitor may be about to ask for.
type Suggestion struct {
	Kind  Kind
	Slug  string
	Title string
	Also  string // the name that fits what was typed, when it isn't the title; else ""
	URL   string // as with Result
}

// Search finds. New makes one.
type Search struct{ db *postgres.DB }

// New returns the search over what db holds.
func New(db *postgres.DB) *Search { return &Search{db: db} }

// MaxQuery is how much of a query is looked for, in characters. Nobody types so
// much; it bounds what one question costs.
const MaxQuery = 200

const (
	maxResults     = 50
	maxSuggestions = 8
	minSuggest     = 2 // characters: one alone fits half of everything
)
