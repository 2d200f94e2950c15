package jobs

import (
	"context"
	"time"

	"redress/internal/center"
	"redress/internal/i18n"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/supporter"
	"redress/views/emails"
)

// NewsletterMails are the kinds of mail about a subscription, drawn.
type NewsletterMails struct {
	Newsletter *newsletter.Newsletter
	Supporters *supporter.Supporters
	Centers    *center.Centers
	BaseURL    string // of the site, without a slash at the end
	From       Sender
	Zone       *time.Location // in which dates are told; nil: UTC
}

// Register makes a post able to send them. All are unasked: anybody can type somebody's address into the form. Those that ask a
// mailbox to confirm may reach one that is left alone, rarely.
func (m NewsletterMails) Register(post *mail.Post) {
	for name, view := range map[string]newsletterView{
		newsletter.MailConfirm: emails.NewsletterConfirm, newsletter.MailAlready: emails.NewsletterAlready,
		newsletter.MailChange: emails.NewsletterChange, newsletter.MailChanging: emails.NewsletterChanging,
	} {
		kind := mail.Kind{Name: name, Render: m.drawn(view), Unasked: true}
		if name == newsletter.MailConfirm || name == newsletter.MailChange {
			kind.Suppressed = m.Supporters.SilentToAsk
		}
		post.Register(kind)
	}
}

type newsletterView func(context.Context, emails.Frame, newsletter.Note) (subject, text, html string, err error)

func (m NewsletterMails) drawn(view newsletterView) func(context.Context, mail.Mail) (mail.Message, error) {
	return func(ctx context.Context, row mail.Mail) (mail.Message, error) {
		note, err := m.Newsletter.Note(ctx, row.Kind, row.SubjectID)
		if err != nil {
			return mail.Message{}, err
		}
		ctx = i18n.With(ctx, note.Lang)
		here, err := m.Centers.Current(ctx)
		if err != nil {
			return mail.Message{}, err
		}
		if m.Zone != nil {
			note.Since, note.Until = note.Since.In(m.Zone), note.Until.In(m.Zone)
		}
		message := mail.Message{To: note.To, From: m.From(here), ListUnsubscribe: note.Links.OneClick}
		message.Subject, message.Text, message.HTML, err = view(ctx, emails.Frame{Center: here, BaseURL: m.BaseURL}, note)
		return message, err
	}
}
