// Package jobs runs the work that follows a request: it owns the River client that takes jobs from the
// database, and the one table of what is worked and when ([Jobs.table], in table.go).
//
// Subjects ask for jobs with [postgres.Tx.Enqueue] and don't know this package. What a failed job
// leaves in the database or the log is a few fixed words (see redact.go), never an error's text.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/postgres"
)

const (
	workersPerNode = 8
	longestJob     = 5 * time.Minute  // a job's context ends then, unless the table says otherwise
	softStop       = 10 * time.Second // how long running jobs may go on after a stop before their context ends
	keepDone       = time.Hour        // finished jobs stay that long; they are many and say nothing
)

// Deps are what the workers need.
type Deps struct {
	DB        *postgres.DB
	Post      *mail.Post
	Log       *slog.Logger                  // nil: slog.Default
	Retention []func(context.Context) error // each erases what one subject has kept long enough
	Recheck   func(context.Context) error   // looks again at letters that wait for newer data; nil: nothing waits
	Notice    func(context.Context) error   // tells the operator of letters that wait to be read; nil: nobody is told
	Audit     func(context.Context) error   // recounts the pledges' signatures; nil: there are none
	Bounces   func(context.Context) error   // reads the mailbox that bounces come to; nil: there is none
	Mailings  *newsletter.Mailings          // nil: there is no newsletter
}

// Jobs works the queue on this node.
type Jobs struct {
	deps   Deps
	client *river.Client[pgx.Tx]
	mails  chan struct{} // one token for each worker that may send mail at a time
}

// New wires the workers. Nothing runs before [Jobs.Start].
func New(d Deps) (*Jobs, error) {
	return wire(d, (*Jobs).table)
}

func wire(d Deps, table func(*Jobs) []duty) (*Jobs, error) {
	if d.DB == nil || d.Post == nil {
		return nil, errors.New("jobs: a database and a post are needed")
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	j := &Jobs{deps: d, mails: make(chan struct{}, mailWorkers)}
	workers := river.NewWorkers()
	var periodic []*river.PeriodicJob
	for _, duty := range table(j) {
		if err := duty.register(workers); err != nil {
			return nil, fmt.Errorf("jobs: %w", err)
		}
		if duty.every > 0 {
			periodic = append(periodic, duty.schedule())
		}
	}
	client, err := river.NewClient(riverpgxv5.New(d.DB.Pool), &river.Config{
		Workers:                     workers,
		PeriodicJobs:                periodic,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workersPerNode}},
		Middleware:                  []rivertype.Middleware{&redaction{log: d.Log}},
		Logger:                      postgres.JobLog(d.Log),
		JobTimeout:                  longestJob,
		SoftStopTimeout:             softStop,
		CompletedJobRetentionPeriod: keepDone,
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	j.client = client
	return j, nil
}

// Start begins to work. It goes on until [Jobs.Stop], whatever becomes of ctx.
func (j *Jobs) Start(ctx context.Context) error {
	if err := j.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	return nil
}

// Stop takes no new jobs and waits for those that run: after ten seconds their contexts end, and
// when ctx ends it waits no more. What was not finished is worked again after the next start.
func (j *Jobs) Stop(ctx context.Context) error {
	if err := j.client.Stop(ctx); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}
