package emails

import (
	"context"

	"redress/internal/i18n"
	letters "redress/internal/letter"
)

// LetterConfirm is the mail that asks a writer to confirm, or, when nothing is
// to be sent, the way back to what was laid ready. f lacks the texts that are
// this mail's own. It quotes nothing that was typed into the form.
func LetterConfirm(ctx context.Context, f Frame, m letters.ConfirmMail) (subject, text, html string, err error) {
	receipt := f.BaseURL + "/messages/" + m.Receipt
	confirm := f.BaseURL + "/messages/" + m.Confirm + "/confirm"
	until := Note(i18n.T(ctx, "messages.mail.confirm_until", "Date", i18n.DateTime(ctx, m.Expires)))
	var blocks []Block
	switch {
	case m.Letters > 0:
		subject = i18n.T(ctx, "messages.mail.confirm_subject", "Count", m.Letters, "Issue", m.IssueTitle)
		blocks = append(blocks,
			Paragraph(i18n.T(ctx, "messages.mail.confirm_lead", "Count", m.Letters, "Issue", m.IssueTitle)),
			Button(i18n.T(ctx, "messages.mail.confirm_button"), confirm), until)
	case m.Confirm != "":
		subject = i18n.T(ctx, "messages.mail.address_subject", "Issue", m.IssueTitle)
		blocks = append(blocks,
			Paragraph(i18n.T(ctx, "messages.mail.address_lead", "Issue", m.IssueTitle)),
			Button(i18n.T(ctx, "messages.mail.address_button"), confirm), until)
	default:
		subject = i18n.T(ctx, "messages.mail.ready_subject", "Issue", m.IssueTitle)
	}
	if m.ByHand > 0 {
		blocks = append(blocks, Paragraph(i18n.T(ctx, "messages.mail.by_hand", "Count", m.ByHand)))
	}
	blocks = append(blocks, Way(i18n.T(ctx, "messages.mail.receipt_link"), receipt))
	f.Title, f.Why = subject, i18n.T(ctx, "messages.mail.why", "Center", f.Center.Name)
	text, html, err = Render(ctx, f, blocks...)
	return subject, text, html, err
}

// LetterCopy is the mail with which a writer keeps what went out.
func LetterCopy(ctx context.Context, f Frame, m letters.CopyMail) (subject, text, html string, err error) {
	subject = i18n.T(ctx, "messages.mail.copy_subject", "Count", len(m.Letters), "Issue", m.IssueTitle)
	blocks := []Block{
		Paragraph(i18n.T(ctx, "messages.mail.copy_lead", "Date", i18n.Date(ctx, m.Kept))),
		Way(i18n.T(ctx, "messages.mail.receipt_link"), f.BaseURL+"/messages/"+m.Receipt),
	}
	for _, out := range m.Letters {
		blocks = append(blocks, Heading(i18n.T(ctx, "messages.mail.copy_to", "Name", out.To.Name)))
		if out.HeldFor != letters.HoldNone {
			blocks = append(blocks, Note(i18n.T(ctx, "messages.mail.copy_waits")))
		}
		blocks = append(blocks, Letter(out.Subject+"\n\n"+LetterToOffice(ctx, f.Center, out)))
	}
	f.Title, f.Why = subject, i18n.T(ctx, "messages.mail.copy_why", "Center", f.Center.Name)
	text, html, err = Render(ctx, f, blocks...)
	return subject, text, html, err
}
