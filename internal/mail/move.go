package mail

import (
	"context"
	"errors"
	"slices"
	"time"

	"redress/internal/postgres"
)

// movement is a row and the move it takes; where a move has taken place, the row is as it then stands.
type movement struct {
	mail    Mail
	outcome Outcome
}

// after is the row when it has moved.
func (v movement) after() Mail {
	m, o := v.mail, v.outcome
	m.State, m.LastCode, m.LastEnhanced, m.ClaimedBy, m.LeaseUntil = o.State, o.Code, o.Enhanced, nil, nil
	if o.acknowledged() {
		m.SentAt = &o.At
	}
	if o.State == Deferred {
		m.NotBefore = o.Retry
	}
	return m
}

func (o Outcome) acknowledged() bool { return o.State == Sent || o.State == Captured }

// step changes rows inside a transaction and says which moved and to what. It may run again when the transaction failed.
type step func(ctx context.Context, tx *postgres.Tx) (moved []movement, err error)

// settle settles mails in one transaction and tells their kinds.
func (w *worker) settle(ctx context.Context, moves []movement) error {
	moved := 0
	err := w.record(ctx, moves, func(moves []movement) step {
		return func(ctx context.Context, tx *postgres.Tx) ([]movement, error) {
			if err := w.lockMoves(ctx, tx, "settle", moves); err != nil {
				return nil, err
			}
			return settle(ctx, tx, w.id, moves)
		}
	}, func(done []movement) { moved += len(done) })
	if err == nil && moved < len(moves) {
		w.opt.Log.WarnContext(ctx, "mails were taken over by another worker", "kind", moves[0].mail.Kind, "mails", len(moves)-moved)
	}
	return err
}

// record takes one step for all, or when that fails one for each, so that a mail that can't be recorded doesn't keep its
// neighbors from it. committed gets the moves of each transaction as the rows then stand.
func (w *worker) record(ctx context.Context, moves []movement, do func([]movement) step, committed func([]movement)) error {
	if len(moves) > 1 {
		done, err := w.recordOnce(ctx, do(moves), true)
		if err == nil {
			committed(done)
			return nil
		}
		w.opt.Log.WarnContext(ctx, "mails could not be recorded together", "kind", moves[0].mail.Kind, "mails", len(moves), "error", plain(err.cause))
	}
	for _, v := range moves {
		if err := w.recordAlone(ctx, v.mail, do([]movement{v}), committed); err != nil {
			return err
		}
	}
	return nil
}

// recordAlone runs a step and the kind's Moved in one transaction.
//
// A kind that can't follow must not cause a second mail to the same person: if Moved fails three times, the row moves
// without it and the log says so. The database being away is different: then nothing can be recorded, and the lease
// decides.
func (w *worker) recordAlone(ctx context.Context, m Mail, do step, committed func([]movement)) error {
	var err *recordError
	for try := range 4 {
		var done []movement
		if done, err = w.recordOnce(ctx, do, try < 3); err == nil {
			committed(done)
			return nil
		}
		if err.deaf {
			w.opt.Log.ErrorContext(ctx, "mail's kind could not follow its move", "kind", m.Kind, "mail", m.ID, "try", try+1,
				"error", plain(err.cause))
		}
		time.Sleep(time.Duration(try*try) * 50 * time.Millisecond)
	}
	return broken("record mail", err.cause)
}

// recordError is why nothing was recorded; deaf when a kind's Moved failed.
type recordError struct {
	cause error
	deaf  bool
}

func (w *worker) recordOnce(ctx context.Context, do step, tell bool) (moved []movement, _ *recordError) {
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	deaf := false
	err := w.db.InTx(ctx, func(tx *postgres.Tx) (err error) {
		if moved, err = do(ctx, tx); err != nil || !tell {
			return err
		}
		for i, v := range moved {
			if err := w.lost(ctx, tx, v.mail, v.outcome); err != nil {
				deaf = true
				return err
			}
			follow := w.kinds[v.mail.Kind].Moved
			if follow == nil {
				continue
			}
			err := follow(ctx, tx, v.mail, v.outcome)
			if errors.Is(err, ErrUnwanted) && v.outcome.State == Sending {
				moved[i], err = w.drop(ctx, tx, v)
			}
			if err != nil {
				deaf = true
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, &recordError{err, deaf}
	}
	return moved, nil
}

// drop takes back the mark of a mail whose kind doesn't want it sent any more.
func (w *worker) drop(ctx context.Context, tx *postgres.Tx, v movement) (movement, error) {
	gone := movement{v.mail, Outcome{State: Dropped, At: v.outcome.At}}
	dropped, err := settle(ctx, tx, w.id, []movement{gone})
	if err == nil && len(dropped) == 0 {
		err = errNotDropped
	}
	return gone, err
}

// errNotDropped: the row that was just marked isn't there to be dropped.
const errNotDropped = trouble("a mail that nobody wants could not be dropped")

// lockMoves keeps groups whose kinds follow them from waiting for each other in a circle. A mail alone needs no such care, and
// marking, which seldom touches what mails share, doesn't wait for settling.
func (w *worker) lockMoves(ctx context.Context, tx *postgres.Tx, doing string, moves []movement) error {
	if len(moves) < 2 {
		return nil
	}
	var kinds []string
	for _, v := range moves {
		if w.kinds[v.mail.Kind].Moved != nil {
			kinds = append(kinds, v.mail.Kind)
		}
	}
	slices.Sort(kinds)
	for _, kind := range slices.Compact(kinds) {
		if err := lockMoves(ctx, tx, doing+" "+kind); err != nil {
			return err
		}
	}
	return nil
}
