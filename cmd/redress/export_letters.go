package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/civics"
	"redress/internal/issue"
	"redress/internal/letter"
)

// report is what the exports of letters have in common.
type report struct {
	issue, from, until, format, file string
}

func reportCommand(use, short string, write func(context.Context, *database, *table, reportOf) error, columns ...string) *cobra.Command {
	var o report
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			of, err := o.read()
			if err != nil {
				return err
			}
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				return o.to(cmd.OutOrStdout(), func(out io.Writer) error {
					t, err := newTable(out, o.format, columns...)
					if err != nil {
						return err
					}
					if err := write(cmd.Context(), d, t, of); err != nil {
						return err
					}
					return t.end()
				})
			})
		},
	}
	cmd.Flags().StringVar(&o.issue, "issue", "", "one issue's slug; else all of them")
	cmd.Flags().StringVar(&o.from, "from", "", "from this day on, such as 2026-11-01 (UTC)")
	cmd.Flags().StringVar(&o.until, "until", "", "up to and including this day")
	cmd.Flags().StringVar(&o.format, "format", "csv", "csv or jsonl")
	cmd.Flags().StringVar(&o.file, "out", "", "write to this file, readable by you only; else to the screen")
	return cmd
}

// reportOf is what a report is about.
type reportOf struct {
	issue       string
	from, until time.Time
}

func (o report) read() (of reportOf, err error) {
	of.issue = o.issue
	for _, day := range []struct {
		flag, text string
		into       *time.Time
	}{{"--from", o.from, &of.from}, {"--until", o.until, &of.until}} {
		if day.text == "" {
			continue
		}
		if *day.into, err = time.Parse(time.DateOnly, day.text); err != nil {
			return of, fmt.Errorf("%s is a day such as 2026-11-01", day.flag)
		}
	}
	return of, nil
}

// to writes to the file that was named, else to out. A file that is there is not
// overwritten.
func (o report) to(out io.Writer, write func(io.Writer) error) (err error) {
	if o.file == "" {
		return write(out)
	}
	f, err := os.OpenFile(o.file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	return write(f)
}

func exportMessagesCommand() *cobra.Command {
	return reportCommand("messages", "Write what letters and calls led to, by issue, day and channel; no personal data", writeMessages,
		"issue", "day", "channel", "version", "messages", "confirmed", "recipients", "sent", "bounced", "failed", "captured", "held",
		"needs_you", "done_by_you", "answered", "no_answer", "own_words", "all_words", "statements",
		"calls_spoke", "calls_voicemail", "calls_busy", "calls_no_answer")
}

func writeMessages(ctx context.Context, d *database, t *table, of reportOf) error {
	list, err := letter.ReadResults(ctx, d.DB, of.issue, of.from, of.until)
	if err != nil {
		return err
	}
	for _, r := range list {
		err := t.row(r.IssueSlug, r.Day.Format(time.DateOnly), r.Channel, r.Variant, r.Written, r.Confirmed, r.Recipients, r.Sent, r.Bounced,
			r.Failed, r.Captured, r.Held, r.NeedsYou, r.DoneByYou, r.Answered, r.NoAnswer, r.OwnWords, r.AllWords, r.Statements,
			r.CallsSpoke, r.CallsVoicemail, r.CallsBusy, r.CallsNoAnswer)
		if err != nil {
			return err
		}
	}
	return nil
}

func exportLobbyingCommand() *cobra.Command {
	return reportCommand("lobbying", "Write what ran as lobbying: kind, to whom, when, approved by whom", writeLobbying,
		"issue", "title", "action", "action_title", "lobbying", "approved_by", "approved_on", "to", "to_id", "seat", "first", "last", "contacts")
}

// writeLobbying writes every action of the issues, and for letters and calls each
// office that was contacted. Actions that address the public have no office.
func writeLobbying(ctx context.Context, d *database, t *table, of reportOf) error {
	actions, err := issue.New(d.DB).EveryAction(ctx)
	if err != nil {
		return err
	}
	reached, err := letter.ReadReach(ctx, d.DB, of.issue, of.from, of.until)
	if err != nil {
		return err
	}
	atlas, err := civics.Open(ctx, d.DB, nil)
	if err != nil {
		return err
	}
	for _, a := range actions {
		if of.issue != "" && a.IssueSlug != of.issue {
			continue
		}
		approved := ""
		if !a.ApprovedOn.IsZero() {
			approved = a.ApprovedOn.Format(time.DateOnly)
		}
		offices := 0
		for _, r := range reached {
			if r.IssueSlug != a.IssueSlug || r.Action != a.Kind {
				continue
			}
			offices++
			name, seat := r.OfficialID, ""
			if o, found := atlas.Official(r.OfficialID); found {
				name, seat = o.Title+" "+o.Name, o.SeatName
			}
			err := t.row(a.IssueSlug, a.IssueTitle, a.Kind, a.Title, a.Lobbying, a.ApprovedBy, approved, name, r.OfficialID, seat,
				r.First.Format(time.DateOnly), r.Last.Format(time.DateOnly), r.N)
			if err != nil {
				return err
			}
		}
		if offices == 0 {
			to := map[bool]string{true: "nobody yet", false: "the public"}[a.Kind == issue.ActionLetter || a.Kind == issue.ActionCall]
			err := t.row(a.IssueSlug, a.IssueTitle, a.Kind, a.Title, cmp.Or(a.Lobbying, issue.LobbyingNone), a.ApprovedBy, approved, to, "", "",
				a.Published.Format(time.DateOnly), "", int64(0))
			if err != nil {
				return err
			}
		}
	}
	return nil
}
