// Package records helps a visitor ask a public office for what it has on file:
// what the law of a state says about that, and the request letter.
//
// The laws are a table that the program carries ([Laws]). Each fact names where
// it was read and whether that was the law; a fact that nobody found is absent
// and is never guessed. What a campaign offers to ask for, its cautions and its
// own notes on a state are content ([Guide]) and change without a new program.
//
// A request is laid ready and handed back. Nothing of it is stored, logged or
// sent from here.
package records

import (
	"context"

	"redress/internal/content/prose"
)

// Guide is what a campaign says about asking for records on one issue.
type Guide struct {
	IssueSlug, Lang string   `gorm:"primaryKey"`
	Title           string   // empty: the page's own
	Intro           string   // a paragraph
	AgencyHint      string   // how to find the office that holds the records
	Choices         []Choice `gorm:"serializer:json"`
	Cautions        []string `gorm:"serializer:json"`
	Notes           []Note   `gorm:"serializer:json"` // the center's own, by state
	Body            string   // Markdown that stands under the form

	HTML prose.HTML `gorm:"-"` // Body
}

// TableName keeps the table apart from other guides.
func (Guide) TableName() string { return "records_guide" }

// Choice is one thing to ask for.
type Choice struct {
	Key   string `json:"key" yaml:"key"`
	Title string `json:"title" yaml:"title"` // beside the box to tick
	Hint  string `json:"hint,omitempty" yaml:"hint"`
	Ask   string `json:"ask" yaml:"ask"` // the sentence that goes into the request
}

// Note is what the center adds to the law of one state.
type Note struct {
	State string `json:"state" yaml:"state"`
	Text  string `json:"text" yaml:"text"`
}

// Choice is the guide's choice with a key.
func (g Guide) Choice(key string) (Choice, bool) {
	for _, c := range g.Choices {
		if c.Key == key {
			return c, true
		}
	}
	return Choice{}, false
}

// Note is what the center says about the law with a code, "" for nothing.
func (g Guide) Note(code string) string {
	for _, n := range g.Notes {
		if n.State == code {
			return n.Text
		}
	}
	return ""
}

// BySlug returns the guide of an issue. An issue without one has the empty
// guide: asking needs nothing but the law.
func (r *Records) BySlug(ctx context.Context, issue string) (Guide, error) {
	g, err := r.find(ctx, issue)
	g.HTML = prose.Render(g.Body, nil).HTML()
	return g, err
}
