package emails

import (
	"context"

	"redress/internal/i18n"
	"redress/internal/newsletter"
)

// NewsletterConfirm asks a mailbox to confirm that it wants the newsletter. It quotes nothing that was typed into the form.
func NewsletterConfirm(ctx context.Context, f Frame, n newsletter.Note) (subject, text, html string, err error) {
	return newsletterMail(ctx, f, "newsletter.mail.confirm",
		Paragraph(i18n.T(ctx, "newsletter.mail.confirm."+n.Rhythm, "Center", f.Center.Name)),
		Button(i18n.T(ctx, "newsletter.mail.confirm.button"), f.BaseURL+"/subscriptions/"+n.Token+"/confirm"),
		Note(i18n.T(ctx, "newsletter.mail.confirm.until", "Date", i18n.DateTime(ctx, n.Until))),
		Note(i18n.T(ctx, "newsletter.mail.confirm.not_you")),
	)
}

// NewsletterAlready tells a mailbox that it gets the newsletter, and how to change that.
func NewsletterAlready(ctx context.Context, f Frame, n newsletter.Note) (subject, text, html string, err error) {
	f.Links = links(ctx, n)
	lead := i18n.T(ctx, "newsletter.mail.already."+n.Rhythm, "Date", i18n.Date(ctx, n.Since))
	if n.Paused != nil {
		lead = i18n.T(ctx, "newsletter.mail.already.paused", "Date", i18n.Date(ctx, *n.Paused))
	}
	return newsletterMail(ctx, f, "newsletter.mail.already",
		Paragraph(lead),
		Paragraph(i18n.T(ctx, "newsletter.mail.already.what")),
		Button(i18n.T(ctx, "newsletter.mail.already.button"), n.Links.Preferences),
	)
}

// NewsletterChange asks a new address whether it wants to take over.
func NewsletterChange(ctx context.Context, f Frame, n newsletter.Note) (subject, text, html string, err error) {
	return newsletterMail(ctx, f, "newsletter.mail.change",
		Paragraph(i18n.T(ctx, "newsletter.mail.change.lead", "Center", f.Center.Name)),
		Button(i18n.T(ctx, "newsletter.mail.change.button"), f.BaseURL+"/subscriptions/"+n.Token+"/confirm"),
		Note(i18n.T(ctx, "newsletter.mail.confirm.until", "Date", i18n.DateTime(ctx, n.Until))),
		Note(i18n.T(ctx, "newsletter.mail.confirm.not_you")),
	)
}

// NewsletterChanging tells the present address that another was asked to take over. It doesn't name it.
func NewsletterChanging(ctx context.Context, f Frame, n newsletter.Note) (subject, text, html string, err error) {
	f.Links = links(ctx, n)
	return newsletterMail(ctx, f, "newsletter.mail.changing",
		Paragraph(i18n.T(ctx, "newsletter.mail.changing.lead")),
		Paragraph(i18n.T(ctx, "newsletter.mail.changing.not_you")),
		Button(i18n.T(ctx, "newsletter.mail.changing.button"), n.Links.Preferences),
	)
}

func links(ctx context.Context, n newsletter.Note) []Link {
	return []Link{
		{i18n.T(ctx, "newsletter.mail.preferences"), n.Links.Preferences},
		{i18n.T(ctx, "newsletter.mail.unsubscribe"), n.Links.Unsubscribe},
	}
}

func newsletterMail(ctx context.Context, f Frame, room string, blocks ...Block) (subject, text, html string, err error) {
	f.Title = i18n.T(ctx, room+".title")
	f.Preview = i18n.T(ctx, room+".preview")
	f.Why = i18n.T(ctx, room+".why", "Center", f.Center.Name)
	text, html, err = Render(ctx, f, blocks...)
	return i18n.T(ctx, room+".subject", "Center", f.Center.Name), text, html, err
}
