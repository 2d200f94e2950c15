// Package organization draws the directory of groups to support.
package organization

import (
	"net/url"
	"slices"
	"strings"

	"redress/internal/issue"
	"redress/internal/organization"
)

// Group is the organizations that work on one issue.
type Group struct {
	Issue         issue.Issue
	Organizations []organization.Organization
}

// Groups sorts organizations under the issues they work on. Those that work on
// none of them stand in a last group without an issue.
func Groups(issues []issue.Issue, all []organization.Organization) []Group {
	var groups []Group
	placed := map[string]bool{}
	for _, i := range issues {
		g := Group{Issue: i}
		for _, o := range all {
			if slices.Contains(o.IssueSlugs, i.Slug) {
				placed[o.Slug] = true
				g.Organizations = append(g.Organizations, o)
			}
		}
		if len(g.Organizations) > 0 {
			groups = append(groups, g)
		}
	}
	rest := Group{}
	for _, o := range all {
		if !placed[o.Slug] {
			rest.Organizations = append(rest.Organizations, o)
		}
	}
	if len(rest.Organizations) > 0 {
		groups = append(groups, rest)
	}
	return groups
}

func path(slug string) string { return "/organizations/" + slug }

// site is a link's host, as people name a site.
func site(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
