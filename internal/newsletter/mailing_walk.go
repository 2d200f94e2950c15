package newsletter

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

const (
	// stepSize is how many recipients get their mails' rows in one transaction.
	stepSize = 1000
	// window is how many mails of a mailing may be due and waiting: enough for what workers send between two calls of Walk,
	// and for others to go on for a quarter of an hour while one large class of receivers rests.
	window = 20_000
	// countEvery is how often a mailing's mails are counted while it is sent, countSeldom, when it has been walked for countLong and
	// only deferred ones wait: counting a million rows takes a fifth of a second.
	countEvery  = 10 * time.Second
	countSeldom = time.Minute
	countLong   = time.Hour
)

// Walk brings every open mailing on: it gives the next recipients their mails' rows, as many as may wait, counts, and ends what
// has nothing left. It is called every few seconds and may run on several nodes at once.
func (m *Mailings) Walk(ctx context.Context) error {
	open, err := openMailings(ctx, m.db)
	if err != nil {
		return err
	}
	for _, one := range open {
		if one.State == Walking {
			if err := m.fill(ctx, one); err != nil {
				return err
			}
		}
		if err := m.count(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mailings) fill(ctx context.Context, one Mailing) error {
	due, err := m.opt.Post.BatchDue(ctx, one.ID, window)
	for walking := true; err == nil && walking && due < window && ctx.Err() == nil; due += stepSize {
		err = m.db.InTx(ctx, func(tx *postgres.Tx) error {
			walking, err = m.step(ctx, tx, one)
			return err
		})
	}
	return err
}

// step gives the next recipients their mails and moves the cursor behind them, in the caller's transaction, which holds the mailing's row.
// walking is false when the last one has a mail, or the mailing has been stopped.
func (m *Mailings) step(ctx context.Context, tx *postgres.Tx, one Mailing) (walking bool, _ error) {
	now, found, err := lockWalking(ctx, tx, one.ID)
	if err != nil || !found {
		return false, err
	}
	recipients, err := m.nextRecipients(ctx, tx, now, stepSize)
	if err != nil {
		return false, err
	}
	mails := make([]mail.Mail, len(recipients))
	for i, r := range recipients {
		mails[i] = mail.Mail{
			Kind: mailKind(now.Kind), SubjectID: r.ID, MailboxKey: r.MailboxKey, Batch: &now.ID, Receiver: m.receiver(r.Email),
		}
		now.Cursor = r.ID
	}
	if err := m.opt.Post.Queue(ctx, tx, mails...); err != nil {
		return false, err
	}
	walking = len(recipients) == stepSize
	if !walking {
		at := m.now()
		now.State, now.WalkedAt = Sending, &at
	}
	now.Walked += len(recipients)
	return walking, saveWalk(ctx, tx, now)
}

// countRecipients is how many a mailing goes to.
func (m *Mailings) countRecipients(ctx context.Context, one Mailing) (int, error) {
	if one.Kind == KindUpdate {
		return m.opt.Supporters.CountRecipients(ctx, one.news())
	}
	return countReaders(ctx, m.db, one)
}

// nextRecipients are those after the mailing's cursor, in the order of their ids.
func (m *Mailings) nextRecipients(ctx context.Context, tx *postgres.Tx, one Mailing, limit int) ([]supporter.Recipient, error) {
	if one.Kind == KindUpdate {
		return m.opt.Supporters.Recipients(ctx, tx, one.news(), one.Cursor, limit)
	}
	readers, err := nextReaders(ctx, tx, one, limit)
	if err != nil {
		return nil, err
	}
	all := make([]supporter.Recipient, len(readers))
	for i, r := range readers {
		// An address that doesn't open is found out when its mail is rendered.
		email, _ := m.opt.Box.Open(r.Email, emailPlace(r.ID))
		all[i] = supporter.Recipient{ID: r.ID, MailboxKey: r.MailboxKey, Email: email}
	}
	return all, nil
}

func mailKind(kind string) string {
	if kind == KindUpdate {
		return MailUpdate
	}
	return MailEdition
}

// receiver is the class of an address's domain.
func (m *Mailings) receiver(address string) string {
	_, domain, _ := mail.SplitAddress(strings.TrimSpace(address))
	return mail.Receiver(m.opt.Box, domain)
}

// count keeps how a mailing stands, and ends it when nothing waits.
func (m *Mailings) count(ctx context.Context, one Mailing) error {
	now, every := m.now(), countEvery
	if one.WalkedAt != nil && now.Sub(*one.WalkedAt) > countLong {
		every = countSeldom
	}
	if age := now.Sub(one.CountedAt); age >= 0 && age < every && one.Walked > 0 {
		return nil
	}
	return m.recount(ctx, one.ID, now)
}

// Counted is a mailing with its mails counted now.
func (m *Mailings) Counted(ctx context.Context, id uuid.UUID) (Mailing, error) {
	if err := m.recount(ctx, id, m.now()); err != nil {
		return Mailing{}, err
	}
	return m.ByID(ctx, id)
}

func (m *Mailings) recount(ctx context.Context, id uuid.UUID, now time.Time) error {
	one, err := m.ByID(ctx, id)
	if err != nil || one.ErasedAt != nil {
		return err
	}
	states, err := m.opt.Post.Batch(ctx, id)
	if err != nil {
		return err
	}
	before := one.Finished()
	one.Waiting = states[mail.Queued] + states[mail.Deferred] + states[mail.Sending]
	one.Sent, one.Captured, one.Failed = states[mail.Sent], states[mail.Captured], states[mail.Failed]
	one.Bounced, one.Dropped = states[mail.Bounced], states[mail.Dropped]
	if took := now.Sub(one.CountedAt); took > time.Second {
		one.PerSecond = max(0, float64(one.Finished()-before)/took.Seconds())
	}
	one.CountedAt = now
	if one.State == Sending && one.Waiting == 0 {
		one.State, one.FinishedAt, one.PerSecond = Done, &now, 0
	}
	ended, err := saveCounts(ctx, m.db, one)
	if err == nil && ended {
		m.opt.Log.InfoContext(ctx, "a mailing has ended", "kind", one.Kind, "key", one.Key, "sent", one.Sent+one.Captured,
			"failed", one.Failed, "bounced", one.Bounced, "dropped", one.Dropped)
	}
	return err
}
