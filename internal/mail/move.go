package mail

import (
	"context"
	"time"

	"redress/internal/postgres"
)

// step changes a row inside a transaction and says to what; moved is false when the row is no longer the worker's.
type step func(ctx context.Context, tx *postgres.Tx, m *Mail) (o Outcome, moved bool, err error)

// move settles a mail and tells its kind.
func (w *worker) move(ctx context.Context, m Mail, o Outcome) error {
	settled := false
	err := w.record(ctx, m, func(ctx context.Context, tx *postgres.Tx, m *Mail) (Outcome, bool, error) {
		moved, err := settle(ctx, tx, m, o)
		return o, moved, err
	}, func(Mail) { settled = true })
	if err == nil && !settled {
		w.opt.Log.WarnContext(ctx, "mail was taken over by another worker", "kind", m.Kind, "mail", m.ID)
	}
	return err
}

// record runs a step and the kind's Moved in one transaction, and calls committed with the row as it then stands.
//
// A kind that can't follow must not cause a second mail to the same person: if Moved fails three times, the row moves
// without it and the log says so. The database being away is different: then nothing can be recorded, and the lease
// decides.
func (w *worker) record(ctx context.Context, m Mail, do step, committed func(Mail)) error {
	var err error
	for try := range 4 {
		var row Mail
		var moved, deaf bool
		if moved, deaf, err = w.recordOnce(ctx, m, &row, do, try < 3); err == nil {
			if moved {
				committed(row)
			}
			return nil
		}
		if deaf {
			w.opt.Log.ErrorContext(ctx, "mail's kind could not follow its move", "kind", m.Kind, "mail", m.ID, "try", try+1,
				"error", plain(err))
		}
		time.Sleep(time.Duration(try*try) * 50 * time.Millisecond)
	}
	return broken("record mail", err)
}

func (w *worker) recordOnce(ctx context.Context, m Mail, row *Mail, do step, tell bool) (moved, deaf bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	err = w.db.InTx(ctx, func(tx *postgres.Tx) error {
		*row, moved, deaf = m, false, false
		o, ok, err := do(ctx, tx, row)
		if err != nil || !ok {
			return err
		}
		moved = true
		if follow := w.kinds[m.Kind].Moved; follow != nil && tell {
			err = follow(ctx, tx, *row, o)
			deaf = err != nil
		}
		return err
	})
	return moved, deaf, err
}
