package web

import (
	"context"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/i18n"
	"redress/internal/newsletter"
	"redress/views/layout"
	letters "redress/views/newsletter"
	"redress/views/parts"
)

// sentPath is "check your mail", a page like any other: it says the same to everyone.
const sentPath = "/newsletter/sent"

// showNewsletter says what comes, and has the field.
func (s *Site) showNewsletter(c echo.Context) (Page, error) {
	return Page{
		Frame: newsletterFrame(c.Request().Context()),
		Body:  letters.Page(abuse.HoneypotField, parts.Form{}),
	}, nil
}

// subscribe takes an address. Its answer is the same whoever has it.
func (s *Site) subscribe(c echo.Context) error {
	ctx := c.Request().Context()
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	slow := s.slow(c, abuse.Subscribe, form)
	if abuse.Honeypot(form) {
		return c.Redirect(http.StatusSeeOther, sentPath)
	}
	err = s.Newsletter.Subscribe(ctx, newsletter.Subscribing{
		Email:  form.Get("email"),
		Rhythm: form.Get("rhythm"),
		Words:  letters.Words(ctx, s.lastFrame(ctx).Center.Name),
		Slow:   slow,
	})
	if err == nil {
		return c.Redirect(http.StatusSeeOther, sentPath)
	}
	if away, ok := s.formUnavailable(ctx, form, err); ok {
		return s.newsletterAway(c, err, away)
	}
	return s.showAgain(c, err, form, newsletterFrame(ctx), func(f parts.Form) templ.Component {
		return letters.Page(abuse.HoneypotField, f)
	})
}

// newsletterAway shows the form with what was typed when PostgreSQL is away, and with it the frame.
func (s *Site) newsletterAway(c echo.Context, err error, form parts.Form) error {
	s.logFault(c, http.StatusServiceUnavailable, err)
	setRetry(c, s.faultOf(err))
	ctx := c.Request().Context()
	frame := newsletterFrame(ctx)
	frame.NoIndex, frame.HasErrors = true, true
	body, err := draw(layout.WithFrame(ctx, s.lastFrame(ctx)), frame, letters.Alone(abuse.HoneypotField, form))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusServiceUnavailable, htmlType, body)
}

// showNewsletterSent is the page after subscribing: check your mail.
func (s *Site) showNewsletterSent(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	return Page{
		Frame: layout.Page{Title: i18n.T(ctx, "newsletter.sent.title"), Path: sentPath, NoIndex: true},
		Body:  letters.Sent(s.devMail()),
	}, nil
}

func newsletterFrame(ctx context.Context) layout.Page {
	return layout.Page{
		Title:       i18n.T(ctx, "newsletter.page.title"),
		Description: i18n.T(ctx, "newsletter.page.summary"),
		Path:        letters.Path,
		Scripts:     []string{"challenge.js", "focus.js"},
	}
}
