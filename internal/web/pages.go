package web

import (
	"context"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/center"
	"redress/internal/civics"
	"redress/views/layout"
	"redress/views/pages"
)

// showPage is one of the standing pages; its path names it.
func (s *Site) showPage(c echo.Context) (Page, error) {
	ctx, slug := c.Request().Context(), strings.TrimPrefix(c.Path(), "/")
	p, err := s.Centers.Page(ctx, slug)
	if err != nil {
		return Page{}, err
	}
	body, err := s.standing(ctx, p)
	if err != nil {
		return Page{}, err
	}
	return Page{Frame: layout.Page{Title: p.Title, Path: "/" + slug}, Body: body}, nil
}

// standing is a standing page's view: two of them show the center as well.
func (s *Site) standing(ctx context.Context, p center.Page) (templ.Component, error) {
	if p.Slug != "about" && p.Slug != "contact" {
		return pages.Page(p), nil
	}
	c, err := s.Centers.Current(ctx)
	if err != nil {
		return nil, err
	}
	if p.Slug == "about" {
		return pages.About(p, c), nil
	}
	return pages.Contact(p, c), nil
}

// showData says where civic data comes from, how old it is and what is wrong
// with it.
func (s *Site) showData(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	p, err := s.Centers.Page(ctx, "data")
	if err != nil {
		return Page{}, err
	}
	runs, err := s.Centers.Current(ctx)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{Title: p.Title, Path: "/data"},
		Body: pages.DataPage(pages.Data{
			Page: p, Center: runs, Datasets: s.Atlas.Datasets(), Congress: s.Atlas.Congress(), Known: s.Atlas.Inventory(),
			Corrections: s.corrections(), Now: s.Now(),
		}),
		Tags: []string{civics.Tag},
	}, nil
}

// corrections are those in force, with the names of the officials they are about.
func (s *Site) corrections() []pages.Correction {
	var list []pages.Correction
	for _, c := range s.Atlas.Corrections() {
		shown := pages.Correction{ID: c.OfficialID, Field: c.Field, Value: c.Value, Source: c.Source, Until: c.Until}
		id := c.OfficialID
		if c.Field == "successor" { // "bioguide:G000608 Darline Graham Nordone" sits where the official sat
			id, shown.Value, _ = strings.Cut(c.Value, " ")
		}
		if o, ok := s.Atlas.Official(id); ok {
			shown.Name, shown.Path = o.Name, "/officials/"+o.ID
			if c.Field == "successor" {
				shown.Value = o.Title + ", " + o.SeatName
			}
		}
		list = append(list, shown)
	}
	return list
}
