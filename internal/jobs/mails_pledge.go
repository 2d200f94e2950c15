package jobs

import (
	"context"
	"time"

	"redress/internal/center"
	"redress/internal/i18n"
	"redress/internal/mail"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/internal/supporter"
	"redress/views/emails"
)

// PledgeMails are the kinds of mail that signing sets off, drawn.
type PledgeMails struct {
	Pledges *pledge.Pledges
	// Supporters, if set, let the mail that asks to confirm reach a mailbox that bounced, rarely.
	Supporters *supporter.Supporters
	Centers    *center.Centers
	BaseURL    string // of the site, without a slash at the end
	From       Sender
	Zone       *time.Location // in which dates are told; nil: UTC
}

// Register makes a post able to send them. All are unasked: anybody can type
// somebody's address into the form.
func (m PledgeMails) Register(post *mail.Post) {
	post.Register(mail.Kind{Name: pledge.MailConfirm, Render: m.drawn(emails.PledgeConfirm), Unasked: true, Suppressed: unlessBounced(m.Supporters)})
	post.Register(mail.Kind{Name: pledge.MailAlready, Render: m.drawn(emails.PledgeAlready), Unasked: true})
	post.Register(mail.Kind{Name: pledge.MailFull, Render: m.drawn(emails.PledgeFull), Unasked: true})
}

// unlessBounced is what keeps a mail that asks a mailbox to confirm from going out; nil: what keeps every unasked mail.
func unlessBounced(s *supporter.Supporters) func(context.Context, *postgres.Tx, mail.Mail) (bool, error) {
	if s == nil {
		return nil
	}
	return s.SilentUnlessBounced
}

type pledgeView func(context.Context, emails.Frame, pledge.Note) (subject, text, html string, err error)

func (m PledgeMails) drawn(view pledgeView) func(context.Context, mail.Mail) (mail.Message, error) {
	return func(ctx context.Context, row mail.Mail) (mail.Message, error) {
		note, err := m.Pledges.Note(ctx, row.Kind, row.SubjectID)
		if err != nil {
			return mail.Message{}, err
		}
		ctx = i18n.With(ctx, note.Lang)
		here, err := m.Centers.Current(ctx)
		if err != nil {
			return mail.Message{}, err
		}
		if m.Zone != nil {
			note.SignedOn, note.Until = note.SignedOn.In(m.Zone), note.Until.In(m.Zone)
		}
		message := mail.Message{To: note.To, From: m.From(here)}
		message.Subject, message.Text, message.HTML, err = view(ctx, emails.Frame{Center: here, BaseURL: m.BaseURL}, note)
		return message, err
	}
}
