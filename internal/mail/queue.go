package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// Queue inserts mails in the caller's transaction; a worker is woken when it commits (see [Wake]). It sets their ids, states
// and Message-IDs; an id that the caller chose stays.
func (p *Post) Queue(ctx context.Context, tx *postgres.Tx, mails ...Mail) error {
	if len(mails) == 0 {
		return nil
	}
	rows := make([]Mail, 0, len(mails))
	for _, m := range mails {
		row, err := p.row(m)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if receivers := receiversOf(rows); len(receivers) > 0 {
		if err := keepReceivers(ctx, tx, receivers); err != nil {
			return err
		}
	}
	if err := insert(ctx, tx, rows); err != nil {
		return err
	}
	if p.kinds[rows[0].Kind].Bulk || !p.wakeDue() {
		return nil // bulk mail waits for its next sweep
	}
	return tx.Enqueue(ctx, Wake{})
}

// wakeDue is true once a second at most.
func (p *Post) wakeDue() bool {
	now, last := p.opt.Now().UnixNano(), p.woken.Load()
	return now-last >= int64(time.Second) && p.woken.CompareAndSwap(last, now)
}

func (p *Post) row(m Mail) (Mail, error) {
	kind, known := p.kinds[m.Kind]
	switch {
	case !known:
		return Mail{}, fmt.Errorf("mail of unregistered kind %q", m.Kind)
	case m.SubjectID == uuid.Nil:
		return Mail{}, fmt.Errorf("mail of kind %q without a subject", m.Kind)
	case kind.Unasked && len(m.MailboxKey) == 0:
		return Mail{}, fmt.Errorf("unasked mail of kind %q without a mailbox key", m.Kind)
	case kind.Bulk && (len(m.MailboxKey) == 0 || m.Batch == nil || len(m.Paces) > 0):
		return Mail{}, fmt.Errorf("bulk mail of kind %q needs a mailbox key and a batch, and keeps no office's pace", m.Kind)
	case kind.Bulk != (m.Receiver != ""):
		return Mail{}, fmt.Errorf("mail of kind %q: bulk kinds name a receiver, others none", m.Kind)
	}
	if m.ID == uuid.Nil {
		id, err := uuid.NewV7()
		if err != nil {
			return Mail{}, err
		}
		m.ID = id
	}
	unique, err := uuid.NewRandom() // not the row's id: a Message-ID is public and should say nothing about us
	if err != nil {
		return Mail{}, err
	}
	paces, err := cleanPaces(m.Paces)
	if err != nil {
		return Mail{}, fmt.Errorf("mail of kind %q: %w", m.Kind, err)
	}
	now := p.now()
	row := Mail{
		ID: m.ID, Kind: m.Kind, SubjectID: m.SubjectID, State: Queued, MessageID: unique.String() + "@" + p.opt.Domain,
		MailboxKey: m.MailboxKey, Unasked: kind.Unasked, NotBefore: m.NotBefore, CreatedAt: now, Paces: paces,
		Batch: m.Batch, Receiver: m.Receiver,
	}
	if row.NotBefore.IsZero() {
		row.NotBefore = now
	}
	return row, nil
}
