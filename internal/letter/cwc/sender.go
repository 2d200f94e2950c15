package cwc

import (
	"context"
	"errors"
	"net/http"
	"time"

	"redress/internal/civics"
	"redress/internal/mail"
)

// Sender hands a chamber's messages over for the mail queue: Envelope.Raw is
// the document that [Message.XML] wrote, and the envelope's addresses are not
// looked at. It satisfies [mail.Sender].
type Sender struct {
	client  *Client
	chamber civics.Chamber
}

var _ mail.Sender = (*Sender)(nil)

// Sender gives the chamber's sender, also where no key is set: then it opens no
// session.
func (c *Client) Sender(chamber civics.Chamber) *Sender { return &Sender{client: c, chamber: chamber} }

// Accepted is [mail.Sent], or [mail.Captured] while testing, when nothing
// reaches an office.
func (s *Sender) Accepted() string {
	if s.client.testing {
		return mail.Captured
	}
	return mail.Sent
}

// ClosedUntil tells whether the service is closed for maintenance, or the list of
// offices isn't at hand yet after the program's start: letters wait for it, for
// two days at most, and are looked at again a minute later.
func (s *Sender) ClosedUntil(now time.Time) (until time.Time, closed bool) {
	if until, closed = ClosedUntil(s.chamber, now); closed {
		return until, true
	}
	v := s.client.services[s.chamber]
	if v == nil {
		return time.Time{}, false
	}
	if until, closed = v.awaitsList(now); closed && until.After(now.Add(listSoon)) {
		until = now.Add(listSoon)
	}
	return until, closed
}

// Open begins a session unless the service is closed, or rests after it refused
// this site or asked for a pause. It makes no connection.
func (s *Sender) Open(context.Context) (mail.Session, error) {
	v, err := s.client.service(s.chamber)
	if err != nil {
		return nil, err
	}
	opened := &session{client: s.client, service: v}
	if err := opened.Ping(); err != nil {
		return nil, err
	}
	return opened, nil
}

// session has no connection: each message makes its own.
type session struct {
	client  *Client
	service *service
}

// Ping tells whether messages may be sent now.
func (s *session) Ping() error {
	if _, closed := ClosedUntil(s.service.chamber, s.service.now()); closed {
		return &Trouble{Chamber: s.service.chamber, Doing: "reach", Why: "closed for maintenance"}
	}
	if why, resting := s.service.resting(); resting {
		return &Trouble{Chamber: s.service.chamber, Doing: "reach", Why: why}
	}
	return nil
}

// Send hands over one message. A no is a [*mail.Refusal] with the status; a
// document that is no message is refused with 400 without asking.
func (s *session) Send(ctx context.Context, e *mail.Envelope) error {
	err := s.client.Send(ctx, s.service.chamber, e.Raw)
	var refusal *Refusal
	var invalid *InvalidError
	var trouble *Trouble
	switch {
	case errors.As(err, &trouble): // the queue knows it by its type alone
		s.service.log.WarnContext(ctx, "a message to Congress got no answer", "mail", e.ID, "error", trouble.Error())
	case errors.As(err, &refusal):
		return &mail.Refusal{Code: refusal.Status, Permanent: refusal.Permanent, Closing: !refusal.Permanent}
	case errors.As(err, &invalid):
		s.service.log.ErrorContext(ctx, "a message is not one that Congress takes", "mail", e.ID, "fields", fields(invalid.Faults))
		return &mail.Refusal{Code: http.StatusBadRequest, Permanent: true}
	}
	return err
}

func (*session) Close() {}
