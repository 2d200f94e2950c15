package jobs

import (
	"context"

	"redress/internal/center"
	"redress/internal/i18n"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/views/emails"
)

// LetterMails are the kinds of mail that letters send, drawn.
type LetterMails struct {
	Letters *letter.Letters
	Centers *center.Centers
	BaseURL string // of the site, without a slash at the end
	From    Sender // letters go out from its address too
}

// Register makes a post able to send them.
func (m LetterMails) Register(post *mail.Post) {
	post.Register(mail.Kind{Name: letter.MailConfirm, Render: m.confirm, Unasked: true})
	post.Register(mail.Kind{Name: letter.MailAgain, Render: m.again, Unasked: true})
	post.Register(mail.Kind{Name: letter.MailCopy, Render: m.copy})
	post.Register(mail.Kind{Name: letter.MailDelivery, Render: m.delivery, Moved: m.Letters.Moved, Official: true})
}

func (m LetterMails) confirm(ctx context.Context, row mail.Mail) (mail.Message, error) {
	says, err := m.Letters.ConfirmMail(ctx, row.SubjectID)
	if err != nil {
		return mail.Message{}, err
	}
	ctx = i18n.With(ctx, says.Lang)
	frame, err := m.frame(ctx)
	if err != nil {
		return mail.Message{}, err
	}
	message := mail.Message{To: says.To, From: m.From(frame.Center)}
	message.Subject, message.Text, message.HTML, err = emails.LetterConfirm(ctx, frame, says)
	return message, err
}

func (m LetterMails) again(ctx context.Context, row mail.Mail) (mail.Message, error) {
	says, err := m.Letters.AgainMail(ctx, row.SubjectID)
	if err != nil {
		return mail.Message{}, err
	}
	ctx = i18n.With(ctx, says.Lang)
	frame, err := m.frame(ctx)
	if err != nil {
		return mail.Message{}, err
	}
	message := mail.Message{To: says.To, From: m.From(frame.Center)}
	message.Subject, message.Text, message.HTML, err = emails.LetterAgain(ctx, frame, says)
	return message, err
}

func (m LetterMails) copy(ctx context.Context, row mail.Mail) (mail.Message, error) {
	says, err := m.Letters.CopyMail(ctx, row.SubjectID)
	if err != nil {
		return mail.Message{}, err
	}
	ctx = i18n.With(ctx, says.Lang)
	frame, err := m.frame(ctx)
	if err != nil {
		return mail.Message{}, err
	}
	message := mail.Message{To: says.To, From: m.From(frame.Center)}
	message.Subject, message.Text, message.HTML, err = emails.LetterCopy(ctx, frame, says)
	return message, err
}

func (m LetterMails) delivery(ctx context.Context, row mail.Mail) (mail.Message, error) {
	out, err := m.Letters.Outgoing(ctx, row.SubjectID)
	if err != nil {
		return mail.Message{}, err
	}
	ctx = i18n.With(ctx, out.Lang)
	frame, err := m.frame(ctx)
	if err != nil {
		return mail.Message{}, err
	}
	return mail.Message{
		To: out.To, From: emails.OfficeSender(ctx, m.From(frame.Center), frame.Center, out), ReplyTo: out.ReplyTo,
		Subject: out.Subject, Text: emails.LetterToOffice(ctx, frame.Center, out),
	}, nil
}

func (m LetterMails) frame(ctx context.Context) (emails.Frame, error) {
	here, err := m.Centers.Current(ctx)
	return emails.Frame{Center: here, BaseURL: m.BaseURL}, err
}
