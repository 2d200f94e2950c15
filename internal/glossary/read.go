package glossary

import (
	"context"
	"slices"
	"strings"

	"redress/internal/content/prose"
	"redress/internal/fault"
	"redress/internal/i18n"
)

// List returns every term by title, without body and HTML.
func (g *Glossary) List(ctx context.Context) ([]Term, error) { return g.all(ctx) }

// ForIssue returns the terms that name an issue as theirs, without body and HTML.
func (g *Glossary) ForIssue(ctx context.Context, issue string) ([]Term, error) {
	return g.forIssue(ctx, issue)
}

// BySlug returns one term with its explanation as HTML, in which the first
// mention of every other term is a link with a button that opens its definition
// (Mentioned says which), and all terms that it relates to, by its own word or
// by theirs. Relations to terms that aren't there are left out.
func (g *Glossary) BySlug(ctx context.Context, slug string) (Term, error) {
	found, err := g.find(ctx, slug)
	if err != nil {
		return Term{}, err
	}
	if len(found) == 0 {
		return Term{}, fault.NotFound("glossary.unknown")
	}
	terms, err := g.all(ctx)
	if err != nil {
		return Term{}, err
	}
	t, page := found[0], mentions(ctx, terms, slug)
	t.HTML = prose.Render(t.Body, page.Marker).HTML()
	t.Mentioned = page.Terms()
	t.Related = relationsOf(t, terms)
	return t, nil
}

// Mentions marks the terms on one page and knows which it marked.
type Mentions struct {
	*prose.Marker
	terms []Term
}

// Mentions begins a page on which the first mention of each term becomes a
// link, with a button that opens its definition.
func (g *Glossary) Mentions(ctx context.Context) (*Mentions, error) {
	terms, err := g.all(ctx)
	if err != nil {
		return nil, err
	}
	return mentions(ctx, terms), nil
}

func mentions(ctx context.Context, terms []Term, except ...string) *Mentions {
	label := func(words string) string { return i18n.T(ctx, "glossary.define", "Words", words) }
	return &Mentions{Marker: vocabulary(terms).Page(label, except...), terms: terms}
}

// Terms are those marked so far, in the order of their mention.
func (m *Mentions) Terms() []Term { return m.Named(m.Marked()) }

// Named are the terms with the given slugs, in the order of the slugs. Slugs
// that no term has are left out.
func (m *Mentions) Named(slugs []string) []Term {
	var named []Term
	for _, slug := range slugs {
		at := slices.IndexFunc(m.terms, func(t Term) bool { return t.Slug == slug })
		if at >= 0 {
			named = append(named, m.terms[at])
		}
	}
	return named
}

func vocabulary(terms []Term) *prose.Vocabulary {
	entries := make([]prose.Entry, len(terms))
	for i, t := range terms {
		entries[i] = prose.Entry{Slug: t.Slug, Words: append([]string{t.Title}, t.Aliases...)}
	}
	return prose.NewVocabulary(entries)
}

// Initial is the letter under which a term stands in the list.
func (t Term) Initial() string {
	for _, r := range strings.ToUpper(t.Title) {
		return string(r)
	}
	return ""
}
