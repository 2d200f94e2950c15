package letter

import (
	"context"
	"slices"
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
	Letters    []Outgoing // those that go out from here; HeldFor says which of them will wait
	ByHand     int        // those that the visitor sends
}

// Preview reads a message by its confirm token. It changes nothing: mail
// scanners follow links. A message whose words have gone out already is shown
// as confirmed, with the receipt of the one that went.
func (l *Letters) Preview(ctx context.Context, token string) (Preview, error) {
	m, err := l.messageFor(ctx, token, seal.Confirm)
	if err != nil {
		return Preview{}, err
	}
	if m.ConfirmedAt == nil {
		if m, err = l.orSent(ctx, m); err != nil {
			return Preview{}, err
		}
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
		if out.Test, err = l.tested(ctx, d); err != nil {
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

// orSent is the message, or the one with the same words that has gone out.
func (l *Letters) orSent(ctx context.Context, m Message) (Message, error) {
	sent, found, err := sentAlready(ctx, l.db.Read(ctx), m)
	if err != nil || !found {
		return m, err
	}
	return sent, nil
}

// Confirm starts a message's deliveries, once: their mails, the consent, the
// proof and the counts are written by the transaction that confirms. Confirming
// again answers the same and does nothing, and so does confirming a message
// whose words have gone out already: it answers for the one that went.
func (l *Letters) Confirm(ctx context.Context, token string) (Confirmed, error) {
	m, err := l.messageFor(ctx, token, seal.Confirm)
	if err != nil {
		return Confirmed{}, err
	}
	var done Confirmed
	err = l.db.InTx(ctx, func(tx *postgres.Tx) error {
		now := l.now().UTC()
		if err := lockMailbox(ctx, tx, m.MailboxKey); err != nil {
			return err
		}
		first, err := l.confirmOnce(ctx, tx, &m, now)
		if err != nil {
			return err
		}
		deliveries, err := deliveriesOf(ctx, tx.DB, m.ID)
		if err != nil {
			return err
		}
		mails := l.mailsFor(deliveries)
		done = Confirmed{Receipt: l.ReceiptToken(m), Letters: len(mails), Again: !first}
		if !first {
			return nil
		}
		if err := flagMany(ctx, tx, m, now); err != nil {
			return err
		}
		return l.begin(ctx, tx, m, deliveries, mails, now)
	})
	return done, err
}

// confirmOnce marks the message confirmed, or puts the one that went out before
// in its place; first is false when nothing is to be done any more.
func (l *Letters) confirmOnce(ctx context.Context, tx *postgres.Tx, m *Message, now time.Time) (first bool, err error) {
	if m.ConfirmedAt == nil {
		sent, found, err := sentAlready(ctx, tx.DB, *m)
		if err != nil {
			return false, err
		}
		if found {
			*m = sent
			return false, nil
		}
	}
	return markConfirmed(ctx, tx, *m, now)
}

// mailsFor are the rows with which deliveries leave from here.
func (l *Letters) mailsFor(deliveries []Delivery) []mail.Mail {
	var mails []mail.Mail
	for _, d := range deliveries {
		if c, sends := l.routes.sends(d.Channel); sends && d.ours() {
			mails = append(mails, c.Mail(d))
		}
	}
	return mails
}

// begin writes all that follows from a first confirmation. Letters whose words met
// a rule wait for a person instead of going out.
func (l *Letters) begin(ctx context.Context, tx *postgres.Tx, m Message, deliveries []Delivery, letters []mail.Mail, now time.Time) error {
	mails := slices.Clone(letters)
	if len(m.Findings) > 0 {
		mails = nil
		if err := l.holdForReview(ctx, tx, deliveries, now); err != nil {
			return err
		}
	}
	if len(letters) > 0 {
		mails = append(mails,
			mail.Mail{Kind: MailCopy, SubjectID: m.ID, MailboxKey: m.MailboxKey},
			mail.Mail{Kind: MailFollowUp, SubjectID: m.ID, MailboxKey: m.MailboxKey, NotBefore: now.Add(askAfter)})
	}
	if len(mails) > 0 {
		if err := l.post.Queue(ctx, tx, mails...); err != nil {
			return err
		}
	}
	if err := l.supporters.Heard(ctx, tx, m.MailboxKey); err != nil {
		return err
	}
	if m.Updates {
		if err := l.consent(ctx, tx, m, now); err != nil {
			return err
		}
	}
	confirmed, err := l.confirmedEvents(ctx, tx, m, now)
	if err != nil {
		return err
	}
	if err := insertEvents(ctx, tx, confirmed...); err != nil {
		return err
	}
	return insertProof(ctx, tx, MessageProof{
		MessageID: m.ID, IssueSlug: m.IssueSlug, MailboxKey: m.MailboxKey, KeyVersion: m.KeyVersion, Digest: m.Digest,
		Letters: len(letters), ConfirmedAt: now,
	})
}

func (l *Letters) consent(ctx context.Context, tx *postgres.Tx, m Message, now time.Time) error {
	p, err := l.openPerson(ctx, m)
	if err != nil {
		return err
	}
	return l.supporters.Consent(ctx, tx, supporter.Consent{
		MailboxKey: m.MailboxKey, KeyVersion: m.KeyVersion, Kind: supporter.Updates, Words: m.UpdatesAsk, Given: now,
		SourceKind: "message", SourceID: m.ID, Email: p.email,
		Issue: m.IssueSlug, // the words beside the box speak of this issue
	})
}

// confirmedEvents are what a message counts as when it is confirmed, with its
// writer's own words: those of its longest text, since all of its letters begin
// with the same.
func (l *Letters) confirmedEvents(ctx context.Context, tx *postgres.Tx, m Message, now time.Time) ([]event, error) {
	texts, err := textsOf(ctx, tx.DB, m.ID)
	if err != nil {
		return nil, err
	}
	own, all, statement := 0, 0, true
	for _, t := range texts {
		if t.AllWords > all || t.AllWords == all && t.OwnWords > own {
			own, all = t.OwnWords, t.AllWords
		}
		statement = statement && t.BodyPrepared && t.OwnWords == 0
	}
	events := []event{m.event(eventConfirmed, now, 1), m.event(eventOwnWords, now, own), m.event(eventAllWords, now, all)}
	if statement {
		events = append(events, m.event(eventStatement, now, 1))
	}
	return events, nil
}
