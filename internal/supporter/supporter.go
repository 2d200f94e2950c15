// Package supporter knows people by the e-mail address they left: its canonical form, the keyed hashes that find
// duplicates without keeping the address in sight, what they consented to, and who wants no mail.
package supporter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
	"redress/internal/seal"
)

// Supporters keeps consents and suppressions.
type Supporters struct {
	db  *postgres.DB
	box *seal.Box
	now func() time.Time
}

// New returns the supporters of a center.
func New(db *postgres.DB, box *seal.Box, now func() time.Time) *Supporters {
	return &Supporters{db: db, box: box, now: now}
}

// Consent is what someone agreed to, in which words, when and where. A row never changes but for its end.
type Consent struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	MailboxKey []byte
	KeyVersion int16
	Kind       string // "updates"
	Words      string // the sentence beside the box that was ticked
	Given      time.Time
	Withdrawn  *time.Time
	SourceKind string // "signature", "message"
	SourceID   uuid.UUID
	Email      string `gorm:"-"` // the address consented with; kept sealed in supporter_person, never in this row
}

// Consent keeps a consent in the caller's transaction. The same kind from the same mailbox is kept once per source.
func (s *Supporters) Consent(ctx context.Context, tx *postgres.Tx, c Consent) error { return nil }

// Canonical returns the one form of an e-mail address under which it is compared and hashed.
// What is no address is fault.Invalid with the field "email".
func Canonical(email string) (string, error) { return email, nil }

// MailboxKey is the keyed hash of an address's canonical form; two spellings of one mailbox have the same key.
func MailboxKey(box *seal.Box, email string) []byte { return nil }

// SignerKey is the keyed hash of a canonical address and a folded full name: one person at one mailbox.
func SignerKey(box *seal.Box, email, given, family string) []byte { return nil }
