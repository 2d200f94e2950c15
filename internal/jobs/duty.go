package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// duty is one line of the table: a kind of job, what is done about it, and how often it is asked for
// without anybody asking.
type duty struct {
	register func(*river.Workers) error
	every    time.Duration // 0: only when a subject asks
	night    bool          // at night, not also at the start
	ask      river.JobArgs
}

// on makes a duty of a function that works one kind of job.
func on[T river.JobArgs](do func(context.Context, T) error) duty {
	return duty{register: func(workers *river.Workers) error {
		return river.AddWorkerSafely(workers, worker[T]{do: do})
	}}
}

// worker works one kind of job.
type worker[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	do func(context.Context, T) error
}

func (w worker[T]) Work(ctx context.Context, job *river.Job[T]) error { return w.do(ctx, job.Args) }

// Timeout is what the job's own arguments say; 0: longestJob.
func (w worker[T]) Timeout(job *river.Job[T]) time.Duration {
	if long, ok := any(job.Args).(interface{ Timeout() time.Duration }); ok {
		return long.Timeout()
	}
	return 0
}

// each has the job done at the start and then at every interval, by one node of a fleet.
func (d duty) each(interval time.Duration, args river.JobArgs) duty {
	d.every, d.ask = interval, args
	return d
}

// nightly has the job done once a night, by one node of a fleet.
func (d duty) nightly(args river.JobArgs) duty {
	d.night = true
	return d.each(24*time.Hour, args)
}

// nightHour is when it is quiet, in UTC: before dawn in the east of the United
// States.
const nightHour = 8

// night is the schedule of a job that is done once a night.
type night struct{}

func (night) Next(now time.Time) time.Time {
	now = now.UTC()
	next := time.Date(now.Year(), now.Month(), now.Day(), nightHour, 0, 0, 0, time.UTC)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// schedule asks for the job on time: one in each interval, whichever node asks. One that fails is not tried
// again, since the next comes anyway. An earlier one that still runs doesn't keep the next away: after a node was
// killed its job counts as running for an hour.
func (d duty) schedule() *river.PeriodicJob {
	options := &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: d.every, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
	ask := func() (river.JobArgs, *river.InsertOpts) { return d.ask, options }
	if d.night {
		return river.NewPeriodicJob(night{}, ask, &river.PeriodicJobOpts{ID: d.ask.Kind()})
	}
	return river.NewPeriodicJob(river.PeriodicInterval(d.every), ask, &river.PeriodicJobOpts{ID: d.ask.Kind(), RunOnStart: true})
}
