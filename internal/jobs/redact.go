package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/textproto"
	"runtime"
	"strings"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"redress/internal/fault"
	"redress/internal/mail"
	"redress/internal/postgres"
)

// redaction stands around every worker. River writes a failed job's error, or its panic with the
// stack, into the job's row and the log; both may quote what a person entered. So a panic becomes an error
// here, and every error a few fixed words.
type redaction struct {
	river.MiddlewareDefaults
	log *slog.Logger
}

// Work runs the job and redacts what comes back.
func (r *redaction) Work(ctx context.Context, job *rivertype.JobRow, work func(context.Context) error) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("panic of type %T at %s", thrown, thrownAt())
		} else {
			err = redact(err)
		}
		if err != nil && !isOrder(err) {
			r.log.ErrorContext(ctx, "job failed", "kind", job.Kind, "job_id", job.ID, "attempt", job.Attempt, "fault", err.Error())
		}
	}()
	return work(ctx)
}

// redact says what kind of error err is. An order to River (cancel, snooze) stays one.
func redact(err error) error {
	var snooze *river.JobSnoozeError
	var cancel *river.JobCancelError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &snooze):
		return snooze
	case errors.As(err, &cancel):
		return river.JobCancel(errors.New(describe(cancel.Unwrap())))
	}
	return errors.New(describe(err))
}

func isOrder(err error) bool {
	var snooze *river.JobSnoozeError
	return errors.As(err, &snooze)
}

// describe names the fault, its SQLSTATE or SMTP code, and the type of the error it began with. Of
// several errors joined, the first is described.
func describe(err error) string {
	if err == nil {
		return "no cause"
	}
	var words []string
	if f, ok := fault.As(err); ok {
		words = append(words, f.Kind.String(), f.Key)
	}
	if text := postgres.Describe(err); text != "other" {
		words = append(words, text)
	}
	var refusal *mail.Refusal
	var reply *textproto.Error
	switch {
	case errors.As(err, &refusal):
		words = append(words, fmt.Sprintf("smtp %d %s", refusal.Code, refusal.Enhanced))
	case errors.As(err, &reply):
		words = append(words, fmt.Sprintf("smtp %d", reply.Code))
	}
	if len(words) == 0 {
		words = append(words, fmt.Sprintf("error of type %T", root(err)))
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// root is the error at the end of err's chain.
func root(err error) error {
	for {
		switch e := err.(type) { //nolint:errorlint // walks the chain by hand
		case interface{ Unwrap() error }:
			if e.Unwrap() == nil {
				return err
			}
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			if len(e.Unwrap()) == 0 {
				return err
			}
			err = e.Unwrap()[0]
		default:
			return err
		}
	}
}

// thrownAt names the function that panicked and its line: the first frame of ours above the panic.
func thrownAt() string {
	counters := make([]uintptr, 64)
	frames := runtime.CallersFrames(counters[:runtime.Callers(3, counters)])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s:%d", frame.Function, frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
