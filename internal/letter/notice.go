package letter

import (
	"context"
	"time"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/postgres"
)

// NoticeEvery is how often the operator may be told of messages that wait.
const NoticeEvery = time.Hour

// nearlyDue is when a message that waits is spoken of again, so that it is read
// within the working day that its writer was told of.
const nearlyDue = 20 * time.Hour

// Notice queues a mail to the operator when messages came to wait for a person
// within the last hour, or have nearly waited for a day. It is called every
// NoticeEvery.
func (l *Letters) Notice(ctx context.Context) error {
	waits, err := l.WaitingNotice(ctx)
	if err != nil || waits.New+waits.Due == 0 {
		return err
	}
	return l.db.InTx(ctx, func(tx *postgres.Tx) error {
		return l.post.Queue(ctx, tx, mail.Mail{Kind: MailWaiting, SubjectID: newID()})
	})
}

// WaitingNotice is what the operator is told. It is about no one message.
type WaitingNotice struct {
	New     int // came to wait within the last hour
	Due     int // have nearly waited for a day
	Waiting int // in all
	Since   time.Time
}

// WaitingNotice reads how many messages wait for a person.
func (l *Letters) WaitingNotice(ctx context.Context) (WaitingNotice, error) {
	list, err := toRead(ctx, l.db.Read(ctx))
	if err != nil {
		return WaitingNotice{}, err
	}
	now := l.now()
	n := WaitingNotice{Waiting: len(list)}
	for _, m := range list {
		switch age := now.Sub(m.Since); {
		case age < NoticeEvery:
			n.New++
		case age >= nearlyDue && age < nearlyDue+NoticeEvery:
			n.Due++
		}
		if n.Since.IsZero() || m.Since.Before(n.Since) {
			n.Since = m.Since
		}
	}
	return n, nil
}

// WaitingMail is WaitingNotice for the mail that was queued; fault.NotFound when
// all has been decided meanwhile.
func (l *Letters) WaitingMail(ctx context.Context) (WaitingNotice, error) {
	n, err := l.WaitingNotice(ctx)
	if err == nil && n.Waiting == 0 {
		err = fault.NotFound("letter.review.none")
	}
	return n, err
}
