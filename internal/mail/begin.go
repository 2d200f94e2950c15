package mail

import (
	"context"
	"slices"
	"time"

	"redress/internal/postgres"
)

// begin marks a group `sending`, in one transaction. Mails whose mailbox wants no more are dropped instead; those whose pace lets
// nothing through now stay as they are and come back as early.
func (w *worker) begin(ctx context.Context, l *lane, group []draft) (marked []draft, early []Mail, _ error) {
	now := w.now()
	moves := make([]movement, len(group))
	for i, d := range group {
		moves[i].mail = d.claimed
	}
	var done []movement
	err := w.record(ctx, moves, func(moves []movement) step {
		return func(ctx context.Context, tx *postgres.Tx) ([]movement, error) { return w.mark(ctx, tx, l, moves, now) }
	}, func(moved []movement) { done = append(done, moved...) })
	for _, d := range group {
		at := slices.IndexFunc(done, func(v movement) bool { return v.mail.ID == d.claimed.ID })
		switch {
		case at < 0:
			early = append(early, d.claimed)
		case done[at].outcome.State == Sending:
			d.marked = done[at].mail
			marked = append(marked, d)
		}
	}
	return marked, early, err
}

// mark is begin's transaction. Every worker takes its locks in one order: keys, mailboxes, kinds, rows.
func (w *worker) mark(ctx context.Context, tx *postgres.Tx, l *lane, moves []movement, now time.Time) ([]movement, error) {
	turns, err := w.lockTurns(ctx, tx, l, moves)
	if err != nil {
		return nil, err
	}
	wanted, unwanted, err := w.sortOut(ctx, tx, moves, now)
	if err != nil {
		return nil, err
	}
	if err := w.lockMoves(ctx, tx, "mark", moves); err != nil {
		return nil, err
	}
	var due []Mail
	for _, m := range wanted {
		if !l.live() || turns.take(m.Paces, now) {
			due = append(due, m)
		}
	}
	rows, err := markSending(ctx, tx, w.id, due, now)
	if err != nil {
		return nil, err
	}
	if err := saveTurns(ctx, tx, turns); err != nil {
		return nil, err
	}
	moved, err := settle(ctx, tx, w.id, unwanted)
	for _, row := range rows {
		moved = append(moved, movement{row, Outcome{State: Sending, At: now}})
	}
	return moved, err
}

// lockTurns locks the keys of the mails' paces; what goes into a folder keeps none.
func (w *worker) lockTurns(ctx context.Context, tx *postgres.Tx, l *lane, moves []movement) (pacing, error) {
	if !l.live() {
		return pacing{}, nil
	}
	var keys []string
	for _, v := range moves {
		keys = append(keys, v.mail.Paces...)
	}
	return lockPaces(ctx, tx, keys)
}

// sortOut parts mails from those that their mailbox doesn't want, which are to be dropped.
func (w *worker) sortOut(ctx context.Context, tx *postgres.Tx, moves []movement, now time.Time) (wanted []Mail, unwanted []movement, _ error) {
	silent, err := w.silent(ctx, tx, moves)
	if err != nil {
		return nil, nil, err
	}
	var unasked []Mail
	for _, v := range moves {
		switch {
		case v.mail.Unasked:
			unasked = append(unasked, v.mail)
		case silent[string(v.mail.MailboxKey)]:
			unwanted = append(unwanted, movement{v.mail, Outcome{State: Dropped, At: now}})
		default:
			wanted = append(wanted, v.mail)
		}
	}
	slices.SortStableFunc(unasked, func(a, b Mail) int { return slices.Compare(a.MailboxKey, b.MailboxKey) })
	beside := 0 // mails that this group gives the same mailbox, and that allowed doesn't count yet
	for i, m := range unasked {
		if i > 0 && !slices.Equal(m.MailboxKey, unasked[i-1].MailboxKey) {
			beside = 0
		}
		ok, err := w.wanted(ctx, tx, m, beside, now)
		switch {
		case err != nil:
			return nil, nil, err
		case !ok:
			unwanted = append(unwanted, movement{m, Outcome{State: Dropped, At: now}})
			continue
		case m.SendingAt == nil || !m.SendingAt.After(now.Add(-allowanceTime)):
			beside++
		}
		wanted = append(wanted, m)
	}
	slices.SortFunc(wanted, byAge)
	return wanted, unwanted, nil
}

// silent are the mailboxes among those of bulk mails that asked for silence, sent mail back, or complained.
func (w *worker) silent(ctx context.Context, tx *postgres.Tx, moves []movement) (map[string]bool, error) {
	silent := map[string]bool{}
	if !w.bulk || w.opt.SuppressedAmong == nil {
		return silent, nil
	}
	keys := make([][]byte, len(moves))
	for i, v := range moves {
		keys[i] = v.mail.MailboxKey
	}
	list, err := w.opt.SuppressedAmong(ctx, tx, keys)
	for _, key := range list {
		silent[string(key)] = true
	}
	return silent, err
}

func (w *worker) wanted(ctx context.Context, tx *postgres.Tx, m Mail, beside int, now time.Time) (bool, error) {
	if silent := w.kinds[m.Kind].Suppressed; silent != nil {
		if yes, err := silent(ctx, tx, m); err != nil || yes {
			return false, err
		}
	} else if w.opt.Suppressed != nil {
		if silent, err := w.opt.Suppressed(ctx, tx, m.MailboxKey); err != nil || silent {
			return false, err
		}
	}
	return allowed(ctx, tx, m, beside, now)
}
