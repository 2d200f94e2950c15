package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/civics"
)

// correctOptions are the flags of redress correct.
type correctOptions struct {
	source, until, undo string
	list                bool
}

func correctCommand() *cobra.Command {
	var o correctOptions
	cmd := &cobra.Command{
		Use:   "correct ID FIELD VALUE --source TEXT",
		Short: "Put one correction of an official in force at once",
		Long: "Put one correction of an official in force at once. It lies over every import until a day, or until it is taken back.\n\n" +
			"Fields: name, party, phone, email, webform, website (an empty value takes one away),\n" +
			"left (they have left their seat), successor (\"bioguide:G000608 Darline Graham Nordone\"),\n" +
			"offer with the value no (nobody is offered to write to or call them; the source is shown as the reason),\n" +
			"channel: the way by which the office asked to be written to (email, cwc, webform, website, phone, post).",
		Example: "  redress correct bioguide:D000197 phone 202-225-4431 --source \"her office, by phone\" --until 2027-01-03\n" +
			"  redress correct bioguide:D000197 offer no --source \"asked not to be written to in recess\"\n" +
			"  redress correct bioguide:D000197 --undo phone\n" +
			"  redress correct --list",
		Args: cobra.MaximumNArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := o.chosen(args)
			if err != nil {
				return err
			}
			return withFacts(cmd, func(d *database) error { return run(cmd, d) })
		},
	}
	cmd.Flags().StringVar(&o.source, "source", "", "who says so (shown on the page about the data)")
	cmd.Flags().StringVar(&o.until, "until", "", "the day from which it no longer holds (2027-01-03); left and successor of members of Congress end with the Congress")
	cmd.Flags().StringVar(&o.undo, "undo", "", "take back the correction of this field")
	cmd.Flags().BoolVar(&o.list, "list", false, "list every correction")
	return cmd
}

// chosen is what the arguments ask for.
func (o correctOptions) chosen(args []string) (func(*cobra.Command, *database) error, error) {
	switch {
	case o.list && len(args) == 0 && o.undo == "" && o.source == "" && o.until == "":
		return listCorrections, nil
	case o.undo != "" && len(args) == 1 && !o.list && o.source == "" && o.until == "":
		return func(cmd *cobra.Command, d *database) error {
			return say(cmd)(civics.TakeBack(cmd.Context(), d.DB, args[0], o.undo, time.Now()))
		}, nil
	case len(args) != 3 || o.list || o.undo != "":
		return nil, errors.New("redress correct takes an id, a field and a value; or an id and --undo FIELD; or --list")
	case o.source == "":
		return nil, errors.New("--source is missing: say who says so")
	}
	c := civics.Correction{OfficialID: args[0], Field: args[1], Value: args[2], Source: o.source}
	if o.until != "" {
		var err error
		if c.Until, err = time.Parse(time.DateOnly, o.until); err != nil {
			return nil, errors.New("--until is no date: write it as 2027-01-03")
		}
	} else if strings.HasPrefix(c.OfficialID, "bioguide:") && (c.Field == "left" || c.Field == "successor") {
		// Whoever left may be elected again; the next Congress's own list decides.
		c.Until = civics.CongressBegins(civics.CongressOn(time.Now()) + 1)
	}
	return func(cmd *cobra.Command, d *database) error {
		return say(cmd)(civics.Correct(cmd.Context(), d.DB, c, time.Now()))
	}, nil
}

// say prints what was done, or passes the error on.
func say(cmd *cobra.Command) func(string, error) error {
	return func(line string, err error) error {
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), line)
		return err
	}
}

func listCorrections(cmd *cobra.Command, d *database) error {
	lines, err := civics.ListCorrections(cmd.Context(), d.DB, time.Now())
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		lines = []string{"There are no corrections."}
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), line); err != nil {
			return err
		}
	}
	return nil
}
