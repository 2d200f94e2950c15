package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/civics"
	"redress/internal/config"
	"redress/internal/letter"
	"redress/internal/telemetry"
)

func deliveriesCommand() *cobra.Command {
	return group("deliveries", "See and release letters that wait for you, and try letters out", heldCommand(), releaseCommand(), testCommand())
}

func testCommand() *cobra.Command {
	var official, by string
	var off bool
	cmd := &cobra.Command{
		Use:   "test [--official ID [--off]]",
		Short: "Put an official in test mode: their letters are captured, whatever the site does. Alone: list them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if official == "" {
				return withDatabase(cmd, func(d *database) error { return writeTests(cmd, d) })
			}
			return withLetters(cmd, func(letters *letter.Letters) error {
				if err := letters.SetTest(cmd.Context(), official, !off, cmp.Or(by, account())); err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				if off {
					l.say("%s is out of test mode: letters go out as the site is set.", official)
				} else {
					l.say("%s is in test mode: letters are captured. A whole letter is tried with “test: true” in its file.", official)
				}
				return l.failed
			})
		},
	}
	cmd.Flags().StringVar(&official, "official", "", "the official's id, as their page's address has it")
	cmd.Flags().BoolVar(&off, "off", false, "take them out of test mode")
	cmd.Flags().StringVar(&by, "by", "", "who asked for it; your account's name when you don't say")
	return cmd
}

func writeTests(cmd *cobra.Command, d *database) error {
	if err := d.Migrate(cmd.Context()); err != nil {
		return err
	}
	list, err := letter.ReadTests(cmd.Context(), d.DB)
	if err != nil {
		return err
	}
	l := lines{out: cmd.OutOrStdout()}
	if len(list) == 0 {
		l.say("No official is in test mode.")
	}
	for _, t := range list {
		l.say("%s  since %s, by %s", t.OfficialID, t.SetAt.Format(time.DateTime), t.SetBy)
	}
	return l.failed
}

func heldCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "held",
		Short: "Say how many letters wait, for whom and why",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				list, err := letter.ReadWaiting(cmd.Context(), d.DB)
				if err != nil {
					return err
				}
				return writeHeld(cmd.OutOrStdout(), list)
			})
		},
	}
}

// whyHeld says a reason to the operator, and what ends it.
var whyHeld = map[letter.Hold]string{
	letter.HoldOldData:    "the list of addresses is more than 120 days old: import newer data, or check them and release --old-data",
	letter.HoldNotOffered: "a correction marks the official “do not offer”: lift it and release --official ID, or leave them",
	letter.HoldLeft:       "the official has left, or the newest list doesn't name them: nothing is sent",
	letter.HoldReview:     "a person reads it first: redress messages held",
	letter.HoldAddress:    "the address they were written to is no longer published: check the new one and release --official ID",
}

func writeHeld(out io.Writer, list []letter.Waiting) error {
	total := 0
	for _, w := range list {
		total += w.Letters
	}
	if total == 0 {
		_, err := fmt.Fprintln(out, "No letter waits.")
		return err
	}
	var failed error
	say := func(format string, args ...any) {
		_, err := fmt.Fprintf(out, format, args...)
		failed = errors.Join(failed, err)
	}
	say("%d letters wait.\n", total)
	var reason letter.Hold
	for _, w := range list {
		if w.HeldFor != reason {
			reason = w.HeldFor
			say("\n%s\n", whyHeld[reason])
		}
		say("%6d  %s  %s, since %s; erased from %s on\n", w.Letters, w.OfficialID, w.OfficialName,
			w.Since.Format(time.DateOnly), w.ErasedFrom.Format(time.DateOnly))
	}
	return failed
}

func releaseCommand() *cobra.Command {
	var oldData bool
	var official string
	cmd := &cobra.Command{
		Use:   "release (--old-data | --official ID)",
		Short: "Send letters on after you have checked where they go",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if oldData == (official != "") {
				return errors.New("say which letters: --old-data, or --official ID (redress deliveries held lists them)")
			}
			return withLetters(cmd, func(letters *letter.Letters) error {
				release := letters.ReleaseOldData
				if official != "" {
					release = func(ctx context.Context) (letter.Released, error) { return letters.ReleaseOfficial(ctx, official) }
				}
				done, err := release(cmd.Context())
				return errors.Join(err, writeReleased(cmd.OutOrStdout(), done))
			})
		},
	}
	cmd.Flags().BoolVar(&oldData, "old-data", false, "those that wait only because the list of addresses is old, which you have checked")
	cmd.Flags().StringVar(&official, "official", "", "all that wait for one official, whose post and published address you have checked")
	return cmd
}

func writeReleased(out io.Writer, done letter.Released) error {
	_, failed := fmt.Fprintf(out, "%d letters are on their way.\n", done.Sent)
	for _, why := range []letter.Hold{letter.HoldOldData, letter.HoldNotOffered, letter.HoldLeft, letter.HoldAddress} {
		if n := done.Stay[why]; n > 0 {
			_, err := fmt.Fprintf(out, "%d still wait: %s\n", n, whyHeld[why])
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// withLetters lends a command the letters of this center, which queue their mails
// for the site to send.
func withLetters(cmd *cobra.Command, do func(*letter.Letters) error) error {
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
	letters, err := lettersOf(ctx, c, d, log)
	if err != nil {
		return err
	}
	return do(letters)
}

func lettersOf(ctx context.Context, c *config.Config, d *database, log *slog.Logger) (*letter.Letters, error) {
	box, err := secretBox(ctx, c, d)
	if err != nil {
		return nil, err
	}
	atlas, err := civics.Open(ctx, d.DB, log)
	if err != nil {
		return nil, err
	}
	o, err := newOutbox(ctx, c, d, box, atlas, log)
	if err != nil {
		return nil, err
	}
	return o.letters, nil
}
