package web

import (
	"context"
	"net/http"
	netmail "net/mail"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"redress/internal/center"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/internal/pledge"
	"redress/views/emails"
	"redress/views/layout"
	letters "redress/views/letter"
)

// showReceipt is the receipt: each delivery and its true state.
func (s *Site) showReceipt(c echo.Context) error {
	ctx := c.Request().Context()
	receipt, err := s.Letters.Receipt(ctx, c.Param("token"))
	if err != nil {
		return err
	}
	frame, view, err := s.receiptPage(c, receipt)
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, frame, letters.Receipt(view))
}

// receiptPage is the receipt's frame and view. print.js comes before draft.js,
// which erases the draft that it reads.
func (s *Site) receiptPage(c echo.Context, receipt letter.Receipt) (layout.Page, letters.Receiving, error) {
	ctx, token := c.Request().Context(), c.Param("token")
	frame := layout.Page{
		Title: i18n.T(ctx, "messages.title", "Issue", receipt.IssueTitle), Section: layout.SectionIssues, Writes: true,
		Scripts: []string{"copy.js", "print.js", "draft.js", "receipt.js"},
	}
	view := letters.Receiving{Receipt: receipt, Token: token, Zone: s.Config.Location, DevMail: s.devMail()}
	near, err := s.Letters.NearWriter(ctx, token)
	if err != nil {
		return frame, view, err
	}
	view.Calls = letters.Calls{Now: s.Now(), Near: near}
	view.Next, err = s.nextAfterLetter(ctx, receipt.IssueSlug)
	return frame, view, err
}

// nextAfterLetter is the one thing that is offered to somebody who has written:
// the issue's pledge while it can be signed, else a call.
func (s *Site) nextAfterLetter(ctx context.Context, slug string) (string, error) {
	p, err := s.Pledges.BySlug(ctx, slug)
	switch {
	case fault.KindOf(err) == fault.KindNotFound:
		return issue.ActionCall, nil
	case err != nil:
		return "", err
	case p.StateAt(s.Now()) == pledge.Open:
		return issue.ActionPledge, nil
	}
	return issue.ActionCall, nil
}

// showMessageConfirm shows each letter as it will go. It changes nothing: mail
// scanners follow links.
func (s *Site) showMessageConfirm(c echo.Context) error {
	ctx := c.Request().Context()
	preview, err := s.Letters.Preview(ctx, c.Param("token"))
	if err != nil {
		return err
	}
	here, err := s.Centers.Current(ctx)
	if err != nil {
		return err
	}
	view := letters.Confirming{Preview: preview, Token: c.Param("token"), Zone: s.Config.Location}
	for _, out := range preview.Letters {
		view.Texts = append(view.Texts, emails.LetterAsSent(ctx, here, out))
		view.From = append(view.From, plainAddress(emails.OfficeSender(ctx, s.sender(here), here, out)))
	}
	frame := layout.Page{Title: i18n.T(ctx, "messages.confirm.title", "Issue", preview.IssueTitle), Section: layout.SectionIssues, Writes: true}
	return s.render(c, http.StatusOK, frame, letters.Confirm(view))
}

// sender is the center's own address, as mail comes from it.
func (s *Site) sender(here center.Center) netmail.Address {
	from := netmail.Address{Name: here.Name, Address: here.Email}
	if s.Config.From != nil {
		from.Address = s.Config.From.Address
	}
	return from
}

// plainAddress writes an address as mail programs show it, not as they encode it.
func plainAddress(a netmail.Address) string { return a.Name + " <" + a.Address + ">" }

// confirmMessage confirms and begins the deliveries. The answer leads to the
// receipt, which confirms nothing.
func (s *Site) confirmMessage(c echo.Context) error {
	return s.toReceiptOf(c, func(ctx context.Context, token string) (string, error) {
		done, err := s.Letters.Confirm(ctx, token)
		return done.Receipt, err
	})
}

// markDone notes that the writer sent one delivery.
func (s *Site) markDone(c echo.Context) error {
	delivery, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return fault.NotFound("letter.delivery.unknown")
	}
	return s.toReceiptOf(c, func(ctx context.Context, token string) (string, error) {
		return token, s.Letters.Done(ctx, token, delivery)
	})
}

// takeAnswer notes whether an office answered, as its writer tells.
func (s *Site) takeAnswer(c echo.Context) error {
	delivery, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return fault.NotFound("letter.delivery.unknown")
	}
	err = s.Letters.Answered(c.Request().Context(), c.Param("token"), delivery, letter.Answer(c.FormValue("answer")))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/messages/"+c.Param("token")+"#answers")
}

// toReceiptOf does what a token allows and leads to its receipt.
func (s *Site) toReceiptOf(c echo.Context, do func(ctx context.Context, token string) (string, error)) error {
	receipt, err := do(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	return toReceipt(c, receipt)
}
