package web

import (
	"github.com/labstack/echo/v4"

	"redress/internal/i18n"
	"redress/views/layout"
	organizations "redress/views/organization"
)

// listOrganizations is the directory.
func (s *Site) listOrganizations(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	all, err := s.Organizations.List(ctx)
	if err != nil {
		return Page{}, err
	}
	issues, err := s.Issues.List(ctx)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{
			Title: i18n.T(ctx, "organization.heading"), Description: i18n.T(ctx, "organization.about"),
			Path: "/organizations", Section: layout.SectionOrganizations,
		},
		Body: organizations.List(organizations.Groups(issues, all)),
	}, nil
}

// showOrganization is one organization.
func (s *Site) showOrganization(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	o, err := s.Organizations.BySlug(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	on, err := s.Issues.Named(ctx, o.IssueSlugs)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{
			Title: o.Name, Description: o.What,
			Path: "/organizations/" + o.Slug, Section: layout.SectionOrganizations,
		},
		Body: organizations.Page(o, on),
	}, nil
}
