package center

import (
	"context"

	"redress/internal/content/prose"
	"redress/internal/fault"
)

// Current returns the center that runs this site. A database without content
// has none: fault.NotFound.
func (s *Centers) Current(ctx context.Context) (Center, error) {
	found, err := s.find(ctx)
	if err != nil {
		return Center{}, err
	}
	if len(found) == 0 {
		return Center{}, fault.NotFound("center.unknown")
	}
	c := found[0]
	c.HTML = prose.Render(c.Body, nil).HTML()
	return c, nil
}

// Page returns one of the center's standing pages.
func (s *Centers) Page(ctx context.Context, slug string) (Page, error) {
	found, err := s.findPage(ctx, slug)
	if err != nil {
		return Page{}, err
	}
	if len(found) == 0 {
		return Page{}, fault.NotFound("pages.unknown")
	}
	p := found[0]
	p.HTML = prose.Render(p.Body, nil).HTML()
	return p, nil
}

// Pages lists the standing pages without their text.
func (s *Centers) Pages(ctx context.Context) ([]Page, error) { return s.pages(ctx) }
