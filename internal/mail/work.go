package mail

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
)

const (
	batch         = 100
	recordTimeout = 30 * time.Second
	// linger is how soon the next turn of a pace must be for a worker to wait for it instead of leaving it to the next sweep.
	linger = 5 * time.Second
)

// Work sends what is due of all kinds but bulk ones and returns when nothing is left that can be sent now. Any number of workers may run, in any number
// of processes. Trouble with mail servers is not an error: the mails wait. An error is the database's; rows claimed then
// come back when their lease runs out.
//
// When ctx ends, Work finishes the mail in hand, gives back the others, and returns nil.
func (p *Post) Work(ctx context.Context) error {
	return p.newWorker(false).run(ctx)
}

func (w *worker) run(ctx context.Context) error {
	defer w.closeAll()
	for ctx.Err() == nil {
		mails, err := w.claim(ctx)
		if err == nil && len(mails) == 0 {
			var turn bool
			if turn, err = w.awaitTurn(ctx); err == nil && !turn {
				return nil
			}
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return broken("claim mails", err)
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
	bulk     bool // it takes bulk kinds, and nothing else
	sessions map[*lane]*openSession
	size     map[*lane]int        // of the lane's next group
	waited   time.Time            // the turn that it has waited for
	resting  map[string]time.Time // classes of receivers that asked for patience, and until when
}

// openSession is a session and when it last answered.
type openSession struct {
	Session
	heard time.Time
}

// claim takes what is due, oldest first: of the mails that keep a pace those whose turn it is, then others.
func (w *worker) claim(ctx context.Context) ([]Mail, error) {
	now := w.now()
	if w.bulk {
		return w.claimBulk(ctx, now)
	}
	sent, captured := w.passable(now)
	var mails []Mail
	for _, take := range []struct {
		kinds []string
		claim func(kinds []string, limit int) ([]Mail, error)
	}{
		{sent, func(kinds []string, n int) ([]Mail, error) { return claimPaced(ctx, w.db, w.id, kinds, now, n/2) }},
		{captured, func(kinds []string, n int) ([]Mail, error) { return claimCaptured(ctx, w.db, w.id, kinds, now, n/2) }},
		{slices.Concat(sent, captured), func(kinds []string, n int) ([]Mail, error) { return claimFree(ctx, w.db, w.id, kinds, now, n) }},
	} {
		if len(take.kinds) == 0 {
			continue
		}
		more, err := take.claim(take.kinds, batch-len(mails))
		if err != nil {
			return nil, err
		}
		mails = append(mails, more...)
	}
	slices.SortFunc(mails, byAge)
	return mails, nil
}

// awaitTurn waits for a pace's next turn if it is near, so that a pace of many an hour isn't held up by the time from one sweep to
// the next. One worker of a process waits at a time; the others go and come back with new mail.
func (w *worker) awaitTurn(ctx context.Context) (bool, error) {
	if w.bulk {
		return w.awaitStep(ctx)
	}
	if !w.lingering.CompareAndSwap(false, true) {
		return false, nil
	}
	defer w.lingering.Store(false)
	now := w.now()
	sent, _ := w.passable(now)
	at, near, err := nextTurn(ctx, w.db, sent, now, now.Add(w.patience))
	if err != nil || !near || at.Equal(w.waited) {
		return false, err
	}
	w.waited = at // once: a clock that stands still brings no turn
	timer := time.NewTimer(at.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return true, nil
}

func (w *worker) release(ctx context.Context, mails []Mail) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if err := release(ctx, w.db, w.id, mails); err != nil {
		return broken("give back mails", err)
	}
	return nil
}

// session is the lane's open session, a new one if the server has closed it meanwhile. If there is none to be had, the lane
// rests for a while.
func (w *worker) session(ctx context.Context, l *lane) (*openSession, bool) {
	if s := w.sessions[l]; s != nil {
		if w.now().Sub(s.heard) < idleTime || s.Ping() == nil {
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
	w.sessions[l] = &openSession{s, w.now()}
	return w.sessions[l], true
}

// hand gives the mail to the server and says what became of it.
func (w *worker) hand(ctx context.Context, l *lane, s *openSession, m Mail, e *Envelope) Outcome {
	err := send(ctx, s, e)
	o := Outcome{State: l.sender.Accepted(), At: w.now()}
	s.heard = o.At
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
	if m.Receiver != "" && asksPatience(refusal) {
		w.slowDown(ctx, m.Receiver)
	}
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
