package mail

import (
	"context"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// Loss is why a mailbox is not to be written to any more.
type Loss string

// The losses.
const (
	HardBounce Loss = "bounced"    // a server said for good that there is no such mailbox, or that it takes no mail
	Complaint  Loss = "complained" // its reader called a mail spam
)

// OnLoss names who follows when a mail of any kind shows that its mailbox is of no use, or its reader complains of it. It runs in
// the transaction that notes the one or the other, for mails with a mailbox key, which are those to people; when it can't follow a
// refusal, the mail's row moves all the same, and the log says so. It is called while the program is wired.
func (p *Post) OnLoss(follow func(ctx context.Context, tx *postgres.Tx, m Mail, why Loss) error) {
	p.loss = follow
}

// lost tells of a move that shows that its mailbox is of no use.
func (p *Post) lost(ctx context.Context, tx *postgres.Tx, m Mail, o Outcome) error {
	if p.loss == nil || len(m.MailboxKey) == 0 || o.State != Failed && o.State != Bounced || !noMailbox(o.Enhanced) {
		return nil
	}
	return p.loss(ctx, tx, m, HardBounce)
}

// noMailbox knows the enhanced statuses (RFC 3463, and the registry that RFC 5248 made) that speak of the recipient's mailbox: it
// doesn't exist, its domain doesn't, it has moved, or it is disabled. Others are about us (5.1.7 and 5.1.8: the sender), about a rule
// of the server's, or about a moment (5.2.2: full). A reply without such a status counts for none: 550 alone may be a list that names us.
func noMailbox(enhanced string) bool {
	switch enhanced {
	case "5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1":
		return true
	}
	return false
}

// complain tells of a reader's complaint; false: the mail isn't known any more, or was to nobody's mailbox.
func (p *Post) complain(ctx context.Context, id uuid.UUID) (settled bool, err error) {
	if p.loss == nil {
		return false, nil
	}
	var m Mail
	err = p.db.InTx(ctx, func(tx *postgres.Tx) error {
		var err error
		if m, err = byID(ctx, tx, id); err != nil || len(m.MailboxKey) == 0 {
			return err
		}
		settled = true
		return p.loss(ctx, tx, m, Complaint)
	})
	if err != nil {
		p.opt.Log.WarnContext(ctx, "a complaint could not be settled", "mail", id, "error", plain(err))
		return false, broken("settle complaint", err)
	}
	if settled {
		p.opt.Log.InfoContext(ctx, "a reader complained; its mailbox gets no more mail", "kind", m.Kind, "mail", id)
	}
	return settled, nil
}
