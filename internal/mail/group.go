package mail

import (
	"context"
	"slices"
	"time"
)

// A group is marked together, handed over one after the other, and settled together, so that a mail costs a fraction of a
// transaction. A crash repeats at most what is marked, so a group is no more than a lane's server took in groupTime, as the
// worker has seen it: it begins with one mail and doubles at most.
const (
	largestGroup = 32
	groupTime    = time.Second
	// settleAfter is how long acknowledged mails wait for the rest of their group, and the age at which the leases of the rest
	// are renewed before another mail is begun. With sendTimeout and a new session it stays below sendLease.
	settleAfter = 2 * time.Second
	// idleTime is how long a session may rest before it is asked whether it still stands.
	idleTime = 2 * time.Second
)

// draft is a mail on its way through a worker.
type draft struct {
	claimed  Mail // as it was before
	marked   Mail // as it is `sending`
	envelope *Envelope
}

// deliverAll brings claimed mails to their next states, group by group; it gives back what it couldn't begin.
func (w *worker) deliverAll(ctx context.Context, mails []Mail) error {
	for len(mails) > 0 && ctx.Err() == nil {
		var group, early []Mail
		if mails, early = w.rested(mails); len(early) > 0 {
			if err := w.release(ctx, early); err != nil {
				return err
			}
			continue
		}
		l := w.lane(mails[0].Kind)
		group, mails = w.portion(l, mails)
		// What has begun is brought to its end and recorded, also while the program stops.
		untried, err := w.deliver(context.WithoutCancel(ctx), ctx.Done(), l, group)
		if err != nil {
			_ = w.release(ctx, append(untried, mails...)) // the lease gives them back otherwise
			return err
		}
		if err := w.release(ctx, untried); err != nil {
			return err
		}
	}
	return w.release(ctx, mails)
}

// portion parts the lane's next mails from the others, as many as make a group.
func (w *worker) portion(l *lane, mails []Mail) (group, others []Mail) {
	size := max(1, w.size[l])
	for _, m := range mails {
		if len(group) < size && w.lane(m.Kind) == l {
			group = append(group, m)
		} else {
			others = append(others, m)
		}
	}
	return group, others
}

// deliver brings mails of one lane to their next states. untried are those that go back as they were: the lane is closed, their
// pace lets nothing through, or the program stops.
func (w *worker) deliver(ctx context.Context, stop <-chan struct{}, l *lane, mails []Mail) (untried []Mail, _ error) {
	if l.shut(w.now()) {
		return mails, nil
	}
	ways, done, untried := w.prepareAll(ctx, stop, mails)
	if err := w.settle(ctx, done); err != nil {
		return append(untried, claimedOf(ways)...), err
	}
	for i, way := range ways {
		left, err := w.deliverGroup(ctx, stop, way.lane, way.drafts)
		untried = append(untried, left...)
		if err != nil {
			return append(untried, claimedOf(ways[i+1:])...), err
		}
	}
	return untried, nil
}

// way is drafts that leave by one lane.
type way struct {
	lane   *lane
	drafts []draft
}

func claimedOf(ways []way) (mails []Mail) {
	for _, way := range ways {
		for _, d := range way.drafts {
			mails = append(mails, d.claimed)
		}
	}
	return mails
}

// prepareAll renders mails and sorts them by their ways out; done are moves of those that have none. It stops early when the
// program does, or when rendering takes so long that the claims could run out.
func (w *worker) prepareAll(ctx context.Context, stop <-chan struct{}, mails []Mail) (ways []way, done []movement, untried []Mail) {
	began := w.now()
	for i, m := range mails {
		if i > 0 && (stopped(stop) || w.now().Sub(began) > groupTime) {
			return ways, done, mails[i:]
		}
		claimed := m
		e, l, o := w.prepare(ctx, &m)
		if e == nil {
			done = append(done, movement{m, o})
			continue
		}
		at := slices.IndexFunc(ways, func(way way) bool { return way.lane == l })
		if at < 0 {
			at, ways = len(ways), append(ways, way{lane: l})
		}
		ways[at].drafts = append(ways[at].drafts, draft{claimed: claimed, envelope: e})
	}
	return ways, done, nil
}

