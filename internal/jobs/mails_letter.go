package jobs

import (
	"context"
	netmail "net/mail"
	"time"

	"github.com/google/uuid"

	"redress/internal/center"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/letter"
	"redress/internal/mail"
	"redress/internal/supporter"
	"redress/views/emails"
)

// LetterMails are the kinds of mail that letters send, drawn.
type LetterMails struct {
	Letters *letter.Letters
	Centers *center.Centers
	BaseURL string         // of the site, without a slash at the end
	From    Sender         // letters go out from its address too
	Zone    *time.Location // in which dates are told; nil: UTC

	// Supporters, if set, let the mail that asks to confirm reach a mailbox that bounced, rarely.
	Supporters *supporter.Supporters

	Operator string // who is told of letters that wait to be read; "": nobody
}

// Register makes a post able to send them.
func (m LetterMails) Register(post *mail.Post) {
	confirm := toWriter(m, m.asking(m.Letters.ConfirmMail), emails.LetterConfirm, func(says letter.ConfirmMail) reader { return reader{says.To, says.Lang} })
	again := toWriter(m, m.again, emails.LetterAgain, func(says letter.AgainMail) reader { return reader{says.To, says.Lang} })
	copied := toWriter(m, m.copied, emails.LetterCopy, func(says letter.CopyMail) reader { return reader{says.To, says.Lang} })
	post.Register(mail.Kind{Name: letter.MailConfirm, Render: confirm, Unasked: true, Suppressed: unlessBounced(m.Supporters)})
	post.Register(mail.Kind{Name: letter.MailAgain, Render: again, Unasked: true})
	reminder := toWriter(m, m.asking(m.Letters.ReminderMail), emails.LetterConfirm, func(says letter.ConfirmMail) reader { return reader{says.To, says.Lang} })
	followUp := toWriter(m, m.followUp, emails.LetterFollowUp, func(says letter.FollowUpMail) reader { return reader{says.To, says.Lang} })
	reviewed := toWriter(m, m.Letters.ReviewedMail, emails.LetterReviewed, func(says letter.ReviewedMail) reader { return reader{says.To, says.Lang} })
	post.Register(mail.Kind{Name: letter.MailReminder, Render: reminder, Unasked: true})
	post.Register(mail.Kind{Name: letter.MailCopy, Render: copied})
	post.Register(mail.Kind{Name: letter.MailFollowUp, Render: followUp, Unasked: true}) // a mailbox that wants silence isn't asked
	post.Register(mail.Kind{Name: letter.MailReviewed, Render: reviewed})
	post.Register(mail.Kind{Name: letter.MailWaiting, Render: m.waiting})
	post.Register(mail.Kind{Name: letter.MailDelivery, Render: m.delivery, Moved: m.Letters.Moved, Official: true})
}

// asking reads a mail that asks its writer to confirm.
func (m LetterMails) asking(read func(context.Context, uuid.UUID) (letter.ConfirmMail, error)) func(context.Context, uuid.UUID) (letter.ConfirmMail, error) {
	return func(ctx context.Context, message uuid.UUID) (letter.ConfirmMail, error) {
		says, err := read(ctx, message)
		says.Expires = m.told(says.Expires)
		return says, err
	}
}

func (m LetterMails) followUp(ctx context.Context, message uuid.UUID) (letter.FollowUpMail, error) {
	says, err := m.Letters.FollowUpMail(ctx, message)
	says.SentOn = m.told(says.SentOn)
	return says, err
}

func (m LetterMails) again(ctx context.Context, message uuid.UUID) (letter.AgainMail, error) {
	says, err := m.Letters.AgainMail(ctx, message)
	says.SentOn = m.told(says.SentOn)
	return says, err
}

func (m LetterMails) copied(ctx context.Context, message uuid.UUID) (letter.CopyMail, error) {
	says, err := m.Letters.CopyMail(ctx, message)
	says.Kept = m.told(says.Kept)
	return says, err
}

// told is a time by the clock of the center, as the site's pages tell it.
func (m LetterMails) told(at time.Time) time.Time {
	if m.Zone == nil {
		return at.UTC()
	}
	return at.In(m.Zone)
}

// reader is whom a mail is for, and the language they read.
type reader struct {
	to   netmail.Address
	lang string
}

// toWriter draws a mail to the person who wrote: read tells what it says, view
// how it says it.
func toWriter[S any](m LetterMails, read func(context.Context, uuid.UUID) (S, error),
	view func(context.Context, emails.Frame, S) (subject, text, html string, err error), whom func(S) reader,
) func(context.Context, mail.Mail) (mail.Message, error) {
	return func(ctx context.Context, row mail.Mail) (mail.Message, error) {
		says, err := read(ctx, row.SubjectID)
		if err != nil {
			return mail.Message{}, err
		}
		ctx = i18n.With(ctx, whom(says).lang)
		frame, err := m.frame(ctx)
		if err != nil {
			return mail.Message{}, err
		}
		message := mail.Message{To: whom(says).to, From: m.From(frame.Center)}
		message.Subject, message.Text, message.HTML, err = view(ctx, frame, says)
		return message, err
	}
}

// waiting draws the mail that tells the operator of letters that wait.
func (m LetterMails) waiting(ctx context.Context, _ mail.Mail) (mail.Message, error) {
	says, err := m.Letters.WaitingMail(ctx)
	if err != nil {
		return mail.Message{}, err
	}
	if m.Operator == "" {
		return mail.Message{}, fault.NotFound("letter.review.none")
	}
	frame, err := m.frame(ctx)
	if err != nil {
		return mail.Message{}, err
	}
	says.Since = m.told(says.Since)
	message := mail.Message{To: netmail.Address{Address: m.Operator}, From: m.From(frame.Center)}
	message.Subject, message.Text, message.HTML, err = emails.LettersWait(ctx, frame, says)
	return message, err
}

func (m LetterMails) delivery(ctx context.Context, row mail.Mail) (mail.Message, error) {
	out, err := m.Letters.Dispatch(ctx, row)
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
		Subject: out.Subject, Text: emails.LetterToOffice(ctx, frame.Center, out), Capture: out.Test,
	}, nil
}

func (m LetterMails) frame(ctx context.Context) (emails.Frame, error) {
	here, err := m.Centers.Current(ctx)
	return emails.Frame{Center: here, BaseURL: m.BaseURL}, err
}
