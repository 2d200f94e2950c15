package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/newsletter"
	"redress/views/layout"
	letters "redress/views/newsletter"
	"redress/views/parts"
)

// showSubscriptionConfirm is the button that confirms. It changes nothing: mail scanners follow links.
func (s *Site) showSubscriptionConfirm(c echo.Context) error {
	ctx := c.Request().Context()
	confirmation, err := s.Newsletter.Confirming(ctx, c.Param("token"))
	switch {
	case err != nil:
		return s.subscriptionFailed(c, err)
	case confirmation.Again:
		body := letters.Thanks(confirmation, s.Newsletter.Token(confirmation.Subscriber))
		return s.render(c, http.StatusOK, subscriptionFrame(ctx, "newsletter.thanks.title"), body)
	case confirmation.Changes:
		return s.render(c, http.StatusOK, subscriptionFrame(ctx, "newsletter.confirm.change_title"), letters.Confirm(confirmation))
	}
	return s.render(c, http.StatusOK, subscriptionFrame(ctx, "newsletter.confirm.title"), letters.Confirm(confirmation))
}

// confirmSubscription begins the subscription, or finds it begun, and leads back to its own address, which then thanks.
func (s *Site) confirmSubscription(c echo.Context) error {
	token := c.Param("token")
	if _, err := s.Newsletter.Confirm(c.Request().Context(), token); err != nil {
		return s.subscriptionFailed(c, err)
	}
	return c.Redirect(http.StatusSeeOther, "/subscriptions/"+token+"/confirm")
}

// showSubscription is the preferences that a link in every edition opens.
func (s *Site) showSubscription(c echo.Context) error {
	token := c.Param("token")
	p, err := s.Newsletter.Preferences(c.Request().Context(), token)
	if err != nil {
		return s.subscriptionFailed(c, err)
	}
	done := c.QueryParam("done")
	if !slices.Contains(letters.Done, done) {
		done = ""
	}
	return s.render(c, http.StatusOK, preferencesFrame(c.Request().Context()), letters.Preferences(p, token, done, parts.Form{}))
}

// changeSubscription does what a button of the preferences says.
func (s *Site) changeSubscription(c echo.Context) error {
	ctx, token := c.Request().Context(), c.Param("token")
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	done, err := s.change(c, token, form)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/subscriptions/"+token+"?done="+done)
	}
	if fault.KindOf(err) == fault.KindNotFound {
		return s.subscriptionFailed(c, err)
	}
	p, readErr := s.Newsletter.Preferences(ctx, token)
	if readErr != nil {
		return err
	}
	return s.showAgain(c, err, form, preferencesFrame(ctx), func(f parts.Form) templ.Component {
		return letters.Preferences(p, token, "", f)
	})
}

func (s *Site) change(c echo.Context, token string, form url.Values) (done string, err error) {
	ctx := c.Request().Context()
	switch do := form.Get("do"); do {
	case "rhythm":
		return "rhythm", s.Newsletter.SetRhythm(ctx, token, form.Get("rhythm"))
	case newsletter.TwoWeeks, newsletter.Month:
		return "pause", s.Newsletter.Pause(ctx, token, do)
	case "resume":
		return "resume", s.Newsletter.Resume(ctx, token)
	case "address":
		// It mails an address that anyone can type, as a form does.
		if err := s.Limits.Allow(abuse.Manage, addressOf(c)); err != nil {
			return "", err
		}
		return "address", s.Newsletter.Change(ctx, token, form.Get("email"), letters.ChangeWords(ctx))
	case "stay":
		return "stay", s.Newsletter.DropChange(ctx, token)
	case "erase":
		return "erase", s.Newsletter.Erase(ctx, token)
	}
	return "", fault.Invalid("errors.invalid.message")
}

// showUnsubscribe is the button that ends it; a GET of the one-click address shows the same. It looks the same once it has ended.
func (s *Site) showUnsubscribe(c echo.Context) error {
	ctx, token := c.Request().Context(), c.Param("token")
	p, err := s.Newsletter.Preferences(ctx, token)
	if err != nil {
		return s.subscriptionFailed(c, err)
	}
	return s.render(c, http.StatusOK, subscriptionFrame(ctx, "newsletter.unsubscribe.title"), letters.Unsubscribe(token, p.Masked))
}

// unsubscribe ends the subscription, or takes its end back. The answer to the end holds what can take it back, so that it can't
// lead to another page.
func (s *Site) unsubscribe(c echo.Context) error {
	ctx, token := c.Request().Context(), c.Param("token")
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	if form.Has("undo") {
		return s.undoUnsubscribe(c, token, newsletter.Undo{Token: form.Get("undo"), Address: form.Get("sealed")})
	}
	undo, err := s.Newsletter.Unsubscribe(ctx, token, newsletter.ByPage)
	if err != nil {
		return s.subscriptionFailed(c, err)
	}
	return s.render(c, http.StatusOK, subscriptionFrame(ctx, "newsletter.gone.title"), letters.Gone(token, undo))
}

func (s *Site) undoUnsubscribe(c echo.Context, token string, undo newsletter.Undo) error {
	ctx := c.Request().Context()
	err := s.Newsletter.Undo(ctx, undo, letters.UndoWords(ctx, s.lastFrame(ctx).Center.Name))
	if fault.KindOf(err) == fault.KindConflict {
		return s.render(c, http.StatusConflict, subscriptionFrame(ctx, "newsletter.undone.over"), letters.NotUndone())
	}
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, subscriptionFrame(ctx, "newsletter.undone.title"), letters.Undone(token))
}

// unsubscribeOneClick is what a mail provider posts when its reader presses its button (RFC 8058): no cookie, no origin, no
// redirect. It answers the same however often it is asked.
func (s *Site) unsubscribeOneClick(c echo.Context) error {
	ctx, token := c.Request().Context(), c.Param("token")
	if c.FormValue("List-Unsubscribe") != "One-Click" {
		return fault.Invalid("errors.invalid.message")
	}
	if _, err := s.Newsletter.Unsubscribe(ctx, token, newsletter.ByOneClick); err != nil {
		return s.subscriptionFailed(c, err)
	}
	return s.render(c, http.StatusOK, subscriptionFrame(ctx, "newsletter.gone.title"), letters.Gone(token, nil))
}

// subscriptionFailed tells what became of a link that does nothing: it ran out, or it never worked.
func (s *Site) subscriptionFailed(c echo.Context, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindNotFound {
		return err
	}
	room := "newsletter.broken"
	if f.Key == "token.expired" {
		room = "newsletter.expired"
	}
	return s.render(c, http.StatusNotFound, subscriptionFrame(c.Request().Context(), room+".title"), letters.Broken(room))
}

func subscriptionFrame(ctx context.Context, title string) layout.Page {
	return layout.Page{Title: i18n.T(ctx, title), NoIndex: true}
}

func preferencesFrame(ctx context.Context) layout.Page {
	page := subscriptionFrame(ctx, "newsletter.preferences.title")
	page.Scripts = []string{"focus.js"}
	return page
}
