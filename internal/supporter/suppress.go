package supporter

import (
	"context"
	"time"

	"redress/internal/mail"
	"redress/internal/postgres"
)

// Suppress keeps unasked mail from a mailbox from now on. The first reason stays, but for a complaint, which takes the place of
// any other.
func (s *Supporters) Suppress(ctx context.Context, tx *postgres.Tx, mailboxKey []byte, reason string) error {
	return insertSuppression(ctx, tx, Suppression{
		MailboxKey: mailboxKey, KeyVersion: s.box.KeyVersion(), Reason: reason, Since: s.now().UTC(),
	})
}

// Suppressed says whether a mailbox is left alone. It is what mail.Options.Suppressed asks for.
func (s *Supporters) Suppressed(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) (bool, error) {
	return suppressed(ctx, tx, mailboxKey)
}

// passEvery is how often a mailbox that is left alone can be asked to confirm something. Anybody can type its address, so it is
// rare; a month is what somebody whose mailbox works again, or who changed their mind, may have to wait if the mail got lost.
const passEvery = 30 * 24 * time.Hour

// SilentToAsk is Suppressed for a mail that asks a mailbox to confirm what somebody just entered with its address. It has to go
// out for the mailbox to be heard again: to one that bounced, or that wanted silence, once in 30 days; to one that
// complained, never. The mail that was let through stays so when it is tried again.
func (s *Supporters) SilentToAsk(ctx context.Context, tx *postgres.Tx, m mail.Mail) (bool, error) {
	return s.silentBut(ctx, tx, m, Bounced, Asked)
}

// SilentUnlessBounced is SilentToAsk for what is not the newsletter: a mailbox that wanted silence stays left alone.
func (s *Supporters) SilentUnlessBounced(ctx context.Context, tx *postgres.Tx, m mail.Mail) (bool, error) {
	return s.silentBut(ctx, tx, m, Bounced)
}

// silentBut lets a mail pass, rarely, to a mailbox that is left alone for one of these reasons.
func (s *Supporters) silentBut(ctx context.Context, tx *postgres.Tx, m mail.Mail, passes ...string) (bool, error) {
	silent, err := suppressed(ctx, tx, m.MailboxKey)
	if err != nil || !silent {
		return silent, err
	}
	now := s.now().UTC()
	passed, err := passOnce(ctx, tx, m.MailboxKey, m.ID, passes, now, now.Add(-passEvery))
	return !passed, err
}

// Lift lets mail through again: the mailbox itself has just confirmed something. A complaint stays.
func (s *Supporters) Lift(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	return liftSuppression(ctx, tx, mailboxKey)
}

// Heard notes that mailboxes have confirmed something, so that they are there: a bounce of before doesn't count any more.
func (s *Supporters) Heard(ctx context.Context, tx *postgres.Tx, mailboxKeys ...[]byte) error {
	return deleteBounced(ctx, tx, mailboxKeys)
}

// Unsuppress lets mail through again, when the mailbox's owner asks for it.
func (s *Supporters) Unsuppress(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	return deleteSuppression(ctx, tx, mailboxKey)
}
