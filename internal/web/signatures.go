package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/pledge"
	"redress/views/layout"
	pledges "redress/views/pledge"
)

// showSigned is the page after signing: check your mail.
func (s *Site) showSigned(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.Pledges.ByReceipt(ctx, c.Param("token"))
	if err != nil {
		return err
	}
	return s.render(c, http.StatusOK, signatureFrame(ctx, "pledge.sent.title"), pledges.Sent(p, s.sourceFor(c, p.IssueSlug), s.devMail()))
}

// devMail is where captured mail can be read, "" when this site isn't private
// to its machine or sends its mail.
func (s *Site) devMail() string {
	if s.Config.Private() && s.Config.SMTPURL == "" {
		return "/dev/mail"
	}
	return ""
}

// showSignatureConfirm is the button that confirms. It changes nothing: mail
// scanners follow links.
func (s *Site) showSignatureConfirm(c echo.Context) error {
	token := c.Param("token")
	confirmation, err := s.Pledges.ByToken(c.Request().Context(), token)
	if err != nil {
		return s.signatureFailed(c, err, token)
	}
	if confirmation.Signature.State == pledge.Confirmed {
		return s.thankSigner(c, confirmation)
	}
	return s.offerConfirm(c, confirmation)
}

// confirmSignature counts the signature, or finds it counted, and leads back to
// its own address, which then thanks: loading that page again asks nothing.
func (s *Site) confirmSignature(c echo.Context) error {
	token := c.Param("token")
	confirmation, err := s.Pledges.Confirm(c.Request().Context(), token)
	if fault.KindOf(err) == fault.KindConflict {
		return s.offerConfirm(c, confirmation)
	}
	if err != nil {
		return s.signatureFailed(c, err, token)
	}
	return c.Redirect(http.StatusSeeOther, "/signatures/"+token+"/confirm")
}

// offerConfirm shows what is signed with its button, or why it can't be counted
// any more.
func (s *Site) offerConfirm(c echo.Context, confirmation pledge.Confirmation) error {
	ctx, status := c.Request().Context(), http.StatusOK
	if c.Request().Method == http.MethodPost {
		status = http.StatusConflict
	}
	frame := signatureFrame(ctx, "pledge.confirm.title")
	switch {
	case confirmation.Signature.State == pledge.Held: // its own page may say so; no form does
		return s.render(c, status, frame, pledges.SetAside())
	case !confirmation.Pledge.ConfirmableAt(s.Now()):
		return s.render(c, status, frame, pledges.TooLate(confirmation.Pledge))
	case confirmation.Full:
		return s.render(c, status, frame, pledges.NoPlace(confirmation.Pledge))
	}
	state := civics.StateName(confirmation.Signature.StateCode)
	return s.render(c, http.StatusOK, frame, pledges.Confirm(confirmation, state))
}

// thankSigner thanks once the signature is counted. That the count can't be
// read just now doesn't matter to the signer.
func (s *Site) thankSigner(c echo.Context, confirmation pledge.Confirmation) error {
	ctx := c.Request().Context()
	count, err := s.Pledges.Count(ctx, confirmation.Pledge.IssueSlug)
	if err != nil {
		count.Confirmed = 0
	}
	return s.render(c, http.StatusOK, signatureFrame(ctx, "pledge.thanks.title"), pledges.Thanks(confirmation, count.Confirmed, s.placeOffer(c, confirmation)))
}

// signatureFailed tells what became of a link that confirms nothing: it ran
// out, or it never worked.
func (s *Site) signatureFailed(c echo.Context, err error, token string) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindNotFound {
		return err
	}
	ctx := c.Request().Context()
	title, body := "pledge.broken.title", pledges.Broken()
	if f.Key == "token.expired" {
		if p, err := s.Pledges.ByExpired(ctx, token); err == nil {
			title, body = "pledge.expired.title", pledges.Expired(p)
		}
	}
	return s.render(c, http.StatusNotFound, signatureFrame(ctx, title), body)
}

func signatureFrame(ctx context.Context, title string) layout.Page {
	return layout.Page{Title: i18n.T(ctx, title), Section: layout.SectionIssues, NoIndex: true}
}
