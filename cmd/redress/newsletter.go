package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

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
