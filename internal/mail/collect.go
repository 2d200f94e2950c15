package mail

import (
	"context"

	"redress/internal/mail/dsn"
	"redress/internal/mail/mailbox"
)

// Collect reads the mailbox that bounces come to. What has been settled is deleted, since it quotes mails and addresses; what
// a program can't judge, such as a complaint about no mail that is known, is marked as read and stays for a person; what could not be settled yet is read again
// the next time. Trouble with the mailbox is logged and no error: the messages wait there.
func (p *Post) Collect(ctx context.Context, box *mailbox.Mailbox) error {
	counts := map[mailbox.Fate]int{}
	err := box.Each(ctx, dsn.MaxSize, func(ctx context.Context, raw []byte) mailbox.Fate {
		fate := p.fate(ctx, raw)
		counts[fate]++
		return fate
	})
	if err != nil {
		p.opt.Log.WarnContext(ctx, "the mailbox for bounces can't be read now", "error", plain(err))
	}
	if len(counts) > 0 {
		p.opt.Log.InfoContext(ctx, "read the mailbox for bounces", "settled", counts[mailbox.Delete], "for_a_person", counts[mailbox.Keep], "again", counts[mailbox.Leave])
	}
	return nil
}

func (p *Post) fate(ctx context.Context, raw []byte) mailbox.Fate {
	r, err := p.Bounce(ctx, raw)
	switch {
	case err != nil:
		return mailbox.Leave
	case r.Sort == dsn.Delivery, r.Sort == dsn.Automatic, r.Settled:
		return mailbox.Delete
	}
	return mailbox.Keep
}
