package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/newsletter"
	"redress/views/edition"
	"redress/views/layout"
)

// newsletterTag moves when a mailing begins.
const newsletterTag = "newsletter"

const (
	archived     = 400 // editions that the archive lists: more than a year of them
	shownSending = 10  // mailings on the page about sending
)

// listEditions is the archive of the newsletter.
func (s *Site) listEditions(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	entries, err := s.Mailings.Archive(ctx, archived)
	if err != nil {
		return Page{}, err
	}
	return Page{
		Frame: layout.Page{
			Title: i18n.T(ctx, "edition.archive.heading"), Description: i18n.T(ctx, "edition.archive.lead"),
			Path: edition.ArchivePath, Section: layout.SectionTerms,
		},
		Body: edition.Archive(entries),
		Tags: []string{newsletterTag},
	}, nil
}

// showEdition is one edition.
func (s *Site) showEdition(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	day, err := time.Parse(time.DateOnly, c.Param("day"))
	if err != nil {
		return Page{}, fault.NotFound("edition.no_edition")
	}
	var shown edition.Archived
	if shown.Edition, shown.Before, shown.After, err = s.Mailings.Archived(ctx, day); err != nil {
		return Page{}, err
	}
	var named []issue.Issue
	if shown.Action.Issue != "" {
		if named, err = s.Issues.Named(ctx, []string{shown.Action.Issue}); err != nil {
			return Page{}, err
		}
	}
	if len(named) > 0 {
		shown.Issue = &named[0]
	}
	return Page{
		Frame: layout.Page{
			Title: i18n.T(ctx, "edition.title", "Title", shown.Term.Title, "Date", i18n.Date(ctx, shown.Day)), Description: shown.Term.Definition,
			Path: edition.Path(shown.Day), Section: layout.SectionTerms, Article: true,
		},
		Body: edition.Show(shown),
		Tags: []string{newsletterTag},
	}, nil
}

// showSending is how mailings go, for whoever runs the site on this machine.
func (s *Site) showSending(c echo.Context) error {
	ctx := c.Request().Context()
	if forwarded(c.Request().Header) {
		return notHere()
	}
	var shown edition.Sending
	var err error
	if shown.Mailings, err = s.Mailings.Latest(ctx, shownSending); err != nil {
		return err
	}
	for _, m := range shown.Mailings {
		if m.State == newsletter.Walking || m.State == newsletter.Sending {
			if shown.Receivers, err = s.Mailings.Receivers(ctx, m.ID); err != nil {
				return err
			}
			break
		}
	}
	if shown.Planned, err = s.Mailings.Plan(ctx, 7); err != nil {
		return err
	}
	for i := range shown.Planned {
		shown.Planned[i].At = shown.Planned[i].At.In(s.Config.Location)
	}
	return s.render(c, http.StatusOK, layout.Page{Title: i18n.T(ctx, "edition.sending.title"), NoIndex: true}, edition.Progress(shown))
}
