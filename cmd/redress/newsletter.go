package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"redress/internal/config"
	"redress/internal/fault"
	"redress/internal/glossary"
	"redress/internal/i18n"
	"redress/internal/mail"
	"redress/internal/newsletter"
	"redress/internal/pledge"
	"redress/internal/telemetry"
)

func newsletterCommand() *cobra.Command {
	return group("newsletter", "See, try, send, stop and resume the newsletter's editions",
		newsletterPlanCommand(), subscribersCommand(), newsletterPreviewCommand(), newsletterTestCommand(), newsletterSendCommand(), newsletterStatusCommand(),
		newsletterStopCommand(), newsletterResumeCommand(), newsletterSkipCommand(), newsletterResendCommand())
}

// withPaper opens what the newsletter's commands work on.
func withPaper(cmd *cobra.Command, do func(context.Context, paper) error) error {
	c, err := settings()
	if err != nil {
		return err
	}
	ctx, log := cmd.Context(), telemetry.NewLogger(os.Stderr)
	d, err := openDatabase(ctx, c, log, false, true)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer d.close(ctx)
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	p, done, err := openPaper(ctx, c, d)
	if err != nil {
		return err
	}
	defer done()
	return said(do(ctx, p))
}

func openPaper(ctx context.Context, c *config.Config, d *database) (paper, func(), error) {
	log := telemetry.NewLogger(os.Stderr)
	box, err := secretBox(ctx, c, d)
	if err != nil {
		return paper{}, nil, err
	}
	b := newBasics(d, box)
	here, err := b.centers.Current(ctx)
	if err != nil {
		return paper{}, nil, err
	}
	post, err := newPost(c, d.DB, box, here, b.supporters, log)
	if err != nil {
		return paper{}, nil, err
	}
	pledges := pledge.New(d.DB, box, post, pledge.Options{Supporters: b.supporters, Zone: c.Location, Log: log})
	return newPaper(press{
		config: c, database: d, box: box, post: post, centers: b.centers, supporters: b.supporters, issues: b.issues, terms: glossary.New(d.DB, glossary.InZone(c.Location)), pledges: pledges, log: log,
		newsletter: newsletter.New(newsletter.Options{DB: d.DB, Box: box, Post: post, Supporters: b.supporters, BaseURL: c.BaseURL, Zone: c.Location, Log: log}),
	}), pledges.Close, nil
}

// said puts a refusal into the words that its key stands for.
func said(err error) error {
	var known *fault.Error
	if errors.As(err, &known) && known.Key != "" {
		return errors.New(i18n.T(context.Background(), known.Key))
	}
	return err
}

// which are the flags that name a mailing.
type which struct {
	day    string
	weekly bool
}

func (w *which) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.day, "day", "", "its day, YYYY-MM-DD (today in the center's time zone)")
	cmd.Flags().BoolVar(&w.weekly, "weekly", false, "the one for those who want it weekly")
}

func (w *which) read(p paper) (kind string, day time.Time, err error) {
	kind, day = newsletter.KindEdition, p.mailings.Today()
	if w.weekly {
		kind = newsletter.KindWeek
	}
	if w.day != "" {
		if day, err = time.Parse(time.DateOnly, w.day); err != nil {
			return "", time.Time{}, errors.New("--day is a date such as 2026-11-28")
		}
	}
	return kind, day, nil
}

func (w *which) mailing(ctx context.Context, p paper) (newsletter.Mailing, error) {
	kind, day, err := w.read(p)
	if err != nil {
		return newsletter.Mailing{}, err
	}
	return p.mailings.ByKey(ctx, kind, day.Format(time.DateOnly))
}

func newsletterPlanCommand() *cobra.Command {
	var days int
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Say what goes on the next days, and when",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPaper(cmd, func(ctx context.Context, p paper) error {
				planned, err := p.mailings.Plan(ctx, days)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if len(planned) == 0 {
					l.say("Nothing is scheduled: REDRESS_NEWSLETTER_DAYS says so.")
				}
				for _, one := range planned {
					state := "to come"
					if one.State != "" {
						state = one.State
					}
					l.say("%s  %-7s  %s  %s", one.At.Format("Mon 2006-01-02 15:04 MST"), one.Kind, state, one.Mailing.Term)
				}
				queue, err := p.terms.Queue(ctx)
				if err != nil {
					return err
				}
				for i, term := range queue {
					l.say("%2d. in the queue: %s", i+1, term.Slug)
				}
				if len(queue) == 0 {
					l.say("No term is queued: each day takes the one that was unused the longest.")
				}
				return l.failed
			})
		},
	}
	cmd.Flags().IntVar(&days, "days", 7, "how many days, today's first")
	return cmd
}

func newsletterPreviewCommand() *cobra.Command {
	var w which
	var html string
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Print what an edition says; today's term is chosen by that if it wasn't",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPaper(cmd, func(ctx context.Context, p paper) error {
				message, err := w.preview(ctx, p, "reader@example.org")
				if err != nil {
					return err
				}
				if html != "" {
					if err := os.WriteFile(html, []byte(message.HTML), 0o600); err != nil {
						return err
					}
				}
				l := lines{out: cmd.OutOrStdout()}
				l.say("Subject: %s\n\n%s", message.Subject, message.Text)
				return l.failed
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&html, "html", "", "also write its HTML into this file")
	return cmd
}

func (w *which) preview(ctx context.Context, p paper, to string) (mail.Message, error) {
	kind, day, err := w.read(p)
	if err != nil {
		return mail.Message{}, err
	}
	return p.mails.Preview(ctx, kind, day, to)
}

func newsletterTestCommand() *cobra.Command {
	var w which
	var to string
	cmd := &cobra.Command{
		Use:   "test --to ADDRESS",
		Short: "Send one edition to one address, now. Its links lead nowhere, since nobody subscribed",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, _, ok := mail.SplitAddress(to); !ok {
				return errors.New("--to is the address that the mail goes to")
			}
			return withPaper(cmd, func(ctx context.Context, p paper) error {
				message, err := w.preview(ctx, p, to)
				if err != nil {
					return err
				}
				state, err := p.post.Try(ctx, newsletter.MailEdition, message)
				if err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				l.say("The edition is %s.", state)
				return l.failed
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&to, "to", "", "the address")
	return cmd
}

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
