package mail

import (
	"context"
	"fmt"
	"time"
)

// Sender hands mails on: to a mail server ([SMTP]), into a folder ([Capture]), or to another intake that a kind names
// ([Kind].Sender).
type Sender interface {
	// Open begins a session. An error means that nothing can be sent now; no mail has been tried.
	Open(ctx context.Context) (Session, error)
	// Accepted is the state of a mail that Send took: Sent or Captured.
	Accepted() string
}

// Hours is what a [Sender] can be besides: one that is closed at times. While it is closed its mails are not claimed and wait
// as they are; no attempt is counted.
type Hours interface {
	// ClosedUntil says whether the sender is closed at now, and until when.
	ClosedUntil(now time.Time) (until time.Time, closed bool)
}

// Session hands on one mail after another.
type Session interface {
	// Ping tells whether the session still stands.
	Ping() error
	// Send returns nil when the mail was acknowledged, a *Refusal when it was refused, and any other error when the session
	// broke and nobody knows. It answers within 90 seconds, when ctx ends.
	Send(ctx context.Context, e *Envelope) error
	Close()
}

// Refusal is a server's no. It carries the reply's code and enhanced status, never its text: servers like to quote
// addresses. The code is SMTP's, or that of whatever the sender speaks (an HTTP status): it reaches the kind's Moved as it is.
type Refusal struct {
	Code      int
	Enhanced  string
	Permanent bool // asking again is pointless
	Closing   bool // the server ends the session
}

// Error names the codes.
func (r *Refusal) Error() string { return fmt.Sprintf("refused with %d %s", r.Code, r.Enhanced) }