func (w *worker) deliverGroup(ctx context.Context, stop <-chan struct{}, l *lane, group []draft) (untried []Mail, err error) {
	if _, ok := w.session(ctx, l); !ok {
		return w.turnedAway(ctx, l, group)
	}
	marked, untried, err := w.begin(ctx, l, group)
	if err != nil {
		return untried, err
	}
	return untried, w.handAll(ctx, stop, l, marked)
}

// turnedAway gives mails back whose lane has no session. Those that leave by another way than their kind's, to be captured, are
// tried again later: their kind's lane stays open and would offer them again at once.
func (w *worker) turnedAway(ctx context.Context, l *lane, group []draft) (untried []Mail, _ error) {
	var moves []movement
	for _, d := range group {
		if w.lane(d.claimed.Kind) == l {
			untried = append(untried, d.claimed)
			continue
		}
		m := d.claimed
		m.Attempts++
		moves = append(moves, movement{m, deferral(m, Outcome{At: w.now()})})
	}
	return untried, w.settle(ctx, moves)
}

// handAll hands over marked mails one after the other and settles them. What can't be begun any more is unmarked.
func (w *worker) handAll(ctx context.Context, stop <-chan struct{}, l *lane, marked []draft) error {
	if len(marked) == 0 {
		return nil
	}
	began, leased, taken := w.now(), *marked[0].marked.SendingAt, 0
	var done []movement
	for len(marked) > 0 {
		if taken > 0 && (stopped(stop) || l.shut(w.now())) {
			break
		}
		session, ok := w.session(ctx, l)
		if !ok {
			break
		}
		if w.now().Sub(leased) > settleAfter {
			leased = w.now()
			left, err := w.settleEarly(ctx, done, marked, leased)
			if err != nil {
				return err
			}
			if done, marked = nil, left; len(marked) == 0 {
				break
			}
		}
		d := marked[0]
		done = append(done, movement{d.marked, w.hand(ctx, l, session, d.marked, d.envelope)})
		marked, taken = marked[1:], taken+1
	}
	w.learn(l, taken, w.now().Sub(began))
	return w.settle(ctx, append(done, unmark(marked, w.now())...))
}

// settleEarly settles what is done when a group takes long, and renews the leases of the rest; it gives those that are still the
// worker's.
func (w *worker) settleEarly(ctx context.Context, done []movement, rest []draft, now time.Time) ([]draft, error) {
	if err := w.settle(ctx, done); err != nil {
		return nil, err
	}
	mails := make([]Mail, len(rest))
	for i, d := range rest {
		mails[i] = d.marked
	}
	ctx, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	ours, err := renew(ctx, w.db, w.id, mails, now)
	if err != nil {
		return nil, broken("renew leases", err)
	}
	return slices.DeleteFunc(slices.Clone(rest), func(d draft) bool { return !slices.Contains(ours, d.marked.ID) }), nil
}

// unmark takes back the mark of mails that no server has seen: no attempt counts. Their kinds, which know them as being sent,
// hear that they are deferred.
func unmark(rest []draft, now time.Time) []movement {
	moves := make([]movement, len(rest))
	for i, d := range rest {
		m, was := d.marked, d.claimed
		m.Attempts, m.TriedAt, m.SendingAt = was.Attempts, was.TriedAt, was.SendingAt
		moves[i] = movement{m, Outcome{State: Deferred, At: now, Code: was.LastCode, Enhanced: was.LastEnhanced, Retry: was.NotBefore}}
	}
	return moves
}

// learn sizes the lane's next group by what became of this one.
func (w *worker) learn(l *lane, taken int, took time.Duration) {
	if taken == 0 {
		return
	}
	next := min(2*max(1, w.size[l]), largestGroup)
	if each := took / time.Duration(taken); each > 0 {
		next = min(next, int(groupTime/each))
	}
	w.size[l] = max(1, next)
}

func stopped(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}
