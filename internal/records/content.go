package records

import (
	"context"
	"fmt"
	"strings"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// front is the front matter of records/<issue>.md.
type front struct {
	Title      string   `yaml:"title"`
	Intro      string   `yaml:"intro"`
	AgencyHint string   `yaml:"agency_hint"`
	Choices    []Choice `yaml:"choices"`
	Cautions   []string `yaml:"cautions"`
	Notes      []Note   `yaml:"notes"`
}

// What fits, in characters: a request with every choice stays on two pages.
const (
	maxChoices = 12
	maxTitle   = 120
	maxSay     = 600
)

// SaveContent reads a guide's file, whose slug is its issue's, and writes it
// over what stood there. Everything wrong with it comes back as item.Problems
// before any statement has run.
func SaveContent(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f front
	c := it.Decode(&f)
	c.Max("title", f.Title, maxTitle)
	c.Max("intro", f.Intro, maxSay)
	c.Max("agency_hint", f.AgencyHint, maxSay)
	c.Body()
	f.checkChoices(c)
	f.checkNotes(c)
	for n, caution := range f.Cautions {
		at := fmt.Sprintf("cautions[%d]", n)
		c.Required(at, caution)
		c.Max(at, caution, maxSay)
	}
	if err := c.Err(); err != nil {
		return err
	}
	return save(tx, Guide{
		IssueSlug: it.Slug, Lang: it.Lang, Title: strings.TrimSpace(f.Title), Intro: strings.TrimSpace(f.Intro),
		AgencyHint: strings.TrimSpace(f.AgencyHint), Choices: item.List(f.Choices), Cautions: item.List(f.Cautions),
		Notes: item.List(f.Notes), Body: it.Body,
	})
}

func (f *front) checkChoices(c *item.Check) {
	if len(f.Choices) > maxChoices {
		c.Fail("choices", "has %d choices; %d fit on a request", len(f.Choices), maxChoices)
	}
	keys := map[string]bool{}
	for n, choice := range f.Choices {
		at := fmt.Sprintf("choices[%d].", n)
		c.Slug(at+"key", choice.Key)
		if keys[choice.Key] {
			c.Fail(at+"key", "another choice has the key %q", choice.Key)
		}
		keys[choice.Key] = true
		c.Required(at+"title", choice.Title)
		c.Max(at+"title", choice.Title, maxTitle)
		c.Max(at+"hint", choice.Hint, maxSay)
		c.Required(at+"ask", choice.Ask)
		c.Max(at+"ask", choice.Ask, maxSay)
		f.Choices[n].Ask = strings.Join(strings.Fields(choice.Ask), " ") // one item of the letter
	}
}

func (f *front) checkNotes(c *item.Check) {
	seen := map[string]bool{}
	for n, note := range f.Notes {
		at := fmt.Sprintf("notes[%d].", n)
		if _, ok := LawOf(note.State); !ok {
			c.Fail(at+"state", "%q is not a state’s two letters, or US", note.State)
		}
		if seen[note.State] {
			c.Fail(at+"state", "another note is about %s", note.State)
		}
		seen[note.State] = true
		c.Required(at+"text", note.Text)
		c.Max(at+"text", note.Text, maxSay)
	}
}
