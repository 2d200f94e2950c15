package newsletter

import (
	"context"
	"time"
)

// keepMails is how long the rows of a mailing's mails stay after its last one went: RFC 5321 §4.5.4.1 lets a server try for five
// days before it returns a mail, and without the row nobody can tell whose it was.
const keepMails = 7 * 24 * time.Hour

// Retain erases the rows of mails whose mailings ended long enough ago. The counts stay.
func (m *Mailings) Retain(ctx context.Context) error {
	now := m.now()
	old, err := oldMailings(ctx, m.db, now.Add(-keepMails))
	if err != nil {
		return err
	}
	for _, one := range old {
		if err := m.recount(ctx, one.ID, now); err != nil {
			return err
		}
		if err := markErased(ctx, m.db, one.ID, now); err != nil {
			return err
		}
		if err := m.opt.Post.EraseBatch(ctx, one.ID); err != nil {
			return err
		}
	}
	return nil
}
