package letter

import (
	"time"

	"github.com/google/uuid"
)

// Delivery is one message on its way to one official by one channel.
type Delivery struct {
	ID           uuid.UUID `gorm:"primaryKey"`
	MessageID    uuid.UUID
	TextID       uuid.UUID // the MessageText it carries
	Position     int
	OfficialID   string
	OfficialName string // as it stood when the letter was written
	Title        string
	LastName     string
	Channel      string
	SentTo       string // the office's public mailbox, form or site
	BillNumber   string
	State        State
	HeldFor      Hold       // why it is Held, else ""
	FellBack     string     // the channel that it was to take before, when that one failed or closed
	Test         bool       // its official or letter is in test mode: captured whatever the site does
	Answer       Answer     // what its writer told of the office's answer
	CheckedAt    *time.Time // when the operator said that its address was checked
	CarriedBy    *uuid.UUID // the mail that carries it since its last release; nil: the first
	Code         int        // the mail server's last answer
	Enhanced     string     // its enhanced status
	MovedAt      time.Time
	AnsweredAt   *time.Time // when its writer told
}

// DeliveryMove is one step in a delivery's history.
type DeliveryMove struct {
	ID         int64 `gorm:"primaryKey"`
	DeliveryID uuid.UUID
	FromState  State
	ToState    State
	Code       int
	Enhanced   string
	HeldFor    Hold
	At         time.Time
}
