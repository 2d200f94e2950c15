package letter

import (
	"time"

	"github.com/google/uuid"
)

// State is where a delivery stands.
type State string

// The states. Sent means accepted by the legislature's mail server, no more.
const (
	Queued    State = "queued"
	Sending   State = "sending"
	Sent      State = "sent"
	Deferred  State = "deferred"
	Failed    State = "failed"
	Captured  State = "captured"
	Held      State = "held" // waits for the operator; HeldFor says why
	NeedsYou  State = "needs_you"
	DoneByYou State = "done_by_you"
)

// legalFrom lists, for each state, those a delivery may come from. A move that
// is not here changes nothing. A mail that was marked sending when a worker died
// is sent again, so sending follows itself; what is held may come to be held for
// another reason.
var legalFrom = map[State][]State{
	Queued:    {Sending, Deferred, Held},
	Sending:   {Queued, Sending, Deferred},
	Sent:      {Queued, Sending, Deferred},
	Deferred:  {Queued, Sending, Deferred},
	Failed:    {Queued, Sending, Deferred},
	Captured:  {Queued, Sending, Deferred},
	Held:      {Queued, Sending, Deferred, Held},
	DoneByYou: {NeedsYou, Failed},
}

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
	CheckedAt    *time.Time // when the operator said that its address was checked
	CarriedBy    *uuid.UUID // the mail that carries it since its last release; nil: the first
	Code         int        // the mail server's last answer
	Enhanced     string     // its enhanced status
	MovedAt      time.Time
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
