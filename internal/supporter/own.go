package supporter

import (
	"context"

	"redress/internal/postgres"
)

// Kept is all that this room keeps of a mailbox, opened. It is personal data, for the mailbox itself.
type Kept struct {
	Email       string       // the address kept for its consents; "" when none stands
	Consents    []Consent    // also those that were taken back
	Suppression *Suppression // nil: it gets mail
	Requests    []Request    // links asked for in the last hours
}

// Kept reads what is kept of a mailbox.
func (s *Supporters) Kept(ctx context.Context, mailboxKey []byte) (Kept, error) {
	k, err := keptOf(ctx, s.db, mailboxKey)
	if err != nil {
		return Kept{}, err
	}
	k.Email, err = s.Address(ctx, mailboxKey)
	return k, err
}

// Erase deletes what is kept of a mailbox: its consents, its address, and the links that were mailed to it, which stop working.
// What it was suppressed for stays, so that silence outlives erasure.
func (s *Supporters) Erase(ctx context.Context, tx *postgres.Tx, mailboxKey []byte) error {
	return eraseMailbox(ctx, tx, mailboxKey)
}
