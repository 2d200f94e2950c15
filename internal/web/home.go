package web

import (
	"context"

	"github.com/labstack/echo/v4"

	"redress/internal/glossary"
	"redress/internal/i18n"
	"redress/views/home"
	"redress/views/layout"
)

// showHome is the issues, the term of the day, what has been achieved.
func (s *Site) showHome(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	h, err := s.home(ctx)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame:  layout.Page{Description: i18n.T(ctx, "home.summary"), Path: "/", Wide: true},
		Body:   home.Page(h),
		Tags:   append(pledgeTags(h.Issues), glossary.Tag),
		Counts: true,
	}, nil
}

func (s *Site) home(ctx context.Context) (h home.Home, err error) {
	if h.Issues, err = s.briefs(ctx); err != nil {
		return h, err
	}
	for _, b := range h.Issues {
		if b.Pledge != nil {
			h.Signed += b.Pledge.Count.Confirmed
		}
	}
	if h.States, err = s.Issues.CountStates(ctx); err != nil {
		return h, err
	}
	h.Term, err = s.termOfTheDay(ctx)
	return h, err
}
