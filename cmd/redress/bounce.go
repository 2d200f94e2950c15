package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/config"
	"redress/internal/jobs"
	"redress/internal/mail"
	"redress/internal/mail/dsn"
	"redress/internal/mail/mailbox"
	"redress/internal/postgres/local"
	"redress/internal/telemetry"
)

// Exit codes that mail servers know (sysexits.h).
const (
	exitUsage   = 64 // called wrongly: the server returns the message
	exitNotNow  = 75 // EX_TEMPFAIL: the server keeps the message and tries again
	exitFailure = 1  // everything else
)

// exit is an error with the exit code that says it to a mail server. It hides what
// it wraps: a command that was stopped halfway must not end as if all were done.
type exit struct {
	code int
	error
}

func exitCode(err error) int {
	if e, ok := errors.AsType[exit](err); ok {
		return e.code
	}
	return exitFailure
}

// bouncePatience bounds one message: mail servers end a command that takes long.
const bouncePatience = time.Minute

func bounceCommand() *cobra.Command {
	var to []string
	cmd := &cobra.Command{
		Use:   "bounce",
		Short: "Read a message that came to REDRESS_BOUNCES, from a mail server's pipe",
		Long: "Reads one message from standard input. A report that a mail could not be delivered moves that mail to “bounced”; everything else changes nothing.\n" +
			"It ends with 0 when the message is dealt with, also when it is no bounce, and with 75 when it is to be brought again: the database is away, or settings have faults.",
		Args: func(cmd *cobra.Command, args []string) error {
			if err := cobra.NoArgs(cmd, args); err != nil {
				return exit{exitUsage, err}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), bouncePatience)
			defer cancel()
			if err := takeBounce(ctx, cmd.InOrStdin(), to); err != nil {
				return exit{exitNotNow, err}
			}
			return nil
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return exit{exitUsage, err} })
	cmd.Flags().StringSliceVar(&to, "to", nil, "the address it came to, as the mail server knows it (Postfix: ${original_recipient})")
	return cmd
}

func takeBounce(ctx context.Context, in io.Reader, to []string) error {
	c, err := settings()
	if err != nil {
		return err
	}
	if c.Bounces == "" {
		return errors.New("REDRESS_BOUNCES is not set: mails have no return path by which a bounce is known")
	}
	raw, err := io.ReadAll(io.LimitReader(in, dsn.MaxSize))
	if err != nil {
		return errors.New("the message can't be read")
	}
	_, _ = io.Copy(io.Discard, in) // a server whose pipe breaks takes that for trouble
	log := telemetry.NewLogger(os.Stderr)
	d, err := openRunning(ctx, c, log)
	if err != nil {
		return err
	}
	defer d.close(ctx)
	post, err := bouncePost(ctx, c, d, log)
	if err != nil {
		return err
	}
	_, err = post.Bounce(ctx, raw, to...)
	return err
}

// openRunning opens the database if it is there. The private one is the site's to
// start: a mail server's pipe must not run it, perhaps as another user.
func openRunning(ctx context.Context, c *config.Config, log *slog.Logger) (*database, error) {
	if c.DatabaseURL == "" {
		if err := placeData(c, log); err != nil {
			return nil, err
		}
		url, ok := local.Running(c.Data)
		if !ok {
			return nil, errors.New("the site, which runs the private database, is not up")
		}
		c.DatabaseURL = url
	}
	c.DBConns = 4 // one message at a time
	d, err := openDatabase(ctx, c, log, false, false)
	if err != nil {
		return nil, errors.New("the database is away")
	}
	if pending, err := d.Pending(ctx); err != nil || pending > 0 {
		d.close(ctx)
		return nil, errors.New("the database's schema is not this program's")
	}
	return d, nil
}

// bouncePost is a post that settles bounces and sends nothing: its kinds follow
// their mails, but can't be drawn.
func bouncePost(ctx context.Context, c *config.Config, d *database, log *slog.Logger) (*mail.Post, error) {
	box, err := secretBox(ctx, c, d)
	if err != nil {
		return nil, err
	}
	o, err := newOutbox(ctx, c, d, box, nil, log)
	if err != nil {
		return nil, fmt.Errorf("prepare to settle bounces: %w", err)
	}
	jobs.PledgeMails{}.Register(o.post)
	jobs.ManageMails{}.Register(o.post)
	(&jobs.EditionMails{}).Register(o.post)
	return o.post, nil
}

// collectBounces reads the mailbox of the settings; nil when there is none.
func collectBounces(c *config.Config, post *mail.Post) (func(context.Context) error, error) {
	if c.BouncesIMAP == "" {
		return nil, nil
	}
	box, err := mailbox.New(c.BouncesIMAP)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error { return post.Collect(ctx, box) }, nil
}
