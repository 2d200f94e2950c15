package emails

import (
	"context"

	"redress/internal/i18n"
	"redress/internal/pledge"
)

// PledgeConfirm asks a mailbox to confirm a signature. It quotes nothing that was
// typed into the form.
func PledgeConfirm(ctx context.Context, f Frame, n pledge.Note) (subject, text, html string, err error) {
	return pledgeMail(ctx, f, n, "pledge.mail.confirm",
		Paragraph(i18n.T(ctx, "pledge.mail.confirm.lead", "Title", n.Pledge.Title)),
		Button(i18n.T(ctx, "pledge.mail.confirm.button"), f.BaseURL+"/signatures/"+n.Token+"/confirm"),
		Note(i18n.T(ctx, "pledge.mail.confirm.until", "Date", i18n.DateTime(ctx, n.Until))),
		Note(i18n.T(ctx, "pledge.mail.confirm.not_you")),
	)
}

// PledgeAlready tells a mailbox that its signature is there already.
func PledgeAlready(ctx context.Context, f Frame, n pledge.Note) (subject, text, html string, err error) {
	lead := i18n.T(ctx, "pledge.mail.already.lead_undated", "Title", n.Pledge.Title)
	if !n.SignedOn.IsZero() {
		lead = i18n.T(ctx, "pledge.mail.already.lead", "Title", n.Pledge.Title, "Date", i18n.Date(ctx, n.SignedOn))
	}
	return pledgeMail(ctx, f, n, "pledge.mail.already",
		Paragraph(i18n.T(ctx, "pledge.mail.already.hello", "Name", n.GivenName)),
		Paragraph(lead),
		Note(i18n.T(ctx, "pledge.mail.already.not_you")),
		Paragraph(i18n.T(ctx, "pledge.mail.already.next")),
		Button(i18n.T(ctx, "pledge.mail.already.next_button"), f.BaseURL+"/issues/"+n.Pledge.IssueSlug+"/letter"),
	)
}

// PledgeFull tells a mailbox that two people have signed from it. It names none
// of them: whoever signed now may be a third.
func PledgeFull(ctx context.Context, f Frame, n pledge.Note) (subject, text, html string, err error) {
	return pledgeMail(ctx, f, n, "pledge.mail.full",
		Paragraph(i18n.T(ctx, "pledge.mail.full.lead", "Title", n.Pledge.Title)),
		Paragraph(i18n.T(ctx, "pledge.mail.full.what")),
		Button(i18n.T(ctx, "pledge.mail.full.button"), f.BaseURL+"/issues/"+n.Pledge.IssueSlug+"/pledge"),
		Note(i18n.T(ctx, "pledge.mail.full.pending")),
	)
}

func pledgeMail(ctx context.Context, f Frame, n pledge.Note, room string, blocks ...Block) (subject, text, html string, err error) {
	f.Title = i18n.T(ctx, room+".title")
	f.Preview = i18n.T(ctx, room+".preview")
	f.Why = i18n.T(ctx, "pledge.mail.why", "Center", f.Center.Name)
	f.Links = append(f.Links, Link{Text: i18n.T(ctx, "manage.mail.way"), URL: f.BaseURL + "/manage"})
	text, html, err = Render(ctx, f, blocks...)
	return i18n.T(ctx, room+".subject", "Title", n.Pledge.Title), text, html, err
}
