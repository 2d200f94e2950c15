package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"redress/internal/newsletter"
)

func newsletterSendCommand() *cobra.Command {
	var w which
	var progress bool
	cmd := &cobra.Command{
		Use:   "send [--progress]",
		Short: "Begin an edition now instead of at its hour. The running site sends it; one that has begun is not begun again",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPaper(cmd, func(ctx context.Context, p paper) error {
				kind, day, err := w.read(p)
				if err != nil {
					return err
				}
				one, begun, err := p.mailings.Begin(ctx, kind, day)
				if err != nil {
					return err
				}
				return sayBegun(ctx, cmd, p, one, begun, progress)
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().BoolVar(&progress, "progress", false, "stay, and say every five seconds how far it has come")
	return cmd
}

// sayBegun says that a mailing has begun, or how the one that is there stands, and with progress how far it comes.
func sayBegun(ctx context.Context, cmd *cobra.Command, p paper, one newsletter.Mailing, begun, progress bool) error {
	l := lines{out: cmd.OutOrStdout()}
	if begun {
		l.say("Begun: %s %s, to %d. The running site sends it.", one.Kind, one.Key, one.Recipients)
	} else {
		l.say("There already: %s", standing(one))
	}
	if l.failed != nil || !progress {
		return l.failed
	}
	return follow(ctx, &l, p, one.ID)
}

// followEvery is how often --progress looks; followQuiet, after how long without a move it says that nothing moves.
const (
	followEvery = 5 * time.Second
	followQuiet = 30 * time.Second
)

// follow says how a mailing stands until it has ended.
func follow(ctx context.Context, l *lines, p paper, id uuid.UUID) error {
	var before newsletter.Mailing
	moved, since := time.Now(), time.Now()
	for {
		one, err := p.mailings.Counted(ctx, id)
		if err != nil {
			return err
		}
		if one.Finished() != before.Finished() || one.Walked != before.Walked {
			moved = time.Now()
		}
		if took := time.Since(since); before.ID == id && took > time.Second {
			one.PerSecond = float64(one.Finished()-before.Finished()) / took.Seconds()
		}
		before, since = one, time.Now()
		l.say("%s", standing(one))
		if l.failed != nil || one.State != newsletter.Walking && one.State != newsletter.Sending {
			return l.failed
		}
		if time.Since(moved) > followQuiet {
			l.say("Nothing has moved for %s: is the site running? Deferred mails are tried again for 48 hours.", time.Since(moved).Round(time.Second))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
	}
}

// standing is one line about a mailing.
func standing(m newsletter.Mailing) string {
	text := &strings.Builder{}
	fmt.Fprintf(text, "%s %s  %s  %d of %d sent", m.Kind, m.Key, m.State, m.Sent+m.Captured, max(m.Recipients, m.Walked))
	if m.PerSecond > 0 {
		fmt.Fprintf(text, ", %.0f a second", m.PerSecond)
	}
	if left := m.Remaining(); left > 0 {
		fmt.Fprintf(text, ", %d remain", left)
		if m.PerSecond > 0 {
			fmt.Fprintf(text, " (about %s)", (time.Duration(float64(left)/m.PerSecond) * time.Second).Round(time.Second))
		}
	}
	for _, part := range []struct {
		n    int
		what string
	}{{m.Failed, "refused"}, {m.Bounced, "came back"}, {m.Dropped, "not wanted any more"}} {
		if part.n > 0 {
			fmt.Fprintf(text, ", %d %s", part.n, part.what)
		}
	}
	return text.String()
}

func newsletterStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say how the latest mailings stand, and which receivers the waiting mails go to",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPaper(cmd, func(ctx context.Context, p paper) error {
				list, err := p.mailings.Latest(ctx, 10)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if len(list) == 0 {
					l.say("Nothing has been sent.")
				}
				for _, one := range list {
					if err := sayStanding(ctx, &l, p, one); err != nil {
						return err
					}
				}
				return l.failed
			})
		},
	}
}

// sayStanding says how a mailing stands, and where its waiting mails go.
func sayStanding(ctx context.Context, l *lines, p paper, one newsletter.Mailing) error {
	l.say("%s", standing(one))
	if one.State != newsletter.Walking && one.State != newsletter.Sending {
		return nil
	}
	receivers, err := p.mailings.Receivers(ctx, one.ID)
	if err != nil {
		return err
	}
	for _, r := range receivers[:min(len(receivers), 10)] {
		slowed := ""
		if !r.SlowedAt.IsZero() {
			slowed = ", asked for patience at " + r.SlowedAt.Format(time.TimeOnly)
		}
		l.say("    %-10s %d wait%s", r.Receiver, r.Waiting, slowed)
	}
	return nil
}

// onMailing is a command that does one thing to a mailing.
func onMailing(use, short string, do func(context.Context, paper, newsletter.Mailing) (string, error)) *cobra.Command {
	var w which
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPaper(cmd, func(ctx context.Context, p paper) error {
				one, err := w.mailing(ctx, p)
				if err != nil {
					return err
				}
				return sayDone(ctx, cmd, p, one, do)
			})
		},
	}
	w.flags(cmd)
	return cmd
}

func sayDone(ctx context.Context, cmd *cobra.Command, p paper, one newsletter.Mailing, do func(context.Context, paper, newsletter.Mailing) (string, error)) error {
	text, err := do(ctx, p, one)
	if err != nil {
		return err
	}
	l := lines{out: cmd.OutOrStdout()}
	l.say("%s", text)
	return l.failed
}

func newsletterStopCommand() *cobra.Command {
	return onMailing("stop", "Let nothing more of an edition go until it is resumed", func(ctx context.Context, p paper, one newsletter.Mailing) (string, error) {
		return "Stopped. redress newsletter resume lets it go on; redress newsletter skip gives its rest up.", p.mailings.Stop(ctx, one.ID)
	})
}

func newsletterResumeCommand() *cobra.Command {
	return onMailing("resume", "Let a stopped edition go on where it was", resumeMailing)
}

func newsletterResendCommand() *cobra.Command {
	return onMailing("resend", "Send again to those whose mail was refused", resendMailing)
}

func resumeMailing(ctx context.Context, p paper, one newsletter.Mailing) (string, error) {
	return "Resumed.", p.mailings.Resume(ctx, one.ID)
}

func resendMailing(ctx context.Context, p paper, one newsletter.Mailing) (string, error) {
	n, err := p.mailings.Resend(ctx, one.ID)
	return fmt.Sprintf("%d mails go again.", n), err
}

func newsletterSkipCommand() *cobra.Command {
	var w which
	var undo bool
	cmd := &cobra.Command{
		Use:   "skip [--undo]",
		Short: "Keep a day's edition from going, or give up the rest of one that is stopped",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPaper(cmd, func(ctx context.Context, p paper) error {
				kind, day, err := w.read(p)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if undo {
					if err := p.mailings.Unskip(ctx, kind, day); err != nil {
						return err
					}
					l.say("It goes at its hour.")
					return l.failed
				}
				if err := p.mailings.Skip(ctx, kind, day); err != nil {
					return err
				}
				l.say("Skipped.")
				return l.failed
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().BoolVar(&undo, "undo", false, "take it back, before the day's hour")
	return cmd
}
