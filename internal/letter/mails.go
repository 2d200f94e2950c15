package letter

import (
	"context"
	netmail "net/mail"
	"slices"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/seal"
)

// The kinds of mail that letters send.
const (
	MailConfirm  = "letter.confirm"  // to the writer: the link that confirms, or to what is laid ready
	MailAgain    = "letter.again"    // to the writer: the same letter was sent today already
	MailCopy     = "letter.copy"     // to the writer, after confirming: what went out
	MailReminder = "letter.reminder" // to the writer, a day later: these letters still wait for you
	MailFollowUp = "letter.followup" // to the writer, two weeks after confirming: did they answer?
	MailReviewed = "letter.reviewed" // to the writer: a person read the letters, and what was decided
	MailWaiting  = "letter.waiting"  // to the operator: messages wait to be read
	MailDelivery = "letter.delivery" // to an office
	MailHouse    = "letter.house"    // to an office of the House, by Congress's own intake
	MailSenate   = "letter.senate"   // to an office of the Senate, by the same
)

// ConfirmMail is what the mail after a form says. It holds none of the
// visitor's words: anyone can type someone's address into a form.
type ConfirmMail struct {
	To         netmail.Address
	Lang       string
	IssueTitle string
	Letters    int // go out once confirmed
	ByHand     int // laid ready for the visitor to send
	Updates    bool
	Reminder   bool   // it was asked for a day ago
	Confirm    string // token; empty when there is nothing to confirm
	Receipt    string // token
	Expires    time.Time
}

// ConfirmMail reads what the mail about a message says. A message that is gone
// or confirmed is fault.NotFound: its mail has become pointless.
func (l *Letters) ConfirmMail(ctx context.Context, message uuid.UUID) (ConfirmMail, error) {
	m, err := messageByID(ctx, l.db.Read(ctx), message)
	if err != nil {
		return ConfirmMail{}, err
	}
	if m, err = l.orSent(ctx, m); err != nil {
		return ConfirmMail{}, err
	}
	if m.ConfirmedAt != nil {
		return ConfirmMail{}, fault.NotFound("letter.confirm.again")
	}
	iss, err := l.issues.Facts(i18n.With(ctx, m.Lang), m.IssueSlug)
	if err != nil {
		return ConfirmMail{}, err
	}
	p, err := l.openPerson(ctx, m)
	if err != nil {
		return ConfirmMail{}, err
	}
	deliveries, err := deliveriesOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return ConfirmMail{}, err
	}
	c := ConfirmMail{
		To: netmail.Address{Address: p.email}, Lang: m.Lang, IssueTitle: iss.Title, Updates: m.Updates,
		Receipt: l.ReceiptToken(m), Expires: confirmUntil(m, l.now()),
	}
	for _, d := range deliveries {
		if d.ours() {
			c.Letters++
		} else {
			c.ByHand++
		}
	}
	if c.Letters > 0 || c.Updates {
		c.Confirm = l.box.Sign(seal.Token{Purpose: seal.Confirm, ID: m.ID, Expires: c.Expires, Epoch: m.Epoch})
	}
	return c, nil
}

// ReminderMail reads what the one reminder of a message says. Where nothing waits
// to be sent, it is fault.NotFound.
func (l *Letters) ReminderMail(ctx context.Context, message uuid.UUID) (ConfirmMail, error) {
	c, err := l.ConfirmMail(ctx, message)
	if err == nil && c.Letters == 0 {
		return ConfirmMail{}, fault.NotFound("letter.confirm.again")
	}
	c.Reminder = true
	return c, err
}

// FollowUpMail asks a writer whether offices answered.
type FollowUpMail struct {
	To         netmail.Address
	Lang       string
	IssueTitle string
	SentOn     time.Time // when the letters were confirmed
	Offices    []string  // that were written to and of which nothing was told
	Receipt    string    // token
}

// FollowUpMail reads what that mail says. Where no office got a letter, or the
// writer has told already, it is fault.NotFound.
func (l *Letters) FollowUpMail(ctx context.Context, message uuid.UUID) (FollowUpMail, error) {
	m, err := messageByID(ctx, l.db.Read(ctx), message)
	if err != nil {
		return FollowUpMail{}, err
	}
	deliveries, err := deliveriesOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return FollowUpMail{}, err
	}
	f := FollowUpMail{Lang: m.Lang, Receipt: l.ReceiptToken(m)}
	for _, d := range deliveries {
		if slices.Contains(arrived, d.State) && d.Answer == AnswerUntold {
			f.Offices = append(f.Offices, d.Title+" "+d.OfficialName)
		}
	}
	if len(f.Offices) == 0 || m.ConfirmedAt == nil {
		return FollowUpMail{}, fault.NotFound("letter.delivery.unknown")
	}
	f.SentOn = *m.ConfirmedAt
	f.To, f.IssueTitle, err = l.addressed(ctx, m)
	return f, err
}

