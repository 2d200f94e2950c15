package supporter

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Bring keeps consents that were given elsewhere, with their dates, in the caller's
// transaction, and says how many it took. A mailbox that wants no mail, or that
// took back a consent of the kind after this one was given, is not brought back.
// One source gives each kind once. The addresses must be ones that [Canonical]
// takes; Given must be set.
func (s *Supporters) Bring(ctx context.Context, tx pgx.Tx, consents []Consent) (int64, error) {
	if len(consents) == 0 {
		return 0, nil
	}
	people := make([]Person, len(consents))
	for i := range consents {
		c := &consents[i]
		ids := [2]uuid.UUID{}
		for n := range ids {
			var err error
			if ids[n], err = uuid.NewV7(); err != nil {
				return 0, err
			}
		}
		c.ID, c.MailboxKey, c.KeyVersion, c.Withdrawn = ids[0], MailboxKey(s.box, c.Email), s.box.KeyVersion(), nil
		p := Person{ID: ids[1], MailboxKey: c.MailboxKey, KeyVersion: c.KeyVersion, CreatedAt: s.now().UTC()}
		p.Email = s.box.Seal(c.Email, p.emailPlace())
		people[i] = p
	}
	return bringConsents(ctx, tx, consents, people)
}
