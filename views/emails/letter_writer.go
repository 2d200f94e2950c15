package emails

import (
	"context"

	"redress/internal/civics"
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
	case m.Reminder:
		subject = i18n.T(ctx, "messages.mail.reminder_subject", "Count", m.Letters, "Issue", m.IssueTitle)
		blocks = append(blocks,
			Paragraph(i18n.T(ctx, "messages.mail.reminder_lead", "Count", m.Letters, "Issue", m.IssueTitle)),
			Button(i18n.T(ctx, "messages.mail.confirm_button"), confirm), until)
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
		goes := how(ctx, out.Channel, out.To.Address)
		switch {
		case m.Captured:
			goes = i18n.T(ctx, "messages.mail.copy_captured")
		case out.Test:
			goes = i18n.T(ctx, "messages.mail.copy_tried")
		}
		as := i18n.T(ctx, "messages.mail.copy_letter", "Subject", out.Subject)
		blocks = append(blocks, Note(goes), Letter(as+"\n\n"+LetterAsSent(ctx, f.Center, out)))
	}
	if len(m.ByHand) > 0 {
		var ways []string
		for _, b := range m.ByHand {
			ways = append(ways, i18n.T(ctx, "messages.mail.copy_by_hand_way", "Name", b.Name, "How", how(ctx, b.Channel, "")))
		}
		blocks = append(blocks, Heading(i18n.T(ctx, "messages.mail.copy_by_hand")), Paragraph(i18n.T(ctx, "messages.mail.by_hand", "Count", len(m.ByHand))), List(ways...))
	}
	f.Title, f.Why = subject, i18n.T(ctx, "messages.mail.copy_why", "Center", f.Center.Name)
	text, html, err = Render(ctx, f, blocks...)
	return subject, text, html, err
}

// how says by which way a letter goes; to is the office's mailbox where it is one.
func how(ctx context.Context, channel, to string) string {
	if channel == civics.ChannelEmail && to != "" {
		return i18n.T(ctx, "messages.how.email_to", "Address", to)
	}
	return i18n.T(ctx, "messages.how."+channel)
}

// LetterFollowUp is the mail that asks a writer whether offices answered.
func LetterFollowUp(ctx context.Context, f Frame, m letters.FollowUpMail) (subject, text, html string, err error) {
	subject = i18n.T(ctx, "messages.mail.followup_subject", "Issue", m.IssueTitle)
	blocks := []Block{
		Paragraph(i18n.T(ctx, "messages.mail.followup_lead", "Date", i18n.Date(ctx, m.SentOn), "Issue", m.IssueTitle)),
		List(m.Offices...),
		Button(i18n.T(ctx, "messages.mail.followup_button"), f.BaseURL+"/messages/"+m.Receipt+"#answers"),
		Note(i18n.T(ctx, "messages.mail.followup_note")),
	}
	f.Title, f.Why = subject, i18n.T(ctx, "messages.mail.confirmed_why", "Center", f.Center.Name)
	text, html, err = Render(ctx, f, blocks...)
	return subject, text, html, err
}

// LetterReviewed is the mail that tells a writer what a person decided who read
// their letters.
func LetterReviewed(ctx context.Context, f Frame, m letters.ReviewedMail) (subject, text, html string, err error) {
	key, blocks := "refused", []Block(nil)
	if m.Returned {
		key = "returned"
	}
	subject = i18n.T(ctx, "messages.mail."+key+"_subject", "Count", m.Letters, "Issue", m.IssueTitle)
	blocks = append(blocks, Paragraph(i18n.T(ctx, "messages.mail."+key+"_lead", "Count", m.Letters, "Issue", m.IssueTitle)), Letter(m.Reason))
	if m.Returned {
		blocks = append(blocks, Button(i18n.T(ctx, "messages.mail.returned_button"), f.BaseURL+"/issues/"+m.IssueSlug+"/letter"))
	}
	blocks = append(blocks, Way(i18n.T(ctx, "messages.mail.receipt_link"), f.BaseURL+"/messages/"+m.Receipt), Note(i18n.T(ctx, "messages.mail.reviewed_note", "Center", f.Center.Name)))
	f.Title, f.Why = subject, i18n.T(ctx, "messages.mail.confirmed_why", "Center", f.Center.Name)
	text, html, err = Render(ctx, f, blocks...)
	return subject, text, html, err
}