// addressed is a message's mailbox and what it is about, for a mail to its writer.
func (l *Letters) addressed(ctx context.Context, m Message) (netmail.Address, string, error) {
	iss, err := l.issues.Facts(i18n.With(ctx, m.Lang), m.IssueSlug)
	if err != nil {
		return netmail.Address{}, "", err
	}
	p, err := l.openPerson(ctx, m)
	return netmail.Address{Address: p.email}, iss.Title, err
}

// ReviewedMail tells a writer what a person decided about their letters.
type ReviewedMail struct {
	To         netmail.Address
	Lang       string
	IssueSlug  string
	IssueTitle string
	Returned   bool // they can be changed and written again; else they are refused
	Letters    int  // that were decided about
	Reason     string
	Receipt    string // token
}

// ReviewedMail reads what that mail says; fault.NotFound when nothing was decided.
func (l *Letters) ReviewedMail(ctx context.Context, message uuid.UUID) (ReviewedMail, error) {
	m, err := messageByID(ctx, l.db.Read(ctx), message)
	if err != nil {
		return ReviewedMail{}, err
	}
	review, err := lastReview(ctx, l.db.Read(ctx), message)
	if err != nil {
		return ReviewedMail{}, err
	}
	if review == nil {
		return ReviewedMail{}, fault.NotFound("letter.review.none")
	}
	r := ReviewedMail{
		Lang: m.Lang, IssueSlug: m.IssueSlug, Returned: review.Decision == DecisionReturn, Letters: review.Letters,
		Reason: review.Reason, Receipt: l.ReceiptToken(m),
	}
	r.To, r.IssueTitle, err = l.addressed(ctx, m)
	return r, err
}

// confirmUntil is when the link that confirms stops working: with the message
// at the latest, since a mail that had to wait is drawn late.
func confirmUntil(m Message, now time.Time) time.Time {
	until, erased := now.Add(seal.ConfirmFor), m.CreatedAt.Add(keepUnconfirmed)
	if erased.Before(until) {
		return erased
	}
	return until
}

// AgainMail tells a mailbox that the letter which just came in with its address
// has been sent already, and leads to that one. Like ConfirmMail it repeats
// nothing that was typed.
type AgainMail struct {
	To         netmail.Address
	Lang       string
	IssueTitle string
	SentOn     time.Time // when the letter was confirmed
	Receipt    string    // token
}

// AgainMail reads what the mail about a letter that came in again says. A
// message that is gone is fault.NotFound.
func (l *Letters) AgainMail(ctx context.Context, message uuid.UUID) (AgainMail, error) {
	m, err := messageByID(ctx, l.db.Read(ctx), message)
	if err != nil {
		return AgainMail{}, err
	}
	if m.ConfirmedAt == nil {
		return AgainMail{}, fault.NotFound("token.unknown")
	}
	again := AgainMail{Lang: m.Lang, SentOn: *m.ConfirmedAt, Receipt: l.ReceiptToken(m)}
	again.To, again.IssueTitle, err = l.addressed(ctx, m)
	return again, err
}

// CopyMail is what the writer is mailed after confirming: what goes out, for
// their own records, since we erase it.
type CopyMail struct {
	To         netmail.Address
	Lang       string
	IssueTitle string
	Letters    []Outgoing
	ByHand     []ByHand // laid ready for the writer
	Receipt    string   // token
	Kept       time.Time
	Captured   bool // nothing that is written here reaches an office
}

// ByHand is a letter that its writer sends: to whom, and by which kind of channel.
type ByHand struct{ Name, Channel string }

// CopyMail reads what the copy of a confirmed message says.
func (l *Letters) CopyMail(ctx context.Context, message uuid.UUID) (CopyMail, error) {
	m, err := messageByID(ctx, l.db.Read(ctx), message)
	if err != nil {
		return CopyMail{}, err
	}
	if m.ConfirmedAt == nil {
		return CopyMail{}, fault.NotFound("token.unknown")
	}
	deliveries, err := deliveriesOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return CopyMail{}, err
	}
	c := CopyMail{Lang: m.Lang, Receipt: l.ReceiptToken(m), Kept: m.CreatedAt.Add(keepAtMost), Captured: !l.live}
	for _, d := range deliveries {
		if !d.ours() {
			c.ByHand = append(c.ByHand, ByHand{Name: d.Title + " " + d.OfficialName, Channel: d.Channel})
			continue
		}
		out, err := l.outgoing(ctx, m, d)
		if err != nil {
			return CopyMail{}, err
		}
		if out.Test, err = l.tested(ctx, d); err != nil {
			return CopyMail{}, err
		}
		c.To, c.IssueTitle = out.ReplyTo, out.IssueTitle
		c.Letters = append(c.Letters, out)
	}
	if len(c.Letters) == 0 {
		return CopyMail{}, fault.NotFound("letter.delivery.unknown")
	}
	return c, nil
}
