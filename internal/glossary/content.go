package glossary

import (
	"context"
	"fmt"

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
	Theme         string     `yaml:"theme"`
	Sources       []Source   `yaml:"sources"`
	Examples      []string   `yaml:"examples"`
}

// SaveContent writes one term from its file.
func (g *Glossary) SaveContent(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f front
	c := it.Decode(&f)
	c.Required("title", f.Title)
	c.Max("title", f.Title, 120)
	c.Required("definition", f.Definition)
	c.Required("theme", f.Theme)
	c.Slugs("issues", f.Issues)
	for i, r := range f.Related {
		field := fmt.Sprintf("related[%d]", i)
		c.Slug(field+".slug", r.Slug)
		c.OneOf(field+".kind", r.Kind, RelationKinds...)
		if r.Slug == it.Slug {
			c.Fail(field+".slug", "a term can't relate to itself")
		}
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
		Related: item.List(f.Related), IssueSlugs: item.List(f.Issues), Sources: item.List(f.Sources),
	})
}
