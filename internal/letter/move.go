package letter

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"redress/internal/mail"
	"redress/internal/postgres"
)

// move is a step that a delivery is asked to take.
type move struct {
	delivery uuid.UUID
	to       State
	code     int
	enhanced string
	why      Hold // of a move to Held
	at       time.Time

	from     []State   // where it may begin, of what is legal; nil: all of it
	mail     uuid.UUID // the mail that moved it, if one did: another's is too late
	release  *release  // of a move from Held
	fallBack *fallBack // of a move to NeedsYou, by another channel than it was to take
}

// fallBack is the way that a delivery goes on when its channel can't take it.
type fallBack struct{ channel, sentTo string }

// release is what a delivery that was held goes on with.
type release struct {
	carriedBy uuid.UUID
	sentTo    string
	checkedAt *time.Time
}

// legalFrom are the states that the move may begin in. What is held moves by a
// person's word, never by its former mail, which is dropped: not even to be held
// for another reason, or what a person is to read would go on by itself.
func (m move) legalFrom() []State {
	return slices.DeleteFunc(slices.Clone(legalFrom[m.to]), func(s State) bool {
		return m.mail != uuid.Nil && s == Held || m.from != nil && !slices.Contains(m.from, s)
	})
}

// stateOfMail says where a delivery stands when its mail has moved.
var stateOfMail = map[string]State{
	mail.Queued:   Queued,
	mail.Sending:  Sending,
	mail.Sent:     Sent,
	mail.Captured: Captured,
	mail.Deferred: Deferred,
	mail.Failed:   Failed,
	mail.Bounced:  Bounced,
	mail.Dropped:  Failed,
}

// Moved follows the mail of a delivery; it is the Moved of MailDelivery's kind
// and runs in the transaction that moved the mail. A mail that no longer carries
// the delivery moves nothing, and is not sent (mail.ErrUnwanted).
func (l *Letters) Moved(ctx context.Context, tx *postgres.Tx, m mail.Mail, o mail.Outcome) error {
	to, known := stateOfMail[o.State]
	if !known {
		return fmt.Errorf("mail moved to %q, which no delivery knows", o.State)
	}
	moved, err := step(ctx, tx, move{delivery: m.SubjectID, to: to, code: o.Code, enhanced: o.Enhanced, at: o.At, mail: m.ID})
	if err == nil && !moved && to == Sending {
		return mail.ErrUnwanted // stopped, given back or erased since it was drawn
	}
	return err
}
