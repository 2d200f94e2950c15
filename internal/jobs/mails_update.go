package jobs

import (
	"context"
	netmail "net/mail"
	"time"

	"redress/internal/center"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/supporter"
	"redress/views/emails"
)

// UpdateMails are updates on issues, drawn. What they tell is read once for a mailing; each mail says why it came to its reader.
type UpdateMails struct {
	Mailings *newsletter.Mailings
	Issues   *issue.Issues
	Centers  *center.Centers
	BaseURL  string // of the site, without a slash at the end
	ListID   string // RFC 2919; "": none
	From     Sender
	Zone     *time.Location // in which dates are told; nil: UTC

	told drawnMailings[told]
}

// told is what all mails of a mailing have alike.
type told struct {
	mailing newsletter.Mailing
	update  newsletter.Update
	of      issue.Issue
	center  center.Center
	titles  map[string]string // of issues, by slug
}

// Register makes a post able to send them.
func (m *UpdateMails) Register(post *mail.Post) {
	post.Register(mail.Kind{Name: newsletter.MailUpdate, Render: m.render, Bulk: true})
}

// render draws a mail. Supporters have no language of their own: it speaks the site's first one, as the words they agreed to did.
func (m *UpdateMails) render(ctx context.Context, row mail.Mail) (mail.Message, error) {
	if row.Batch == nil {
		return mail.Message{}, fault.NotFound("edition.no_mailing")
	}
	ctx = i18n.With(ctx, i18n.Default)
	all, err := m.told.of(*row.Batch, i18n.Default, func() (told, error) {
		one, err := m.Mailings.ByID(ctx, *row.Batch)
		if err != nil {
			return told{}, err
		}
		update, err := m.Mailings.UpdateOf(ctx, one)
		if err != nil {
			return told{}, err
		}
		return m.tell(ctx, one, update)
	})
	if err != nil {
		return mail.Message{}, err
	}
	reader, err := m.Mailings.Reader(ctx, all.mailing, row.SubjectID)
	if err != nil {
		return mail.Message{}, err
	}
	return m.draw(ctx, all, reader)
}

func (m *UpdateMails) tell(ctx context.Context, one newsletter.Mailing, update newsletter.Update) (t told, err error) {
	t = told{mailing: one, update: update, titles: map[string]string{}}
	if t.center, err = m.Centers.Current(ctx); err != nil {
		return t, err
	}
	list, err := m.Issues.List(ctx)
	for _, i := range list {
		t.titles[i.Slug] = i.Title
		if i.Slug == update.IssueSlug {
			t.of = i
		}
	}
	return t, err
}

func (m *UpdateMails) draw(ctx context.Context, t told, to supporter.Reader) (mail.Message, error) {
	page := m.BaseURL + "/updates/" + to.Token
	if m.Zone != nil {
		to.Consent.Given = to.Consent.Given.In(m.Zone)
	}
	message := mail.Message{
		To: netmail.Address{Address: to.Email}, From: m.From(t.center), ListUnsubscribe: page + "/one-click", ListID: m.ListID,
	}
	var err error
	message.Subject, message.Text, message.HTML, err = emails.Update(ctx, emails.Frame{Center: t.center, BaseURL: m.BaseURL}, emails.News{
		Update: t.update, Of: t.of, Consent: to.Consent, On: t.titles[to.Consent.Issue], Page: page,
	})
	return message, err
}

// Preview draws what the mailing of an update would say now to somebody who agreed to these words at this moment, with a link
// to end updates that leads nowhere.
func (m *UpdateMails) Preview(ctx context.Context, slug, key string, to supporter.Reader) (mail.Message, error) {
	ctx = i18n.With(ctx, i18n.Default)
	update, err := m.Mailings.Update(ctx, slug, key)
	if err != nil {
		return mail.Message{}, err
	}
	t, err := m.tell(ctx, newsletter.Mailing{Kind: newsletter.KindUpdate, Issue: slug}, update)
	if err != nil {
		return mail.Message{}, err
	}
	return m.draw(ctx, t, to)
}
