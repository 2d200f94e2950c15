package mail

import (
	"context"
	"fmt"
)

// Sender hands mails on: to a mail server ([SMTP]) or into a folder ([Capture]).
type Sender interface {
	// Open begins a session. An error means that nothing can be sent now; no mail has been tried.
	Open(ctx context.Context) (Session, error)
	// Accepted is the state of a mail that Send took: Sent or Captured.
	Accepted() string
}

// Session hands on one mail after another.
type Session interface {
	// Ping tells whether the session still stands.
	Ping() error
	// Send returns nil when the mail was acknowledged, a *Refusal when it was refused, and any other error when the session
	// broke and nobody knows.
	Send(ctx context.Context, e *Envelope) error
	Close()
}

// Refusal is a server's no. It carries the reply's code and enhanced status, never its text: servers like to quote
// addresses.
type Refusal struct {
	Code      int
	Enhanced  string
	Permanent bool // asking again is pointless
	Closing   bool // the server ends the session
}

// Error names the codes.
func (r *Refusal) Error() string { return fmt.Sprintf("refused with %d %s", r.Code, r.Enhanced) }
