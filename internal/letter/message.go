package letter

import (
	"time"

	"github.com/google/uuid"

	"redress/internal/seal"
)

// Message is what one visitor wrote to one or more officials. It holds nothing
// personal in clear; its person and texts stand sealed in their own tables.
type Message struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	IssueSlug   string
	Lang        string
	Status      MessageState
	State       string // the writer's state, for counts
	MailboxKey  []byte
	KeyVersion  int16
	Digest      []byte // keyed digest of all that was written: the same letter goes out once a day
	Placed      bool   // the address was placed, so we may send
	Updates     bool   // asked for updates; a consent only once confirmed
	UpdatesAsk  string // the words of that consent
	Variant     string // of a comparison, the version that its writer saw; else ""
	Epoch       int32
	CreatedAt   time.Time
	MailedAt    time.Time  // when its mailbox was last asked to confirm these words
	ToldAt      *time.Time // when its mailbox was last told that they had gone out
	ConfirmedAt *time.Time
	Findings    []string `gorm:"serializer:json"` // the rules that its words met: a person reads it first
	Flags       []string `gorm:"serializer:json"` // what staff should know of where it came from
	AddressKey  []byte   // keyed hash of the street address
	NetworkKey  []byte   // keyed hash of the network and the day
	Source      string   // the code of the way on which its writer came; empty: none
}

// MessageMove is one step in a message's history.
type MessageMove struct {
	ID        int64 `gorm:"primaryKey"`
	MessageID uuid.UUID
	FromState MessageState
	ToState   MessageState
	At        time.Time
}

// MessagePerson is who wrote a message: sealed, deleted with it.
type MessagePerson struct {
	MessageID  uuid.UUID `gorm:"primaryKey"`
	GivenName  seal.Text
	FamilyName seal.Text
	Email      seal.Text
	Street     seal.Text
	City       seal.Text
	State      seal.Text
	Zip        seal.Text
	Prefix     seal.Text // as Congress's own intake asks for it; nil when not asked
}

// MessageText is one text of a message; recipients of one group share it.
type MessageText struct {
	ID        uuid.UUID `gorm:"primaryKey"`
	MessageID uuid.UUID
	Subject   seal.Text
	Story     seal.Text
	Body      seal.Text
	// OwnWords are the words of story and body that are the writer's own, of
	// AllWords in all (see Share). BodyPrepared: the body is the campaign's,
	// unchanged.
	OwnWords     int
	AllWords     int
	BodyPrepared bool
}

// MessageProof is that someone asked for a message to be sent: keyed, without a
// word of it. It outlives the message.
type MessageProof struct {
	MessageID   uuid.UUID `gorm:"primaryKey"`
	IssueSlug   string
	MailboxKey  []byte
	KeyVersion  int16
	Digest      []byte
	Letters     int
	ConfirmedAt time.Time
}
