package jobs

import (
	"context"
	netmail "net/mail"
	"time"

	"redress/internal/center"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/pledge"
	"redress/internal/supporter"
	"redress/views/emails"
)

// ManageMails are the mails that bring a link to self-service.
type ManageMails struct {
	Links      *supporter.Links
	Supporters *supporter.Supporters
	Pledges    *pledge.Pledges
	Letters    *letter.Letters
	Newsletter *newsletter.Newsletter
	Centers    *center.Centers
	BaseURL    string // of the site, without a slash at the end
	From       Sender
	Zone       *time.Location // in which times are told; nil: UTC
}

// Register makes a post able to send them. They are unasked: anybody can type
// somebody's address into the form.
func (m ManageMails) Register(post *mail.Post) {
	post.Register(mail.Kind{Name: supporter.MailManage, Render: m.draw, Unasked: true})
}

// draw draws the mail, or drops it when nothing is kept of the mailbox: strangers
// whose address somebody typed get none.
func (m ManageMails) draw(ctx context.Context, row mail.Mail) (mail.Message, error) {
	link, err := m.Links.Link(ctx, row.SubjectID)
	if err != nil {
		return mail.Message{}, err
	}
	if held, err := m.holds(ctx, link.Mailbox.Key); err != nil || !held {
		if err == nil {
			err = fault.NotFound("token.unknown")
		}
		return mail.Message{}, err
	}
	ctx = i18n.With(ctx, link.Lang)
	here, err := m.Centers.Current(ctx)
	if err != nil {
		return mail.Message{}, err
	}
	if m.Zone != nil {
		link.Until = link.Until.In(m.Zone)
	}
	message := mail.Message{To: netmail.Address{Address: link.Mailbox.Email}, From: m.From(here)}
	message.Subject, message.Text, message.HTML, err = emails.ManageLink(ctx, emails.Frame{Center: here, BaseURL: m.BaseURL}, link)
	return message, err
}

// holds tells whether any room keeps something of a mailbox.
func (m ManageMails) holds(ctx context.Context, mailboxKey []byte) (bool, error) {
	if held, err := m.Pledges.Holds(ctx, mailboxKey); held || err != nil {
		return held, err
	}
	if held, err := m.Letters.Holds(ctx, mailboxKey); held || err != nil {
		return held, err
	}
	if held, err := m.Newsletter.Holds(ctx, mailboxKey); held || err != nil {
		return held, err
	}
	kept, err := m.Supporters.Kept(ctx, mailboxKey)
	return len(kept.Consents) > 0 || kept.Email != "", err
}
