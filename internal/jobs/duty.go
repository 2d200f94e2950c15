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
	ask      river.JobArgs
}

// on makes a duty of a function that works one kind of job.
func on[T river.JobArgs](do func(context.Context, T) error) duty {
	return duty{register: func(workers *river.Workers) error {
		return river.AddWorkerSafely(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[T]) error {
			return do(ctx, job.Args)
		}))
	}}
}

// each has the job done at the start and then at every interval, by one node of a fleet.
func (d duty) each(interval time.Duration, args river.JobArgs) duty {
	d.every, d.ask = interval, args
	return d
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
	return river.NewPeriodicJob(river.PeriodicInterval(d.every), ask, &river.PeriodicJobOpts{ID: d.ask.Kind(), RunOnStart: true})
}
