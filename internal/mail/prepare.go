package mail

import (
	"context"
	"fmt"
	"time"

	"redress/internal/fault"
)

const renderTimeout = 30 * time.Second

// errNoFolder keeps a mail in test mode from going out when there is no folder to capture it in.
const errNoFolder = trouble("there is no folder to capture a mail in test mode")

// prepare renders a mail and says by which way it goes. Without an envelope the outcome says what becomes of the row instead.
func (w *worker) prepare(ctx context.Context, m *Mail) (*Envelope, *lane, Outcome) {
	e, err := w.Draw(ctx, *m)
	now := w.now()
	switch {
	case fault.KindOf(err) == fault.KindNotFound:
		return nil, nil, Outcome{State: Dropped, At: now}
	case unsendable(err):
		w.opt.Log.ErrorContext(ctx, "mail can't be sent as it is", "kind", m.Kind, "mail", m.ID, "error", plain(err))
		return nil, nil, Outcome{State: Failed, At: now}
	case err == nil && e.Capture && w.folder == nil:
		err = errNoFolder
	}
	if err != nil {
		w.opt.Log.ErrorContext(ctx, "mail not rendered", "kind", m.Kind, "mail", m.ID, "fault", fault.KindOf(err).String())
		m.Attempts++
		if m.TriedAt == nil {
			m.TriedAt = &now
		}
		return nil, nil, deferral(*m, Outcome{At: now})
	}
	if e.Capture {
		return e, w.folder, Outcome{}
	}
	return e, w.lane(m.Kind), Outcome{}
}

// notComposed is an error of what the mail says, not of saying it: it won't be better the next time.
type notComposed struct{ error }

func (e notComposed) Unwrap() error { return e.error }

// Unsendable marks an error of a kind's Build as one that no other try would mend: its mail fails.
func Unsendable(err error) error { return notComposed{err} }

func unsendable(err error) bool {
	_, is := err.(notComposed) //nolint:errorlint // Draw returns it as it is; a kind can't wrap it
	return is
}

// Draw asks a mail's kind what goes out and sends nothing: a worker does so just before it sends. fault.NotFound means that the
// subject is gone. A kind's panic is an error like another, and is not printed: it may quote a person.
func (p *Post) Draw(ctx context.Context, m Mail) (e *Envelope, err error) {
	ctx, cancel := context.WithTimeout(ctx, renderTimeout)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic of type %T while rendering", r)
		}
	}()
	kind := p.kinds[m.Kind]
	if kind.Build == nil {
		message, err := kind.Render(ctx, m)
		if err != nil {
			return nil, err
		}
		if e, err = p.compose(m, message); err != nil {
			return nil, notComposed{err}
		}
		return e, nil
	}
	built, err := kind.Build(ctx, m)
	if err != nil {
		return nil, err
	}
	if len(built.Raw) == 0 {
		return nil, notComposed{errEmpty}
	}
	built.ID, built.Kind = m.ID, m.Kind
	if built.At.IsZero() {
		built.At = p.opt.Now().UTC()
	}
	return &built, nil
}
