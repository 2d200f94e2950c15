package emails

import (
	"context"

	"redress/internal/i18n"
	"redress/internal/supporter"
)

// ManageLink brings a link to what is kept of a mailbox. It quotes nothing that was
// typed into the form.
func ManageLink(ctx context.Context, f Frame, link supporter.Link) (subject, text, html string, err error) {
	f.Title = i18n.T(ctx, "manage.mail.title")
	f.Preview = i18n.T(ctx, "manage.mail.preview")
	f.Why = i18n.T(ctx, "manage.mail.why", "Center", f.Center.Name)
	text, html, err = Render(ctx, f,
		Paragraph(i18n.T(ctx, "manage.mail.lead")),
		Button(i18n.T(ctx, "manage.mail.button"), f.BaseURL+"/manage/"+link.Token),
		Note(i18n.T(ctx, "manage.mail.until", "Date", i18n.DateTime(ctx, link.Until))),
		Note(i18n.T(ctx, "manage.mail.not_you")),
	)
	return i18n.T(ctx, "manage.mail.subject"), text, html, err
}
