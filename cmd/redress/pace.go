package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/mail"
)

func paceCommand() *cobra.Command {
	var agreed, on string
	cmd := &cobra.Command{
		Use:   "pace [DOMAIN PER_HOUR --agreed \"WHO AND WHEN\"]",
		Short: "See and set how many letters an hour a legislature takes",
		Long: fmt.Sprintf("Letters to offices go at most %d an hour to one receiving domain and to one official, until the legislature's staff agree to\n"+
			"more. Alone this lists what was agreed to and what letters wait for; with a domain (senate.example.gov) or official:ID and\n"+
			"a number from 1 to %d it keeps what was agreed, and holds from the next letter on.", mail.PerHour, mail.FastestPace),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 0 && len(args) != 2 {
				return errors.New("give a domain and a number of letters an hour, or nothing to see the list")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 && (agreed != "" || on != "") {
				return errors.New("--agreed and --on belong to a domain and a number of letters an hour")
			}
			set, err := paceToSet(args, agreed, on, time.Now())
			if err != nil {
				return err
			}
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				post := mail.New(d.DB, mail.Options{})
				if set != nil {
					if err := post.SetPace(cmd.Context(), set.Key, set.PerHour, set.AgreedBy, *set.AgreedOn); err != nil {
						return err
					}
				}
				list, err := post.Paces(cmd.Context())
				if err != nil {
					return err
				}
				return writePaces(cmd.OutOrStdout(), list)
			})
		},
	}
	cmd.Flags().StringVar(&agreed, "agreed", "", "who agreed to it and when, for whoever asks later")
	cmd.Flags().StringVar(&on, "on", "", "the day it was agreed to, YYYY-MM-DD (today)")
	return cmd
}

// paceToSet reads what is to be kept; nil: nothing.
func paceToSet(args []string, agreed, on string, now time.Time) (*mail.Pace, error) {
	if len(args) == 0 {
		return nil, nil
	}
	set := &mail.Pace{AgreedBy: strings.TrimSpace(agreed), AgreedOn: &now}
	if id, official := strings.CutPrefix(args[0], mail.PaceOfOfficial("")); official {
		set.Key = mail.PaceOfOfficial(id)
	} else {
		_, domain, ok := mail.SplitAddress("post@" + args[0])
		if !ok || !strings.Contains(domain, ".") {
			return nil, fmt.Errorf("%q is not a domain that receives mail, such as senate.example.gov", args[0])
		}
		set.Key = mail.PaceOfDomain(domain)
	}
	var err error
	if set.PerHour, err = strconv.Atoi(args[1]); err != nil {
		return nil, mail.ErrPaceRange
	}
	if set.AgreedBy == "" {
		return nil, errors.New(`say who agreed to it and when: --agreed "J. Doe, postmaster, 3 May 2026"`)
	}
	if on == "" {
		return set, nil
	}
	day, err := time.Parse(time.DateOnly, on)
	if err != nil || day.After(now) {
		return nil, errors.New("--on is a day that has come, as YYYY-MM-DD")
	}
	set.AgreedOn = &day
	return set, nil
}

func writePaces(out io.Writer, list []mail.Pace) error {
	text := &strings.Builder{}
	if len(list) == 0 {
		fmt.Fprintf(text, "Nobody has agreed to another pace than %d letters an hour, and no letter waits for its turn.\n", mail.PerHour)
	}
	for _, p := range list {
		why := "the default"
		if p.AgreedOn != nil {
			why = fmt.Sprintf("agreed on %s: %s", p.AgreedOn.Format(time.DateOnly), p.AgreedBy)
		}
		fmt.Fprintf(text, "%6d an hour  %s  %s", p.PerHour, strings.TrimPrefix(p.Key, mail.PaceOfDomain("")), why)
		if p.Waiting > 0 {
			fmt.Fprintf(text, "; %d wait", p.Waiting)
		}
		text.WriteString("\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}
