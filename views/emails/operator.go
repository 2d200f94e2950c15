package emails

import (
	"context"

	"redress/internal/i18n"
	letters "redress/internal/letter"
)

// LettersWait is the mail that tells the operator of letters that wait for a
// person. It names nobody.
func LettersWait(ctx context.Context, f Frame, n letters.WaitingNotice) (subject, text, html string, err error) {
	subject = i18n.T(ctx, "emails.operator.waiting_subject", "Count", n.Waiting)
	blocks := []Block{
		Paragraph(i18n.T(ctx, "emails.operator.waiting_lead", "Count", n.Waiting, "Time", i18n.DateTime(ctx, n.Since))),
		Paragraph(i18n.T(ctx, "emails.operator.waiting_promise")),
		Letter("redress messages held\nredress messages read ID\nredress messages send ID"),
	}
	f.Title, f.Why = subject, i18n.T(ctx, "emails.operator.why", "Center", f.Center.Name)
	text, html, err = Render(ctx, f, blocks...)
	return subject, text, html, err
}
