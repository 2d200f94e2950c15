package civics

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"redress/internal/fault"
)

const (
	// A geocoder that fails at once costs a visitor little; one that lets them wait
	// before it fails costs much. So 12 failures in a row, or 3 slow ones, are enough.
	failuresInRow = 12
	slowCountsAs  = 4
	slowFailure   = 2 * time.Second

	breakerPause  = 30 * time.Second // until one question tries again, give or take a quarter
	breakerJitter = 0.25

	questionsAtOnce = 32
	questionsOfOne  = 8 // of one asker: a phone bank's; a robot's don't take all
	busyPause       = 5 * time.Second

	// longestQuestion ends what a geocoder itself does not end.
	longestQuestion = 30 * time.Second
)

type guard struct {
	next    Geocoder
	log     *slog.Logger
	breaker circuitbreaker.CircuitBreaker[any]
	slots   chan struct{}

	mu     sync.Mutex
	asking map[any]int // questions on their way, by asker
}

type askerKey struct{}

// WithAsker says who asks the geocoder on behalf of this context: a comparable
// value, such as a network. It is kept in memory while a question is on its way,
// and nowhere else.
func WithAsker(ctx context.Context, asker any) context.Context {
	return context.WithValue(ctx, askerKey{}, asker)
}

// Guard keeps a geocoder in trouble from making every visitor wait for it. After
// 12 failures in a row, or 3 that took over 2 seconds, it answers
// fault.Unavailable at once, with the time to come back after; half a minute
// later one question is let through, and decides. At most 32 questions are on
// their way at once, 8 of one asker (WithAsker); over that it is
// fault.Unavailable too. A question goes on
// when who asked it has left, so leaving says nothing about the geocoder. The log
// tells when its state changes, never what was asked.
func Guard(g Geocoder, log *slog.Logger) Geocoder {
	breaker := circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(failuresInRow).
		WithSuccessThreshold(1).
		WithDelay(breakerPause).
		WithJitterFactor(breakerJitter).
		OnOpen(func(circuitbreaker.StateChangedEvent) {
			log.Warn("the geocoder fails: it is not asked for a while", "pause", breakerPause.String())
		}).
		OnHalfOpen(func(circuitbreaker.StateChangedEvent) { log.Info("the geocoder is tried again") }).
		OnClose(func(circuitbreaker.StateChangedEvent) { log.Info("the geocoder answers again") }).
		Build()
	return &guard{next: g, log: log, breaker: breaker, slots: make(chan struct{}, questionsAtOnce), asking: map[any]int{}}
}

// Address implements Geocoder.
func (g *guard) Address(ctx context.Context, congress int, oneLine string) ([]Place, error) {
	return guarded(ctx, g, func(ctx context.Context) ([]Place, error) { return g.next.Address(ctx, congress, oneLine) })
}

// Point implements Geocoder.
func (g *guard) Point(ctx context.Context, congress int, lat, lon float64) (Place, error) {
	return guarded(ctx, g, func(ctx context.Context) (Place, error) { return g.next.Point(ctx, congress, lat, lon) })
}

func guarded[T any](ctx context.Context, g *guard, ask func(context.Context) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, fault.Unavailable("civics.geocoder.down", err)
	}
	asker := ctx.Value(askerKey{})
	if !g.enter(asker) {
		return none, comeBack("civics.geocoder.busy", busyPause)
	}
	if !g.breaker.TryAcquirePermit() {
		g.leave(asker)
		return none, comeBack("civics.geocoder.down", max(g.breaker.RemainingDelay(), busyPause))
	}
	type outcome struct {
		found T
		err   error
	}
	answered := make(chan outcome, 1)
	go func() {
		var o outcome
		began := time.Now()
		o.found, o.err = attempt(context.WithoutCancel(ctx), g.log, ask)
		g.record(o.err, time.Since(began))
		g.leave(asker)
		answered <- o
	}()
	select {
	case o := <-answered:
		return o.found, o.err
	case <-ctx.Done():
		return none, fault.Unavailable("civics.geocoder.down", ctx.Err())
	}
}

// enter takes a place among the questions on their way. Who isn't known (nil) has
// no bound of their own.
func (g *guard) enter(asker any) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if asker != nil && g.asking[asker] >= questionsOfOne {
		return false
	}
	select {
	case g.slots <- struct{}{}:
	default:
		return false
	}
	if asker != nil {
		g.asking[asker]++
	}
	return true
}

func (g *guard) leave(asker any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	<-g.slots
	if g.asking[asker]--; g.asking[asker] <= 0 {
		delete(g.asking, asker)
	}
}

func comeBack(key string, after time.Duration) error {
	f := fault.Unavailable(key, nil)
	f.RetryAfter = after
	return f
}

// attempt asks once. A panic, which in a goroutine would end the program, is a
// failure; its value may hold what was asked and is not kept.
func attempt[T any](ctx context.Context, log *slog.Logger, ask func(context.Context) (T, error)) (found T, err error) {
	ctx, cancel := context.WithTimeout(ctx, longestQuestion)
	defer cancel()
	defer func() {
		if recover() != nil {
			log.Error("the geocoder's client panicked", "stack", string(debug.Stack()))
			err = fault.Unavailable("civics.geocoder.down", errors.New("the geocoder's client panicked"))
		}
	}()
	return ask(ctx)
}

// record tells the breaker how a question ended. That a place is unknown is an
// answer.
func (g *guard) record(err error, took time.Duration) {
	kind := fault.KindOf(err)
	if err == nil || kind != fault.KindUnavailable && kind != fault.KindInternal {
		g.breaker.RecordSuccess()
		return
	}
	g.breaker.RecordFailure()
	if took >= slowFailure {
		for range slowCountsAs - 1 {
			g.breaker.RecordFailure()
		}
	}
}
