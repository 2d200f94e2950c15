package web

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/glossary"
	"redress/internal/i18n"
	terms "redress/views/glossary"
	"redress/views/layout"
)

// latestDays is how many days the list of days and the feed hold.
const latestDays = 31

// showToday is the term of the day. It is another page tomorrow.
func (s *Site) showToday(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	today, err := s.Terms.Today(ctx)
	if err != nil {
		return Page{}, err
	}
	return s.dayPage(ctx, today, true)
}

// showDay is the permanent page of one day, or the list of a month's days.
func (s *Site) showDay(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	if month, err := time.Parse(terms.MonthForm, c.Param("day")); err == nil {
		return s.monthPage(ctx, month)
	}
	date, err := time.Parse(time.DateOnly, c.Param("day"))
	if err != nil {
		return Page{}, fault.NotFound("glossary.no_day")
	}
	t, err := s.Terms.OfDay(ctx, date)
	if err != nil {
		return Page{}, err
	}
	return s.dayPage(ctx, glossary.Day{Date: date, Term: t}, false)
}

func (s *Site) dayPage(ctx context.Context, of glossary.Day, today bool) (Page, error) {
	day, err := s.day(ctx, of)
	if err != nil {
		return Page{}, err
	}
	feed, err := s.termFeed(ctx)
	if err != nil {
		return Page{}, err
	}
	frame := layout.Page{
		Title: i18n.T(ctx, "glossary.today"), Description: i18n.T(ctx, "glossary.today_about"),
		Path: terms.TodayPath, Section: layout.SectionTerms, Feed: feed,
	}
	if !today {
		on := i18n.Date(ctx, day.Date)
		frame.Title = i18n.T(ctx, "glossary.day_title", "Term", day.Title, "Date", on)
		frame.Description = i18n.T(ctx, "glossary.day_about", "Date", on, "Definition", day.Definition)
		frame.Path, frame.Article, frame.Published = terms.DayPath(day.Date), true, day.Date
	}
	day.Today = today
	return Page{Frame: frame, Body: terms.Day(day), Tags: []string{glossary.Tag}}, nil
}

// day gathers what a day's page shows.
func (s *Site) day(ctx context.Context, of glossary.Day) (day terms.DayEntry, err error) {
	day.Date = of.Date
	if day.Term, err = s.Terms.BySlug(ctx, of.Term.Slug); err != nil {
		return day, err
	}
	if day.Before, err = s.Terms.Days(ctx, of.Date, 1); err != nil {
		return day, err
	}
	day.After, err = s.Terms.DayAfter(ctx, of.Date)
	return day, err
}

// listDays is the latest days, today first.
func (s *Site) listDays(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	days, err := s.latest(ctx, latestDays+1)
	if err != nil {
		return Page{}, err
	}
	list := terms.Days{Days: days}
	if len(days) > latestDays {
		list.Earlier, list.Days = days[latestDays].Date, days[:latestDays]
	}
	feed, err := s.termFeed(ctx)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{
			Title: i18n.T(ctx, "glossary.days"), Description: i18n.T(ctx, "glossary.days_about"),
			Path: terms.DaysPath, Section: layout.SectionTerms, Feed: feed,
		},
		Body: terms.ListDays(list),
		Tags: []string{glossary.Tag},
	}, nil
}

// latest are the last n days that had a term, today's among them: whoever asks
// first today lets it be chosen.
func (s *Site) latest(ctx context.Context, n int) ([]glossary.Day, error) {
	today, err := s.Terms.Today(ctx)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	days, err := s.Terms.Days(ctx, today.Date, n-1)
	return append([]glossary.Day{today}, days...), err
}

// monthPage lists the days of one month that had a term.
func (s *Site) monthPage(ctx context.Context, month time.Time) (Page, error) {
	const longest = 31 // days of a month
	days, err := s.Terms.Days(ctx, month.AddDate(0, 1, 0), longest+1)
	if err != nil {
		return Page{}, err
	}
	list := terms.Days{Month: month}
	for _, d := range days {
		if d.Date.Before(month) {
			list.Earlier = d.Date
			break
		}
		list.Days = append(list.Days, d)
	}
	if len(list.Days) == 0 {
		return Page{}, fault.NotFound("glossary.no_day")
	}
	later, err := s.Terms.DayAfter(ctx, month.AddDate(0, 1, -1))
	if err != nil {
		return Page{}, err
	}
	for _, d := range later {
		list.Later = d.Date
	}
	title := i18n.T(ctx, "glossary.days_of", "Month", i18n.MonthYear(ctx, month))
	return Page{
		Frame: layout.Page{Title: title, Description: i18n.T(ctx, "glossary.days_about"), Path: terms.MonthPath(month), Section: layout.SectionTerms},
		Body:  terms.ListDays(list),
		Tags:  []string{glossary.Tag},
	}, nil
}

// termFeed names the feed of the terms of the day.
func (s *Site) termFeed(ctx context.Context) (layout.Feed, error) {
	name, err := s.centerName(ctx)
	return layout.Feed{Title: i18n.T(ctx, "glossary.feed", "Center", name), Path: terms.FeedPath}, err
}

// showTermFeed is the Atom feed of the latest days: an entry a day, whose address
// is the day's page. A day begins at midnight where the center is.
func (s *Site) showTermFeed(c echo.Context) (Page, error) {
	ctx, base := c.Request().Context(), s.Config.BaseURL
	days, err := s.latest(ctx, latestDays)
	if err != nil {
		return Page{}, err
	}
	name, err := s.centerName(ctx)
	if err != nil {
		return Page{}, err
	}
	feed := atomFeed{
		Lang: i18n.Lang(ctx), ID: base + terms.FeedPath, Title: i18n.T(ctx, "glossary.feed", "Center", name),
		Updated: time.Unix(0, 0).UTC().Format(time.RFC3339), Author: atomAuthor{Name: name},
		Links: []atomLink{{Rel: "self", Href: base + terms.FeedPath}, {Href: base + terms.DaysPath}},
	}
	for n, d := range days {
		began := time.Date(d.Date.Year(), d.Date.Month(), d.Date.Day(), 0, 0, 0, 0, s.Config.Location).Format(time.RFC3339)
		if n == 0 {
			feed.Updated = began
		}
		link := base + terms.DayPath(d.Date)
		feed.Entries = append(feed.Entries, atomEntry{ID: link, Title: d.Term.Title, Published: began, Updated: began, Link: atomLink{Href: link}, Summary: d.Term.Definition})
	}
	page, err := xmlPage(feed, "application/atom+xml; charset=utf-8")
	page.Tags = []string{glossary.Tag}
	return page, err
}
