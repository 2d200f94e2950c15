package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/glossary"
)

func termsCommand() *cobra.Command {
	return group("terms", "See and choose the terms of the days", queueTermsCommand(), unqueueTermsCommand(), termDaysCommand())
}

func queueTermsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "queue [SLUG...]",
		Short: "Let terms wait to be the term of a day, or see those that do",
		Long: "Each midnight where the center is, the first term of the queue becomes the term of the day. While the queue is empty, the\n" +
			"term that was unused the longest does. A term that waits already keeps its place. Today's term doesn't change any more.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withTerms(cmd, func(terms *glossary.Glossary) error {
				if err := terms.Enqueue(cmd.Context(), args...); err != nil {
					return err
				}
				return writeQueue(cmd, terms)
			})
		},
	}
}

func unqueueTermsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "unqueue SLUG...",
		Short: "Take terms out of the queue",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withTerms(cmd, func(terms *glossary.Glossary) error {
				if err := terms.Unqueue(cmd.Context(), args...); err != nil {
					return err
				}
				return writeQueue(cmd, terms)
			})
		},
	}
}

func termDaysCommand() *cobra.Command {
	var n int
	cmd := &cobra.Command{
		Use:   "days",
		Short: "List the terms of the last days",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if n < 1 {
				return errors.New("--last is a number of days, at least 1")
			}
			return withTerms(cmd, func(terms *glossary.Glossary) error {
				tomorrow := terms.DateAt(time.Now()).AddDate(0, 0, 1)
				days, err := terms.Days(cmd.Context(), tomorrow, n)
				if err != nil {
					return err
				}
				return writeDays(cmd.OutOrStdout(), days)
			})
		},
	}
	cmd.Flags().IntVar(&n, "last", 14, "how many days")
	return cmd
}

// withTerms opens the glossary with the center's days.
func withTerms(cmd *cobra.Command, work func(*glossary.Glossary) error) error {
	c, err := settings()
	if err != nil {
		return err
	}
	return withDatabase(cmd, func(d *database) error {
		if err := d.Migrate(cmd.Context()); err != nil {
			return err
		}
		return work(glossary.New(d.DB, glossary.InZone(c.Location)))
	})
}

func writeQueue(cmd *cobra.Command, terms *glossary.Glossary) error {
	waiting, err := terms.Queue(cmd.Context())
	if err != nil {
		return err
	}
	text := &strings.Builder{}
	if len(waiting) == 0 {
		text.WriteString("No term waits; each day gets the one that was unused the longest.\n")
	}
	for n, t := range waiting {
		fmt.Fprintf(text, "%3d  %s  %s\n", n+1, t.Slug, t.Title)
	}
	_, err = io.WriteString(cmd.OutOrStdout(), text.String())
	return err
}

func writeDays(out io.Writer, days []glossary.Day) error {
	text := &strings.Builder{}
	if len(days) == 0 {
		text.WriteString("No day has had a term yet; the first reader of a day lets it be chosen.\n")
	}
	for _, d := range days {
		fmt.Fprintf(text, "%s  %s  %s\n", d.Date.Format(time.DateOnly), d.Term.Slug, d.Term.Title)
	}
	_, err := io.WriteString(out, text.String())
	return err
}
