package organization

import (
	"context"
	"slices"

	"redress/internal/content/prose"
	"redress/internal/fault"
)

// List returns every organization in the directory's order, without HTML.
func (d *Directory) List(ctx context.Context) ([]Organization, error) { return d.all(ctx) }

// BySlug returns one organization.
func (d *Directory) BySlug(ctx context.Context, slug string) (Organization, error) {
	found, err := d.find(ctx, slug)
	if err != nil {
		return Organization{}, err
	}
	if len(found) == 0 {
		return Organization{}, fault.NotFound("organization.unknown")
	}
	o := found[0]
	o.HTML = prose.Render(o.Body, nil).HTML()
	return o, nil
}

// Named returns the organizations with the given slugs in the order of the
// slugs, without HTML. Slugs that no organization has are left out.
func (d *Directory) Named(ctx context.Context, slugs []string) ([]Organization, error) {
	if len(slugs) == 0 {
		return nil, nil
	}
	named, err := d.named(ctx, slugs)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(named, func(a, b Organization) int {
		return slices.Index(slugs, a.Slug) - slices.Index(slugs, b.Slug)
	})
	return named, nil
}
