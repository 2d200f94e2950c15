package letter

import (
	"context"
	"fmt"
	"time"

	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// Preview is a message as its confirm page shows it: each letter exactly as it
// will go.
type Preview struct {
	IssueSlug  string
	IssueTitle string
	Receipt    string // the receipt's token
	Confirmed  *time.Time
	Updates    bool
	Letters    []Outgoing // those that go out from here
	ByHand     int        // those that the visitor sends
}

// Preview reads a message by its confirm token. It changes nothing: mail
// scanners follow links.
func (l *Letters) Preview(ctx context.Context, token string) (Preview, error) {
	m, err := l.messageFor(ctx, token, seal.Confirm)
	if err != nil {
		return Preview{}, err
	}
	iss, err := l.issues.Facts(ctx, m.IssueSlug)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{IssueSlug: m.IssueSlug, IssueTitle: iss.Title, Receipt: l.ReceiptToken(m), Confirmed: m.ConfirmedAt, Updates: m.Updates}
	deliveries, err := deliveriesOf(ctx, l.db.Read(ctx), m.ID)
	if err != nil {
		return Preview{}, err
	}
	for _, d := range deliveries {
		if !d.ours() {
			p.ByHand++
			continue
		}
		out, err := l.outgoing(ctx, m, d)
		if err != nil {
			return Preview{}, err
		}
		p.Letters = append(p.Letters, out)
	}
	return p, nil
}

func (d Delivery) ours() bool { return d.State != NeedsYou && d.State != DoneByYou }

// Confirmed is what a confirmation led to.
type Confirmed struct {
	Receipt string // the receipt's token
	Letters int    // how many go out
	Again   bool   // it had been confirmed before; nothing was queued
}

// Confirm starts a message's deliveries, once: their mails, the consent, the
// proof and the counts are written by the transaction that confirms. Confirming
// again answers the same and does nothing.
func (l *Letters) Confirm(ctx context.Context, token string) (Confirmed, error) {
	m, err := l.messageFor(ctx, token, seal.Confirm)
	if err != nil {
		return Confirmed{}, err
	}
	done := Confirmed{Receipt: l.ReceiptToken(m)}
	err = l.db.InTx(ctx, func(tx *postgres.Tx) error {
		now := l.now().UTC()
		first := tx.WithContext(ctx).Model(&Message{}).
			Where("id = ? AND epoch = ? AND confirmed_at IS NULL", m.ID, m.Epoch).Update("confirmed_at", now)
		if first.Error != nil {
			return fmt.Errorf("confirm message: %w", first.Error)
		}
		deliveries, err := deliveriesOf(ctx, tx.DB, m.ID)
		if err != nil {
			return err
		}
		mails := mailsFor(deliveries)
		done.Letters, done.Again = len(mails), first.RowsAffected == 0
		if done.Again {
			return nil
		}
		return l.begin(ctx, tx, m, mails, now)
	})
	return done, err
}

func mailsFor(deliveries []Delivery) []mail.Mail {
	var mails []mail.Mail
	for _, d := range deliveries {
		if d.ours() {
			mails = append(mails, mail.Mail{Kind: MailDelivery, SubjectID: d.ID})
		}
	}
	return mails
}

// begin writes all that follows from a first confirmation.
func (l *Letters) begin(ctx context.Context, tx *postgres.Tx, m Message, letters []mail.Mail, now time.Time) error {
	mails := letters
	if len(letters) > 0 {
		mails = append(mails, mail.Mail{Kind: MailCopy, SubjectID: m.ID, MailboxKey: m.MailboxKey})
	}
	if len(mails) > 0 {
		if err := l.post.Queue(ctx, tx, mails...); err != nil {
			return err
		}
	}
	if m.Updates {
		if err := l.consent(ctx, tx, m, now); err != nil {
			return err
		}
	}
	if err := count(ctx, tx, m, countConfirmed, now, 1); err != nil {
		return err
	}
	proof := MessageProof{
		MessageID: m.ID, IssueSlug: m.IssueSlug, MailboxKey: m.MailboxKey, KeyVersion: m.KeyVersion, Digest: m.Digest,
		Letters: len(letters), ConfirmedAt: now,
	}
	if err := tx.WithContext(ctx).Create(&proof).Error; err != nil {
		return fmt.Errorf("save proof: %w", err)
	}
	return nil
}

func (l *Letters) consent(ctx context.Context, tx *postgres.Tx, m Message, now time.Time) error {
	p, err := l.openPerson(ctx, m)
	if err != nil {
		return err
	}
	return l.supporters.Consent(ctx, tx, supporter.Consent{
		MailboxKey: m.MailboxKey, KeyVersion: m.KeyVersion, Kind: supporter.Updates, Words: m.UpdatesAsk, Given: now,
		SourceKind: "message", SourceID: m.ID, Email: p.email,
	})
}
