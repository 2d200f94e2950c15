// Package glossary holds the terms that the site explains, how they relate,
// and the words by which texts mention them.
package glossary

import (
	"redress/internal/content/prose"
)

// Term is one entry of the glossary.
type Term struct {
	Slug, Lang    string `gorm:"primaryKey"`
	Title         string
	Definition    string // one sentence, plain text
	Pronunciation string
	Theme         string
	Body          string     // Markdown
	Aliases       []string   `gorm:"serializer:json"` // words that link to it as its title does
	Related       []Relation `gorm:"serializer:json"`
	IssueSlugs    []string   `gorm:"serializer:json"`
	Sources       []Source   `gorm:"serializer:json"`

	HTML prose.HTML `gorm:"-"` // Body with other terms marked
}

// Relation is how another term relates to this one: "broader" says that the
// other one is the broader one.
type Relation struct {
	Slug  string `json:"slug" yaml:"slug"`
	Kind  string `json:"kind" yaml:"kind"`
	Title string `json:"-" yaml:"-"` // the other term's, filled in by BySlug
}

// The kinds of relations.
const (
	Broader      = "broader"
	Narrower     = "narrower"
	SeeAlso      = "see_also"
	ConfusedWith = "confused_with"
)

// RelationKinds are the kinds in the order in which pages list them.
var RelationKinds = []string{Broader, Narrower, SeeAlso, ConfusedWith}

// Source is a page that backs a term's explanation.
type Source struct {
	Title string `json:"title" yaml:"title"`
	URL   string `json:"url" yaml:"url"`
}
