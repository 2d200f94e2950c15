package web

import (
	"context"

	"redress/internal/i18n"
	"redress/internal/web/card"
	"redress/views/layout"
)

// cardEnding marks the address of the picture that stands for a page where its
// link is shared. Slugs hold no dot.
const cardEnding = ".png"

// cardOf is what a page says of its picture; path is the page that has one.
func cardOf(ctx context.Context, path, title, text string) layout.Image {
	return layout.Image{Path: path + cardEnding, Alt: i18n.T(ctx, "layout.card_alt", "Title", title, "Text", text)}
}

// termCard is the picture of a term.
func (s *Site) termCard(ctx context.Context, slug string) (Page, error) {
	t, err := s.Terms.BySlug(ctx, slug)
	if err != nil {
		return Page{}, err
	}
	return s.drawn(ctx, card.Card{Title: t.Title, Text: t.Definition, Label: i18n.T(ctx, "layout.card_term"), Term: true})
}

// issueCard is the picture of an issue.
func (s *Site) issueCard(ctx context.Context, slug string) (Page, error) {
	iss, err := s.Issues.Facts(ctx, slug)
	if err != nil {
		return Page{}, err
	}
	return s.drawn(ctx, card.Card{Title: iss.Title, Text: iss.Summary, Label: i18n.T(ctx, "layout.card_issue")})
}

func (s *Site) drawn(ctx context.Context, c card.Card) (page Page, err error) {
	if c.Name, err = s.centerName(ctx); err != nil {
		return Page{}, err
	}
	page.Type = "image/png"
	page.Raw, err = card.Draw(ctx, c)
	return page, err
}
