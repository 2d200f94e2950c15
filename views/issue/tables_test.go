package issue

import (
	"strings"
	"testing"

	"redress/internal/organization"
)

func TestEveryOrganizationHasAWayToIt(t *testing.T) {
	t.Parallel()
	const site, feed = "https://example.org/", "https://example.org/feed"
	for name, c := range map[string]struct {
		o     organization.Organization
		shows string
	}{
		"one to follow": {organization.Organization{Name: "Bar", SiteURL: site, FollowURL: feed}, `<a href="` + feed + `" rel="noopener noreferrer external">Follow Bar</a>`},
		"one to visit":  {organization.Organization{Name: "Bar", SiteURL: site}, `<a href="` + site + `" rel="noopener noreferrer external">Visit Bar</a>`},
	} {
		var page strings.Builder
		if err := organizations(Explainer{Organizations: []organization.Organization{c.o}}).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		if text := page.String(); !strings.Contains(text, c.shows) || strings.Count(text, "external") != 1 {
			t.Errorf("%s: %s", name, text)
		}
	}
}
