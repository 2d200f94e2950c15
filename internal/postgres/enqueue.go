package postgres

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// Job is what a worker is asked to do: a plain struct with JSON tags. Its fields are kept in the
// database for days, so they hold ids, never personal data.
type Job interface {
	Kind() string
}

// UniqueJob is a [Job] of which one waiting or running at a time is enough; a second with equal
// arguments is dropped. Inserting one waits for other transactions that insert its twin, so it is
// not for transactions that are many at once.
type UniqueJob interface {
	Job
	UniquePending() bool
}

// inserter is the part of River's client that works inside a transaction.
type inserter interface {
	InsertManyTx(ctx context.Context, tx pgx.Tx, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
}

// newInsertClient returns a River client that can only insert, into transactions that are lent to it.
func newInsertClient(log *slog.Logger) (*river.Client[pgx.Tx], error) {
	client, err := river.NewClient(riverpgxv5.New(nil), &river.Config{Logger: JobLog(log)})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return client, nil
}

// Enqueue adds jobs to the transaction: they exist when it commits, and not before.
func (tx *Tx) Enqueue(ctx context.Context, jobs ...Job) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, job := range jobs {
		params[i] = river.InsertManyParams{Args: job, InsertOpts: insertOptions(job)}
	}
	if _, err := tx.insert.InsertManyTx(ctx, tx.bridge, params); err != nil {
		return fmt.Errorf("enqueue %s: %w", jobs[0].Kind(), err)
	}
	return nil
}

// insertOptions turns the marker of a unique job into River's words. Nil leaves what the job says
// itself (InsertOpts) and River's defaults.
func insertOptions(job Job) *river.InsertOpts {
	unique, ok := job.(UniqueJob)
	if !ok || !unique.UniquePending() {
		return nil
	}
	return &river.InsertOpts{UniqueOpts: river.UniqueOpts{
		ByArgs: true,
		ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		},
	}}
}
