package emails

import (
	"context"

	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/newsletter"
	"redress/internal/supporter"
)

// News is an update as one reader gets it.
type News struct {
	newsletter.Update
	Of      issue.Issue       // whose update it is
	Consent supporter.Consent // by which it comes; Given in the center's time zone
	On      string            // the title of the issue that the consent was given on; "": it isn't known any more
	Page    string            // that ends updates
}

// Update is news on an issue, with what to do about it today, and why it came.
func Update(ctx context.Context, f Frame, n News) (subject, text, html string, err error) {
	f.Kicker = i18n.T(ctx, "update.mail.kicker", "Issue", n.Of.Title, "Date", i18n.Date(ctx, n.Date))
	f.Title, f.Preview = n.Title, n.Summary
	f.Why = agreed(ctx, n)
	f.Links = []Link{
		{i18n.T(ctx, "update.mail.stop"), n.Page},
		{i18n.T(ctx, "update.mail.manage"), f.BaseURL + "/manage"},
	}
	blocks := []Block{Lead(n.Summary)}
	if n.HTML != "" {
		blocks = append(blocks, Prose(n.HTML, f.BaseURL))
	}
	blocks = append(blocks, Way(i18n.T(ctx, "update.mail.page"), f.BaseURL+"/issues/"+n.IssueSlug+"/updates/"+n.Key))
	hasSigned := n.Consent.SourceKind == "signature" && n.Consent.Issue == n.IssueSlug
	blocks = append(blocks, toDo(ctx, f.BaseURL, n.Action, n.Of, hasSigned)...)
	text, html, err = Render(ctx, f, blocks...)
	return i18n.T(ctx, "update.mail.subject", "Title", n.Title, "Issue", n.Of.Title), text, html, err
}

// agreed says when, where and to what the reader agreed.
func agreed(ctx context.Context, n News) string {
	key := "update.mail.why"
	switch of := n.Consent.SourceKind; {
	case of == "signature" && n.On != "":
		key = "update.mail.why_signed_on"
	case of == "signature":
		key = "update.mail.why_signed"
	case of == "message" && n.On != "":
		key = "update.mail.why_wrote_on"
	case of == "message":
		key = "update.mail.why_wrote"
	}
	return i18n.T(ctx, key, "Date", i18n.Date(ctx, n.Consent.Given), "Words", n.Consent.Words, "Issue", n.On)
}
