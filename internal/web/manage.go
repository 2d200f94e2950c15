package web

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/supporter"
	"redress/views/layout"
	"redress/views/manage"
	"redress/views/parts"
)

// Self-service is about one mailbox in all rooms, so this file calls several. Its
// pages are behind a token that only the mailbox has got by mail.

// showManage is the form that mails a link.
func (s *Site) showManage(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	return Page{Frame: askFrame(ctx), Body: manage.Ask(parts.Form{}, abuse.HoneypotField)}, nil
}

func askFrame(ctx context.Context) layout.Page {
	return layout.Page{
		Title: i18n.T(ctx, "manage.ask.title"), Description: i18n.T(ctx, "manage.ask.summary"), Path: "/manage", Scripts: []string{"focus.js"},
	}
}

// askManage mails a link. Its answer is the same whether anything is kept of the
// mailbox or not.
func (s *Site) askManage(c echo.Context) error {
	ctx := c.Request().Context()
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	if abuse.Honeypot(form) {
		s.Metrics.Ruled("honeypot", abuse.Manage)
	} else if err := s.Links.Ask(ctx, form.Get("email"), i18n.Lang(ctx), time.Time{}); err != nil {
		return s.showAgain(c, err, form, askFrame(ctx), func(f parts.Form) templ.Component { return manage.Ask(f, abuse.HoneypotField) })
	}
	return c.Redirect(http.StatusSeeOther, "/manage/sent")
}

// showManageSent is "check your mail".
func (s *Site) showManageSent(c echo.Context) error {
	return s.render(c, http.StatusOK, manageFrame(c, "manage.sent.title"), manage.Sent(s.devMail()))
}

func manageFrame(c echo.Context, title string) layout.Page {
	return layout.Page{Title: i18n.T(c.Request().Context(), title), NoIndex: true, Scripts: []string{"focus.js"}}
}

// own is whose link the request carries; a link that is none shows where to get
// one, and then ok is false.
func (s *Site) own(c echo.Context) (mailbox supporter.Mailbox, ok bool, err error) {
	mailbox, err = s.Links.Open(c.Request().Context(), c.Param("token"))
	if fault.KindOf(err) == fault.KindNotFound {
		return mailbox, false, s.render(c, http.StatusNotFound, manageFrame(c, "manage.failed.title"), manage.Failed())
	}
	return mailbox, err == nil, err
}

// doneKeys are what the page says after something was done, by what its address
// says.
var doneKeys = map[string]string{
	"renamed": "manage.done.renamed", "shown": "manage.done.shown", "hidden": "manage.done.hidden",
	"withdrawn": "manage.done.withdrawn", "stopped": "manage.done.stopped",
}

func (s *Site) done(c echo.Context, what string) error {
	return c.Redirect(http.StatusSeeOther, manage.Path(c.Param("token"))+"?done="+what)
}

// showOwn is what the mailbox has signed and written.
func (s *Site) showOwn(c echo.Context) error {
	mailbox, ok, err := s.own(c)
	if !ok {
		return err
	}
	sheet, err := s.ownSheet(c.Request().Context(), mailbox)
	if err != nil {
		return err
	}
	sheet.Token, sheet.Done = c.Param("token"), doneKeys[c.QueryParam("done")]
	return s.render(c, http.StatusOK, manageFrame(c, "manage.page.title"), manage.Page(sheet))
}

func (s *Site) ownSheet(ctx context.Context, mailbox supporter.Mailbox) (manage.Sheet, error) {
	sheet := manage.Sheet{Email: mailbox.Email, Zone: s.Config.Location}
	var err error
	if sheet.Signatures, err = s.Pledges.Owned(ctx, mailbox.Key); err != nil {
		return sheet, err
	}
	messages, err := s.Letters.Owned(ctx, mailbox.Key)
	if err != nil {
		return sheet, err
	}
	for _, own := range messages {
		m := manage.Message{Own: own}
		if own.Writer != nil {
			m.Receipt = s.Letters.ReceiptToken(own.Message)
		}
		sheet.Messages = append(sheet.Messages, m)
	}
	news, err := s.Newsletter.Owned(ctx, mailbox.Key)
	switch {
	case err == nil && news.Email != "":
		sheet.News, sheet.NewsLink = &news, s.Newsletter.Links(news.Subscriber).Preferences
	case err != nil && fault.KindOf(err) != fault.KindNotFound:
		return sheet, err
	}
	kept, err := s.Supporters.Kept(ctx, mailbox.Key)
	for _, consent := range kept.Consents {
		if consent.Withdrawn == nil && consent.Kind == supporter.Updates {
			sheet.Updates = append(sheet.Updates, consent)
		}
	}
	return sheet, err
}

