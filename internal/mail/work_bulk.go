package mail

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// BulkConnections is how many connections of a process carry bulk mail at a time, and so the most that any class of receivers
// meets from it.
const BulkConnections = 4

// WakeBulk is the job that has bulk mail worked. It comes every few seconds; a run lasts while there is something to send.
type WakeBulk struct{}

// Kind names the job.
func (WakeBulk) Kind() string { return "mail.bulk" }

// WorkBulk is [Post.Work] for kinds that are bulk. The two take nothing from each other: a newsletter on its way to a million
// leaves a confirmation its worker. It uses [BulkConnections]; a second call of one process returns at once.
func (p *Post) WorkBulk(ctx context.Context) error {
	if !p.bulk.TryLock() {
		return nil
	}
	defer p.bulk.Unlock()
	faults := make([]error, BulkConnections)
	var all sync.WaitGroup
	for i := range faults {
		all.Go(func() { faults[i] = p.newWorker(true).run(ctx) })
	}
	all.Wait()
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *Post) newWorker(bulk bool) *worker {
	return &worker{
		Post: p, id: uuid.New(), bulk: bulk, sessions: map[*lane]*openSession{}, size: map[*lane]int{}, resting: map[string]time.Time{},
	}
}

// claimBulk takes what is due of bulk kinds.
func (w *worker) claimBulk(ctx context.Context, now time.Time) ([]Mail, error) {
	sent, captured := w.passable(now)
	for _, take := range []struct {
		kinds []string
		paced bool
	}{{sent, true}, {captured, false}} {
		if len(take.kinds) == 0 {
			continue
		}
		mails, err := claimBulk(ctx, w.db, w.id, take.kinds, take.paced, now, batch)
		if err != nil || len(mails) > 0 {
			slices.SortFunc(mails, byAge)
			return mails, err
		}
	}
	return nil, nil
}

// awaitStep waits for the next step of a class of receivers if it is near.
func (w *worker) awaitStep(ctx context.Context) (bool, error) {
	now := w.now()
	sent, _ := w.passable(now)
	if len(sent) == 0 {
		return false, nil
	}
	at, near, err := nextStep(ctx, w.db, sent, now, now.Add(w.patience))
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

// slowDown heeds a receiver that asks for patience: its class rests, here and on every other node; others go on.
func (w *worker) slowDown(ctx context.Context, receiver string) {
	now := w.now()
	if now.Before(w.resting[receiver]) {
		return
	}
	w.resting[receiver] = now.Add(restTime)
	w.opt.Log.InfoContext(ctx, "receivers ask for patience", "receivers", receiver)
	if err := slow(ctx, w.db, receiver, now); err != nil {
		w.opt.Log.WarnContext(ctx, "receivers could not be slowed down", "receivers", receiver, "error", plain(err))
	}
}

// rested parts mails from those whose receivers have asked for patience since they were claimed.
func (w *worker) rested(mails []Mail) (ready, wait []Mail) {
	if len(w.resting) == 0 {
		return mails, nil
	}
	now := w.now()
	for _, m := range mails {
		if m.Receiver != "" && now.Before(w.resting[m.Receiver]) {
			wait = append(wait, m)
		} else {
			ready = append(ready, m)
		}
	}
	return ready, wait
}
