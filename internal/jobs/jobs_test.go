package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

const canary = "maya@canary.example"

// journal is a log that several goroutines write.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// post is a real post room that captures mails of the kind "note".
func post(t *testing.T, db *postgres.DB) *mail.Post {
	t.Helper()
	capture := mail.NewCapture(t.TempDir())
	p := mail.New(db, mail.Options{Sender: capture, Officials: capture, From: netmail.Address{Address: "center@example.org"}})
	p.Register(mail.Kind{Name: "note", Render: func(context.Context, mail.Mail) (mail.Message, error) {
		return mail.Message{To: netmail.Address{Address: canary}, Subject: "Hello", Text: "Hello."}, nil
	}})
	return p
}

func run(t *testing.T, d Deps, table func(*Jobs) []duty) *Jobs {
	t.Helper()
	j, err := wire(d, table)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := j.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return j
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s never happened", what)
		}
	}
}

func count(t *testing.T, db *postgres.DB, query string) (n int) {
	t.Helper()
	if err := db.Pool.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMailGoesOutAndOldThingsAreErased(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	p := post(t, db)
	var erased, collected atomic.Int32
	bounces := func(context.Context) error { collected.Add(1); return nil }
	run(t, Deps{DB: db, Post: p, Log: slog.New(slog.DiscardHandler), Bounces: bounces, Retention: []func(context.Context) error{
		func(context.Context) error { return errors.New("the first fails") },
		func(context.Context) error { erased.Add(1); return nil },
	}}, (*Jobs).table)
	// The second is queued in the same second as the first, without a wake-up of its own.
	for range 2 {
		err := db.InTx(t.Context(), func(tx *postgres.Tx) error {
			return p.Queue(t.Context(), tx, mail.Mail{Kind: "note", SubjectID: uuid.New()})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the mails' going out", func() bool {
		return count(t, db, `SELECT count(*) FROM mail WHERE state = 'captured'`) == 2
	})
	eventually(t, "retention", func() bool { return erased.Load() > 0 })
	eventually(t, "reading what came back", func() bool { return collected.Load() > 0 })
	if n := count(t, db, `SELECT count(*) FROM river_job WHERE kind = 'retention'`); n != 1 {
		t.Errorf("retention was asked for %d times", n)
	}
}

type trouble struct {
	Sort string `json:"sort"`
}

func (trouble) Kind() string { return "test.trouble" }

func cause(sort string) error {
	switch sort {
	case "panic":
		panic("thrown " + canary)
	case "plain":
		return errors.New("can't write to " + canary)
	case "database":
		return &pgconn.PgError{Code: "23505", ConstraintName: "signature_key", Detail: canary, Message: canary}
	case "fault":
		return fault.Unavailable("letter.away", errors.New(canary))
	case "cancel":
		return river.JobCancel(errors.New(canary))
	case "smtp":
		return fmt.Errorf("to %s: %w", canary, &mail.Refusal{Code: 550, Enhanced: "5.1.1"})
	}
	return nil
}

func TestFailedJobsTellNothingPersonal(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	log := &journal{}
	run(t, Deps{DB: db, Post: post(t, db), Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))},
		func(*Jobs) []duty {
			return []duty{on(func(_ context.Context, job trouble) error { return cause(job.Sort) })}
		})
	want := map[string]string{
		"panic":    "panic of type string at redress/internal/jobs.cause",
		"plain":    "error of type *errors.errorString",
		"database": "sqlstate 23505 signature_key",
		"fault":    "unavailable letter.away",
		"cancel":   "error of type *errors.errorString",
		"smtp":     "smtp 550 5.1.1",
	}
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error {
		for sort := range want {
			if err := tx.Enqueue(t.Context(), trouble{sort}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "failing", func() bool {
		return count(t, db, `SELECT count(*) FROM river_job WHERE cardinality(errors) > 0`) == len(want)
	})
	for sort, words := range want {
		var row string
		if err := db.Pool.QueryRow(t.Context(), `SELECT river_job::text FROM river_job WHERE args->>'sort' = $1`, sort).Scan(&row); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(row, canary) || !strings.Contains(row, words) {
			t.Errorf("%s: want %q and no canary in\n%s", sort, words, row)
		}
	}
	if text := log.String(); strings.Contains(text, canary) || !strings.Contains(text, "smtp 550 5.1.1") {
		t.Errorf("the log says\n%s", text)
	}
	if n := count(t, db, `SELECT count(*) FROM river_job WHERE state = 'cancelled'`); n != 1 {
		t.Errorf("%d jobs are canceled, want 1", n)
	}
}

func TestAKilledNodesJobDoesNotKeepTheNextAway(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	var worked atomic.Int32
	table := func(*Jobs) []duty {
		return []duty{on(func(context.Context, mailSweep) error { worked.Add(1); return nil }).each(time.Second, mailSweep{})}
	}
	run(t, Deps{DB: db, Post: post(t, db)}, table)
	eventually(t, "the first", func() bool { return worked.Load() > 0 })
	err := db.Read(t.Context()).Exec(`
		UPDATE river_job SET state = 'running', attempted_by = '{killed}', attempted_at = now(), finalized_at = NULL
		WHERE id = (SELECT max(id) FROM river_job WHERE kind = 'mail.sweep')`).Error
	if err != nil {
		t.Fatal(err)
	}
	before := worked.Load()
	eventually(t, "two more", func() bool { return worked.Load() >= before+2 })
}

func TestStopWaitsForRunningJobs(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	began := make(chan struct{})
	var finished atomic.Bool
	j := run(t, Deps{DB: db, Post: post(t, db), Log: slog.New(slog.DiscardHandler)}, func(*Jobs) []duty {
		return []duty{on(func(ctx context.Context, _ trouble) error {
			close(began)
			select {
			case <-time.After(500 * time.Millisecond):
				finished.Store(true)
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})}
	})
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error { return tx.Enqueue(t.Context(), trouble{}) })
	if err != nil {
		t.Fatal(err)
	}
	<-began
	if err := j.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !finished.Load() {
		t.Error("the job was cut off")
	}
	if n := count(t, db, `SELECT count(*) FROM river_job WHERE state = 'completed'`); n != 1 {
		t.Error("the job is not recorded as done")
	}
}

func TestMailWorkersLeaveRoom(t *testing.T) {
	t.Parallel()
	j := &Jobs{mails: make(chan struct{}, mailWorkers)} // a post that is asked would panic: it is nil
	for range mailWorkers {
		j.mails <- struct{}{}
	}
	if err := j.sendMail(t.Context()); err != nil {
		t.Error(err)
	}
	if mailWorkers >= workersPerNode {
		t.Error("mail may take every worker")
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"no cause":                       nil,
		"timed out":                      fmt.Errorf("asking %s: %w", canary, context.DeadlineExceeded),
		"smtp 451":                       &textproto.Error{Code: 451, Msg: canary},
		"unavailable x.y sqlstate 57P01": fault.Unavailable("x.y", &pgconn.PgError{Code: "57P01", Message: canary}),
		"error of type *net.AddrError":   errors.Join(fmt.Errorf("%s: %w", canary, &net.AddrError{Err: canary})),
	} {
		if got := describe(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
