package layout

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"redress/internal/i18n"
)

// siteName is the name of the organization that runs the site. Before any
// content is loaded there is none, and the header says where one is instead.
func siteName(ctx context.Context) string {
	if name := FrameOf(ctx).Center.Name; name != "" {
		return name
	}
	return i18n.T(ctx, "layout.home")
}

// runBy says who stands behind the site, by legal name and form.
func runBy(ctx context.Context) string {
	c := FrameOf(ctx).Center
	switch {
	case c.LegalName == "":
		return ""
	case c.LegalForm == "":
		return i18n.T(ctx, "layout.footer.run_by", "Name", c.LegalName)
	default:
		return i18n.T(ctx, "layout.footer.run_by_form", "Name", c.LegalName, "Form", c.LegalForm)
	}
}

// telephone is a tel: link of a number as people write it.
func telephone(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
	return "tel:" + digits
}

// lit marks the entry of the navigation that leads to this page ("page") or
// to the part of the site it belongs to ("true").
func lit(entry section, page Page) templ.Attributes {
	switch {
	case entry.path == page.Path:
		return templ.Attributes{"aria-current": "page"}
	case entry.name == page.Section:
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}
