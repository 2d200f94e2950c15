package glossary

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// front is the front matter of terms/<slug>.md.
type front struct {
	Title         string     `yaml:"title"`
	Definition    string     `yaml:"definition"`
	Pronunciation string     `yaml:"pronunciation"`
	Aliases       []string   `yaml:"aliases"`
	Related       []Relation `yaml:"related"`
	Issues        []string   `yaml:"issues"`
	Actions       []string   `yaml:"actions"`
	Examples      []string   `yaml:"examples"`
	Theme         string     `yaml:"theme"`
	Sources       []Source   `yaml:"sources"`
}

// reserved are the pages under /terms that are no terms.
var reserved = []string{"today", "days"}

// markup is what Markdown or HTML would take for more than text. Brackets alone
// stay: quotations of law are full of them.
var markup = regexp.MustCompile("[*`\n]|__|\\]\\(|<[a-zA-Z/]")

// SaveContent writes one term from its file.
func (g *Glossary) SaveContent(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f front
	c := it.Decode(&f)
	c.Required("title", f.Title)
	c.Max("title", f.Title, 120)
	c.Required("definition", f.Definition)
	c.Required("theme", f.Theme)
	c.Slugs("issues", f.Issues)
	c.Slugs("actions", f.Actions)
	if slices.Contains(reserved, it.Slug) {
		c.Fail("", "a page of the glossary has the address /terms/%s; give the file another name", it.Slug)
	}
	for i, example := range f.Examples {
		field := fmt.Sprintf("examples[%d]", i)
		c.Required(field, example)
		c.Max(field, example, 400)
		if markup.MatchString(example) {
			c.Fail(field, "is shown as it stands: write it without Markdown, on one line")
		}
	}
	seen := map[string]bool{}
	for i, r := range f.Related {
		field := fmt.Sprintf("related[%d]", i)
		c.Slug(field+".slug", r.Slug)
		c.OneOf(field+".kind", r.Kind, RelationKinds...)
		if r.Slug == it.Slug {
			c.Fail(field+".slug", "a term can't relate to itself")
		}
		if seen[r.Slug] {
			c.Fail(field+".slug", "%q is named twice; name it once, with the kind that says most", r.Slug)
		}
		seen[r.Slug] = true
	}
	for i, s := range f.Sources {
		field := fmt.Sprintf("sources[%d]", i)
		c.Required(field+".title", s.Title)
		c.Required(field+".url", s.URL)
		c.HTTPS(field+".url", s.URL)
	}
	c.Body()
	if err := c.Err(); err != nil {
		return err
	}
	return save(tx, Term{
		Slug: it.Slug, Lang: it.Lang, Title: f.Title, Definition: f.Definition, Pronunciation: f.Pronunciation,
		Theme: f.Theme, Body: it.Body, Aliases: item.List(f.Aliases),
		Related: item.List(f.Related), IssueSlugs: item.List(f.Issues),
		ActionKinds: item.List(f.Actions), Examples: item.List(f.Examples), Sources: item.List(f.Sources),
	})
}
