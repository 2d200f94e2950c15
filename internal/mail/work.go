package mail

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

const (
	batch         = 50
	recordTimeout = 30 * time.Second
)

// Work sends what is due and returns when nothing is left that can be sent now. Any number of workers may run, in any number
// of processes. Trouble with mail servers is not an error: the mails wait. An error is the database's; rows claimed then
// come back when their lease runs out.
//
// When ctx ends, Work finishes the mail in hand, gives back the others, and returns nil.
func (p *Post) Work(ctx context.Context) error {
	w := &worker{Post: p, id: uuid.New(), sessions: map[*lane]Session{}}
	defer w.closeAll()
	for ctx.Err() == nil {
		now := p.now()
		kinds := p.passable(now)
		if len(kinds) == 0 {
			return nil
		}
		mails, err := claim(ctx, p.db, w.id, kinds, now, batch)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return broken("claim mails", err)
		}
		if len(mails) == 0 {
			return nil
		}
		if err := w.deliverAll(ctx, mails); err != nil {
			return err
		}
	}
	return nil
}

// worker is one run of Work: its claims and its sessions, one per lane, kept over the batch.
type worker struct {
	*Post
	id       uuid.UUID
	sessions map[*lane]Session
}

func (w *worker) deliverAll(ctx context.Context, mails []Mail) error {
	var untried []Mail
	for i, m := range mails {
		if ctx.Err() != nil {
			untried = append(untried, mails[i:]...)
			break
		}
		// What has begun is brought to its end and recorded, also while the program stops.
		tried, err := w.deliver(context.WithoutCancel(ctx), m)
		if err != nil {
			_ = w.release(ctx, append(untried, mails[i+1:]...)) // the lease gives them back otherwise
			return err
		}
		if !tried {
			untried = append(untried, m)
		}
	}
	return w.release(ctx, untried)
}

func (w *worker) release(ctx context.Context, mails []Mail) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	return release(ctx, w.db, w.id, mails)
}

// deliver brings one claimed mail to its next state. tried is false when its lane is closed, so that the mail goes back as it
// was.
func (w *worker) deliver(ctx context.Context, m Mail) (tried bool, err error) {
	if w.lane(m.Kind).shut(w.now()) {
		return false, nil
	}
	envelope, lane, o := w.prepare(ctx, &m)
	if envelope == nil {
		return true, w.move(ctx, m, o)
	}
	session, ok := w.session(ctx, lane)
	if !ok {
		return false, nil
	}
	m, proceed, err := w.begin(ctx, m)
	if err != nil || !proceed {
		return true, err
	}
	return true, w.move(ctx, m, w.hand(ctx, lane, session, m, envelope))
}

// session is the lane's open session, a new one if the server has closed it meanwhile. If there is none to be had, the lane
// rests for a while.
func (w *worker) session(ctx context.Context, l *lane) (Session, bool) {
	if s := w.sessions[l]; s != nil {
		if s.Ping() == nil {
			return s, true
		}
		w.close(l)
	}
	s, err := l.sender.Open(ctx)
	if err != nil {
		l.circuit.trip(w.now())
		w.opt.Log.WarnContext(ctx, "mail can't go out now", "error", plain(err))
		return nil, false
	}
	l.circuit.reset()
	w.sessions[l] = s
	return s, true
}

// begin marks a mail `sending`, unless its mailbox wants no more: then it is dropped. proceed is false when there is nothing
// to send.
func (w *worker) begin(ctx context.Context, m Mail) (_ Mail, proceed bool, _ error) {
	now := w.now()
	err := w.record(ctx, m, func(ctx context.Context, tx *postgres.Tx, m *Mail) (Outcome, bool, error) {
		wanted, err := w.wanted(ctx, tx, *m, now)
		if err != nil {
			return Outcome{}, false, err
		}
		if !wanted {
			o := Outcome{State: Dropped, At: now}
			moved, err := settle(ctx, tx, m, o)
			return o, moved, err
		}
		moved, err := markSending(ctx, tx, m, now)
		return Outcome{State: Sending, At: now}, moved, err
	}, func(moved Mail) { m, proceed = moved, moved.State == Sending })
	return m, proceed, err
}

func (w *worker) wanted(ctx context.Context, tx *postgres.Tx, m Mail, now time.Time) (bool, error) {
	if !m.Unasked {
		return true, nil
	}
	if w.opt.Suppressed != nil {
		if silent, err := w.opt.Suppressed(ctx, tx, m.MailboxKey); err != nil || silent {
			return false, err
		}
	}
	return allowed(ctx, tx, m, now)
}

// hand gives the mail to the server and says what became of it.
func (w *worker) hand(ctx context.Context, l *lane, s Session, m Mail, e *Envelope) Outcome {
	err := send(ctx, s, e)
	o := Outcome{State: l.sender.Accepted(), At: w.now()}
	if err == nil {
		return o
	}
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		// The session broke. The server may have the mail or not; it gets it again, with the same Message-ID.
		w.close(l)
		l.circuit.trip(o.At)
		w.opt.Log.WarnContext(ctx, "mail session broke", "kind", m.Kind, "mail", m.ID, "error", plain(err))
		return deferral(m, o)
	}
	if refusal.Closing {
		w.close(l)
	}
	o.Code, o.Enhanced = refusal.Code, refusal.Enhanced
	w.opt.Log.WarnContext(ctx, "mail refused", "kind", m.Kind, "mail", m.ID, "code", o.Code, "enhanced", o.Enhanced)
	if refusal.Permanent {
		o.State = Failed
		return o
	}
	return deferral(m, o)
}

// send bounds a hand-over as the lease does.
func send(ctx context.Context, s Session, e *Envelope) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return s.Send(ctx, e)
}

// deferral turns an outcome into one more try, or into the end when 48 hours have been tried.
func deferral(m Mail, o Outcome) Outcome {
	tried := o.At
	if m.TriedAt != nil {
		tried = *m.TriedAt
	}
	at, give := retry(m.Attempts, tried, o.At)
	if give {
		o.State = Failed
		return o
	}
	o.State, o.Retry = Deferred, at.UTC().Truncate(time.Microsecond)
	return o
}

func (w *worker) close(l *lane) {
	if s := w.sessions[l]; s != nil {
		s.Close()
		delete(w.sessions, l)
	}
}

func (w *worker) closeAll() {
	for l := range w.sessions {
		w.close(l)
	}
}
