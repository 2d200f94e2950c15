// Package supporter knows people by the e-mail address they left: its canonical form, the keyed hashes that find
// duplicates without keeping the address in sight, what they consented to, and who wants no mail.
package supporter

import (
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

// Updates is the kind of consent to mail about what becomes of what people did,
// and what else they can do.
const Updates = "updates"

// Newsletter is the kind of consent to the newsletter, apart from updates: one
// is given, and taken back, without the other.
const Newsletter = "newsletter"

// Consent is what someone agreed to, in which words, when and where. A row only ever changes by being withdrawn.
type Consent struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	MailboxKey []byte
	KeyVersion int16
	Kind       string
	Words      string // the sentence beside the box that was ticked
	Given      time.Time
	Withdrawn  *time.Time
	SourceKind string // what they did when they agreed: "signature", "message"
	SourceID   uuid.UUID
	Issue      string // the issue that it was given on; "": none
	Wide       bool   // the words speak of the center's news on every issue, not of that one's alone

	// Email is the address that the consent is for. It is kept sealed in a table of its own, never in this row.
	Email string `gorm:"-"`
}

// Person is the address behind a mailbox key, kept while a consent of it stands.
type Person struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	MailboxKey []byte
	KeyVersion int16
	Email      seal.Text
	CreatedAt  time.Time
}

// TableName is the table's name.
func (Person) TableName() string { return "supporter_person" }

func (p Person) emailPlace() seal.Place {
	return seal.Place{Table: "supporter_person", Column: "email", Row: p.ID}
}

// Suppression is a mailbox that gets nothing it didn't ask for.
type Suppression struct {
	MailboxKey []byte `gorm:"primaryKey"`
	KeyVersion int16
	Reason     string
	Since      time.Time
	PassedMail *uuid.UUID // the last mail that [Supporters.SilentToAsk] let through
	PassedAt   *time.Time
}

// Why a mailbox is suppressed.
const (
	Asked      = "asked"
	Bounced    = "bounced"    // a mail server said that there is no such mailbox
	Complained = "complained" // its reader called a mail of ours spam: it is never written to again
)
