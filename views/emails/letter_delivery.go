package emails

import (
	"context"
	netmail "net/mail"
	"slices"
	"strings"

	"redress/internal/center"
	"redress/internal/i18n"
	letters "redress/internal/letter"
)

// LetterToOffice is a letter as it goes to an office: plain text, with nothing
// of a frame but the footer, which names the center and says that the writer
// confirmed it, or chose to send the center's statement as it is. The confirm
// page shows the same.
func LetterToOffice(ctx context.Context, c center.Center, out letters.Outgoing) string {
	ctx = i18n.With(ctx, out.Lang)
	parts := []string{out.Salutation}
	for _, text := range []string{out.Story, out.Body} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	parts = append(parts, i18n.T(ctx, "messages.mail.sincerely")+"\n"+strings.Join(out.Close, "\n"))
	footer := "messages.mail.footer"
	if out.Statement() {
		footer = "messages.mail.footer_statement"
	}
	foot := append([]string{"-- ", i18n.T(ctx, footer, "Name", out.WriterName, "Center", c.Name, "Issue", out.IssueTitle), c.Name}, address(c)...)
	return strings.Join(append(parts, strings.Join(foot, "\n")), "\n\n") + "\n"
}

// LetterAsSent is a letter in full as it goes: the mail to an office, or what
// Congress's own intake is given.
func LetterAsSent(ctx context.Context, c center.Center, out letters.Outgoing) string {
	if out.Channel != letters.KindCWC {
		return LetterToOffice(ctx, c, out)
	}
	ctx = i18n.With(ctx, out.Lang)
	parts := []string{strings.Join(append(slices.Clone(out.Close), out.ReplyTo.Address), "\n")}
	own, statement := out.Parts()
	if own != "" {
		parts = append(parts, i18n.T(ctx, "messages.mail.congress_own"), own)
	}
	if statement != "" {
		parts = append(parts, i18n.T(ctx, "messages.mail.congress_statement", "Center", c.Name), statement)
	}
	return strings.Join(parts, "\n\n") + "\n"
}

// OfficeSender is who a letter comes from: the writer by name, at the center's
// own address, so that SPF, DKIM and DMARC hold and nothing is disguised.
func OfficeSender(ctx context.Context, from netmail.Address, c center.Center, out letters.Outgoing) netmail.Address {
	ctx = i18n.With(ctx, out.Lang)
	return netmail.Address{Name: i18n.T(ctx, "messages.mail.via", "Name", out.WriterName, "Center", c.Name), Address: from.Address}
}