// ownSignature is the signature that the address names, if it is the mailbox's own.
func (s *Site) ownSignature(c echo.Context, mailbox supporter.Mailbox) (pledge.Own, error) {
	list, err := s.Pledges.Owned(c.Request().Context(), mailbox.Key)
	for _, own := range list {
		if own.Named && own.Signature.ID.String() == c.Param("id") {
			return own, nil
		}
	}
	if err == nil {
		err = fault.NotFound("pledge.no_signature")
	}
	return pledge.Own{}, err
}

// showRename asks for the right name.
func (s *Site) showRename(c echo.Context) error {
	mailbox, ok, err := s.own(c)
	if !ok {
		return err
	}
	own, err := s.ownSignature(c, mailbox)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, manageFrame(c, "manage.rename.title"), manage.Rename(c.Param("token"), own, parts.Form{}))
}

// renameOwn puts the right name on a signature, or says that it has signed.
func (s *Site) renameOwn(c echo.Context) error {
	mailbox, ok, err := s.own(c)
	if !ok {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	own, err := s.ownSignature(c, mailbox)
	if err != nil {
		return err
	}
	err = s.Pledges.Rename(c.Request().Context(), mailbox.Key, own.Signature.ID, form.Get("given_name"), form.Get("family_name"))
	if f, is := fault.As(err); is && f.Key == "pledge.rename.taken" {
		err = fault.Invalid(f.Key, fault.Field{Name: "given_name", Key: f.Key}).Because(err)
	}
	if err != nil {
		return s.showAgain(c, err, form, manageFrame(c, "manage.rename.title"), func(f parts.Form) templ.Component {
			return manage.Rename(c.Param("token"), own, f)
		})
	}
	return s.done(c, "renamed")
}

// changeOwn does one thing to the signature that the address names.
func (s *Site) changeOwn(c echo.Context, what string, change func(ctx context.Context, mailboxKey []byte, id uuid.UUID) error) error {
	mailbox, ok, err := s.own(c)
	if !ok {
		return err
	}
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return fault.NotFound("pledge.no_signature")
	}
	if err := change(c.Request().Context(), mailbox.Key, id); err != nil {
		return err
	}
	return s.done(c, what)
}

// showOwnName shows a name, or hides it.
func (s *Site) showOwnName(c echo.Context) error {
	show, what := c.FormValue("show") == "on", "hidden"
	if show {
		what = "shown"
	}
	return s.changeOwn(c, what, func(ctx context.Context, key []byte, id uuid.UUID) error {
		return s.Pledges.SetShown(ctx, key, id, show)
	})
}

// withdrawOwn takes a signature back.
func (s *Site) withdrawOwn(c echo.Context) error {
	return s.changeOwn(c, "withdrawn", s.Pledges.WithdrawOwn)
}

// stopUpdates takes the consent to updates back.
func (s *Site) stopUpdates(c echo.Context) error {
	mailbox, ok, err := s.own(c)
	if !ok {
		return err
	}
	ctx := c.Request().Context()
	err = s.DB.InTx(ctx, func(tx *postgres.Tx) error { return s.Supporters.Withdraw(ctx, tx, mailbox.Key, supporter.Updates) })
	if err != nil {
		return err
	}
	return s.done(c, "stopped")
}

// showErase asks once more.
func (s *Site) showErase(c echo.Context) error {
	if _, ok, err := s.own(c); !ok {
		return err
	}
	return s.render(c, http.StatusOK, manageFrame(c, "manage.erase.title"), manage.Erase(c.Param("token"), parts.Form{}))
}

// eraseOwn erases all that is kept of the mailbox, in one transaction.
func (s *Site) eraseOwn(c echo.Context) error {
	mailbox, ok, err := s.own(c)
	if !ok {
		return err
	}
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	if err := s.eraseMailbox(c.Request().Context(), mailbox, form.Get("uncount") != "", form.Get("silence") != ""); err != nil {
		return err
	}
	return s.render(c, http.StatusOK, manageFrame(c, "manage.erased.title"), manage.Erased())
}

func (s *Site) eraseMailbox(ctx context.Context, mailbox supporter.Mailbox, uncounted, silent bool) error {
	var moved []string
	err := s.DB.InTx(ctx, func(tx *postgres.Tx) (err error) {
		if moved, err = s.Pledges.EraseOwn(tx, mailbox.Key, uncounted, s.Now()); err != nil {
			return err
		}
		if _, err = s.Letters.Erase(ctx, tx, mailbox.Key); err != nil {
			return err
		}
		if err = s.Newsletter.EraseOwn(ctx, tx, mailbox.Key); err != nil {
			return err
		}
		if err = s.Supporters.Erase(ctx, tx, mailbox.Key); err != nil || !silent {
			return err
		}
		return s.Supporters.Suppress(ctx, tx, mailbox.Key, supporter.Asked)
	})
	if err == nil {
		s.Pledges.Moved(moved)
	}
	return err
}
