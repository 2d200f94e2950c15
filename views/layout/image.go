package layout

import (
	"context"

	"redress/internal/i18n"
)

// Image is a picture of 1200 by 630 pixels: its path from the root, and what it
// says.
type Image struct{ Path, Alt string }

// image is what stands for the page, or the site's own.
func (p Page) image(ctx context.Context) Image {
	if p.Image.Path == "" {
		return Image{Asset(ctx, "social.png"), i18n.T(ctx, "layout.social_alt")}
	}
	return p.Image
}
