package pledge

import (
	"context"
	"errors"
	"sync"
	"time"

	"redress/internal/fault"
	"redress/internal/postgres"
)

const (
	// flushMost is how many are written with one commit at most: beyond it a
	// commit is no cheaper per row, and it keeps PostgreSQL's table of locks small.
	flushMost = 256

	// flushWaiting is how many may wait for their turn; who comes then is asked to
	// come back. At a few thousand a second they wait less than a second.
	flushWaiting = 2048

	// flushPatience is how long one commit may take.
	flushPatience = 10 * time.Second

	// crowdedFor is when who found the queue full is asked to come back.
	crowdedFor = 2 * time.Second
)

// errPanicked stands for a panic while a batch was written. Its value may hold
// what a visitor typed.
var errPanicked = errors.New("writing a batch panicked")

// flusher writes together what arrives together, one commit at a time: while one
// commits, the next batch gathers. There is no timer, so nobody who comes alone
// waits for company.
//
// A batch that fails is written again row by row, so that one row at fault fails
// alone; not when the database is away, which fails all of it.
type flusher[E, R any] struct {
	// write writes all of a batch in one transaction or none of it, and says what
	// became of each, in order.
	write func(ctx context.Context, batch []E) ([]R, error)
	done  chan struct{}

	mu    sync.RWMutex // held for reading to queue, for writing to shut
	queue chan turn[E, R]
	shut  bool
}

// turn is one who waits.
type turn[E, R any] struct {
	ctx    context.Context //nolint:containedctx // of the one who waits, not of the writing
	value  E
	answer chan outcome[R] // takes one without a reader
}

type outcome[R any] struct {
	value R
	err   error
}

func newFlusher[E, R any](waiting int, write func(ctx context.Context, batch []E) ([]R, error)) *flusher[E, R] {
	f := &flusher[E, R]{write: write, queue: make(chan turn[E, R], waiting), done: make(chan struct{})}
	go f.run()
	return f
}

// do has value written and returns after the commit. When ctx ends before, the
// row is written or not, as it comes. A full queue is
// fault.Unavailable("pledge.crowded"), one that is shut
// fault.Unavailable("pledge.stopping").
func (f *flusher[E, R]) do(ctx context.Context, value E) (R, error) {
	t := turn[E, R]{ctx: ctx, value: value, answer: make(chan outcome[R], 1)}
	if err := f.join(t); err != nil {
		var none R
		return none, err
	}
	select {
	case o := <-t.answer:
		return o.value, o.err
	case <-ctx.Done():
		var none R
		return none, ctx.Err()
	}
}

func (f *flusher[E, R]) join(t turn[E, R]) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.shut {
		return comeBack("pledge.stopping")
	}
	select {
	case f.queue <- t:
		return nil
	default:
		return comeBack("pledge.crowded")
	}
}

func comeBack(key string) error {
	away := fault.Unavailable(key, nil)
	away.RetryAfter = crowdedFor
	return away
}

// close writes whoever waits and stops.
func (f *flusher[E, R]) close() {
	f.mu.Lock()
	if !f.shut {
		f.shut = true
		close(f.queue)
	}
	f.mu.Unlock()
	<-f.done
}

func (f *flusher[E, R]) run() {
	defer close(f.done)
	for first := range f.queue {
		if batch := f.gather(first); len(batch) > 0 {
			f.flush(batch)
		}
	}
}

// gather is everybody who waits by now, up to flushMost, without those who have
// gone.
func (f *flusher[E, R]) gather(first turn[E, R]) []turn[E, R] {
	batch := make([]turn[E, R], 0, flushMost)
	for next, waits := first, true; waits; {
		if next.ctx.Err() == nil {
			batch = append(batch, next)
		}
		if len(batch) == flushMost {
			break
		}
		select {
		case next, waits = <-f.queue:
		default:
			waits = false
		}
	}
	return batch
}

// flush writes a batch and answers everyone in it.
func (f *flusher[E, R]) flush(batch []turn[E, R]) {
	err := f.attempt(batch)
	switch {
	case err == nil:
	case len(batch) == 1 || postgres.IsUnavailable(err):
		refuse(batch, err)
	default:
		f.flushAlone(batch)
	}
}

// flushAlone writes row by row what could not be written together.
func (f *flusher[E, R]) flushAlone(batch []turn[E, R]) {
	for i := range batch {
		err := f.attempt(batch[i : i+1])
		if postgres.IsUnavailable(err) {
			refuse(batch[i:], err)
			return
		}
		if err != nil {
			refuse(batch[i:i+1], err)
		}
	}
}

func refuse[E, R any](batch []turn[E, R], err error) {
	for _, t := range batch {
		t.answer <- outcome[R]{err: err}
	}
}

// attempt writes a batch with one commit and, when that succeeded, answers.
func (f *flusher[E, R]) attempt(batch []turn[E, R]) error {
	values := make([]E, len(batch))
	for i, t := range batch {
		values[i] = t.value
	}
	written, err := f.guarded(values)
	if err != nil {
		return err
	}
	for i, t := range batch {
		t.answer <- outcome[R]{value: written[i]}
	}
	return nil
}

// guarded keeps a panic from ending the program, as net/http does for a request.
func (f *flusher[E, R]) guarded(values []E) (written []R, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), flushPatience)
	defer cancel()
	defer func() {
		if recover() != nil {
			written, err = nil, errPanicked
		}
	}()
	written, err = f.write(ctx, values)
	if err == nil && len(written) != len(values) {
		err = errors.New("a batch came back with another number of rows")
	}
	return written, err
}

// layers splits a batch so that no two of one mailbox are in one statement, in
// which they could not see each other; they keep their order. Nearly always it
// is one layer.
func layers[E any](batch []E, mailbox func(E) int64) [][]int {
	var all [][]int
	depth := make(map[int64]int, len(batch))
	for i, e := range batch {
		at := depth[mailbox(e)]
		depth[mailbox(e)]++
		if at == len(all) {
			all = append(all, nil)
		}
		all[at] = append(all[at], i)
	}
	return all
}

// inLayers runs do on each layer of a batch and puts what it says of each back in
// the order of the batch.
func inLayers[E, R any](batch []E, mailbox func(E) int64, do func([]E) ([]R, error)) ([]R, error) {
	all := make([]R, len(batch))
	for _, layer := range layers(batch, mailbox) {
		part := make([]E, len(layer))
		for i, at := range layer {
			part[i] = batch[at]
		}
		said, err := do(part)
		if err != nil {
			return nil, err
		}
		for i, at := range layer {
			all[at] = said[i]
		}
	}
	return all, nil
}

func each[E, R any](all []E, of func(E) R) []R {
	list := make([]R, len(all))
	for i, e := range all {
		list[i] = of(e)
	}
	return list
}
