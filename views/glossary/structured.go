package glossary

import (
	"context"

	"github.com/a-h/templ"

	"redress/internal/glossary"
	"redress/internal/i18n"
	"redress/views/layout"
)

// definedTerm is what a page says of its term to programs, in schema.org's words
// (https://schema.org/DefinedTerm).
type definedTerm struct {
	Context   string          `json:"@context"`
	Type      string          `json:"@type"`
	ID        string          `json:"@id"`
	URL       string          `json:"url"`
	Name      string          `json:"name"`
	Says      string          `json:"description"`
	Alternate []string        `json:"alternateName,omitempty"`
	Language  string          `json:"inLanguage"`
	Set       *definedTermSet `json:"inDefinedTermSet"`
}

type definedTermSet struct {
	Type string `json:"@type"`
	ID   string `json:"@id"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// structured is a block of data, which browsers don't run and the content
// security policy doesn't stop (HTML, "prepare the script element").
func structured(ctx context.Context, t glossary.Term) templ.Component {
	set, own := layout.Absolute(ctx, Path), layout.Absolute(ctx, TermPath(t.Slug))
	return templ.JSONScript("", definedTerm{
		Context: "https://schema.org", Type: "DefinedTerm", ID: own, URL: own, Name: t.Title, Says: t.Definition,
		Alternate: t.Aliases, Language: i18n.Lang(ctx),
		Set: &definedTermSet{Type: "DefinedTermSet", ID: set, URL: set, Name: i18n.T(ctx, "glossary.set", "Center", layout.FrameOf(ctx).Center.Name)},
	}).WithType("application/ld+json")
}
