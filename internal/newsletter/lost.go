package newsletter

import (
	"context"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/supporter"
)

// Lost follows a mail of any kind whose mailbox is of no use, or whose reader complained: the mailbox is left alone from now on,
// and its subscription ends. A complaint withdraws the consents to mailings, too. It runs in the transaction that notes it.
func (n *Newsletter) Lost(ctx context.Context, tx *postgres.Tx, m mail.Mail, why mail.Loss) error {
	if len(m.MailboxKey) == 0 {
		return nil
	}
	if err := n.lockMailbox(ctx, tx, m.MailboxKey); err != nil {
		return err
	}
	reason, by := supporter.Bounced, ByBounce
	if why == mail.Complaint {
		reason, by = supporter.Complained, ByComplaint
	}
	if err := n.opt.Supporters.Suppress(ctx, tx, m.MailboxKey, reason); err != nil {
		return err
	}
	s, err := subscribed(tx.DB, m.MailboxKey)
	switch {
	case fault.KindOf(err) == fault.KindNotFound:
	case err != nil:
		return err
	default:
		if err := n.end(ctx, tx, s, by, n.now()); err != nil {
			return err
		}
	}
	if why != mail.Complaint {
		return nil
	}
	for _, kind := range []string{supporter.Newsletter, supporter.Updates} {
		if err := n.opt.Supporters.Withdraw(ctx, tx, m.MailboxKey, kind); err != nil {
			return err
		}
	}
	return nil
}
