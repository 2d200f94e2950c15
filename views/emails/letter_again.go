package emails

import (
	"context"

	"redress/internal/i18n"
	letters "redress/internal/letter"
)

// LetterAgain is the mail that tells a writer that the letter which just came in
// was sent before. It quotes nothing that was typed into the form.
func LetterAgain(ctx context.Context, f Frame, m letters.AgainMail) (subject, text, html string, err error) {
	subject = i18n.T(ctx, "messages.mail.again_subject", "Issue", m.IssueTitle)
	f.Title, f.Why = subject, i18n.T(ctx, "messages.mail.again_why", "Center", f.Center.Name)
	text, html, err = Render(ctx, f,
		Paragraph(i18n.T(ctx, "messages.mail.again_lead", "Issue", m.IssueTitle, "Date", i18n.Date(ctx, m.SentOn))),
		Way(i18n.T(ctx, "messages.mail.receipt_link"), f.BaseURL+"/messages/"+m.Receipt),
	)
	return subject, text, html, err
}
