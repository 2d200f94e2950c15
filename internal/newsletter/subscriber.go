package newsletter

import (
	"context"
	"time"

	"github.com/google/uuid"

	"redress/internal/fault"
	"redress/internal/seal"
)

// The states of a subscription.
const (
	Pending = "pending" // waits for its mailbox
	Active  = "active"
	Paused  = "paused" // until a day, on which it comes back by itself
	Ended   = "ended"  // its address is erased
)

// The rhythms.
const (
	Daily  = "daily"
	Weekly = "weekly" // on a fixed weekday of the center
)

// By what a subscription ended.
const (
	ByPage      = "page"
	ByOneClick  = "one_click" // RFC 8058
	ByBounce    = "bounced"
	ByComplaint = "complained"
	ByErasure   = "erased"
	ByChange    = "changed" // it goes to another address now
)

// Subscriber is one mailbox's subscription. The row holds no address.
type Subscriber struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	MailboxKey  []byte    // supporter.MailboxKey; one subscription each
	KeyVersion  int16
	State       string
	Rhythm      string
	Lang        string // the language that its mails speak
	Source      string // the source code that it came by; empty: none
	Epoch       int32  // raised to revoke the links in its mails
	CreatedAt   time.Time
	ConfirmedAt *time.Time // when its mailbox last said yes
	PausedUntil *time.Time `gorm:"type:date"` // the first day on which it gets the newsletter again; nil: not paused
	EndedAt     *time.Time
	EndedBy     *string
	Words       string // the sentence that stood beside the field
}

// TableName is the table's name.
func (Subscriber) TableName() string { return "subscriber" }

// Person is where a subscription goes, sealed; deleted when it ends.
type Person struct {
	ID    uuid.UUID `gorm:"primaryKey"` // the subscriber's
	Email seal.Text // as typed; the mail goes there
}

// TableName keeps the person's table beside its subscriber's.
func (Person) TableName() string { return "subscriber_person" }

func emailPlace(subscriber uuid.UUID) seal.Place {
	return seal.Place{Table: "subscriber_person", Column: "email", Row: subscriber}
}

// Walk gives up to limit active subscribers of these rhythms whose id comes after the given one, in the order of their ids:
// the last one's id is the next call's cursor. uuid.Nil begins. A subscription begun while a walk is on may come up in it;
// ConfirmedAt tells. A walk that begins takes along those whose pause is over.
func (n *Newsletter) Walk(ctx context.Context, after uuid.UUID, rhythms []string, limit int) ([]Subscriber, error) {
	if after == uuid.Nil {
		if err := resume(n.db.Read(ctx), n.today()); err != nil {
			return nil, err
		}
	}
	return walk(n.db.Read(ctx), after, rhythms, limit)
}

// Letterbox is where one subscriber's mail goes. It is opened while a mail is rendered, and never stored.
type Letterbox struct {
	Subscriber Subscriber
	Email      string
	Lang       string
	Links      Links
}

// String keeps an address out of logs that print whole values.
func (Letterbox) String() string { return "[letterbox]" }

// Letterbox opens the letterbox of an active subscriber. It is fault.NotFound when the subscription is gone, paused or ended,
// or never was confirmed: then no mail may go there.
func (n *Newsletter) Letterbox(ctx context.Context, id uuid.UUID) (Letterbox, error) {
	s, person, err := subscriberOf(n.db.Read(ctx), id)
	switch {
	case err != nil:
		return Letterbox{}, err
	case s.State != Active:
		return Letterbox{}, fault.NotFound("newsletter.no_subscription")
	}
	email, err := n.box.Open(person.Email, emailPlace(s.ID))
	if err != nil {
		return Letterbox{}, err
	}
	return Letterbox{Subscriber: s, Email: email, Lang: s.Lang, Links: n.Links(s)}, nil
}
