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
	ActionKinds   []string   `gorm:"serializer:json"` // of its issues' actions; empty: all of them
	Examples      []string   `gorm:"serializer:json"` // sentences that use it, plain text
	Sources       []Source   `gorm:"serializer:json"`

	HTML      prose.HTML `gorm:"-"` // Body
	Mentioned []Term     `gorm:"-"` // those that HTML marks, in order
}

// Source is a page that backs a term's explanation.
type Source struct {
	Title string `json:"title" yaml:"title"`
	URL   string `json:"url" yaml:"url"`
}
