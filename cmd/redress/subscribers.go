package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"redress/internal/newsletter"
)

// subscribersCommand is `redress newsletter subscribers`.
func subscribersCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "subscribers",
		Short: "Count who gets the newsletter, by state and rhythm",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				counts, err := newsletter.New(newsletter.Options{DB: d.DB}).Counts(cmd.Context())
				if err != nil {
					return err
				}
				return writeSubscribers(cmd.OutOrStdout(), counts)
			})
		},
	}
}

func writeSubscribers(out io.Writer, counts []newsletter.Count) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "state\tdaily\tweekly")
	for _, state := range []string{newsletter.Active, newsletter.Paused, newsletter.Pending, newsletter.Ended} {
		by := map[string]int64{}
		for _, c := range counts {
			if c.State == state {
				by[c.Rhythm] = c.Count
			}
		}
		fmt.Fprintf(table, "%s\t%d\t%d\n", state, by[newsletter.Daily], by[newsletter.Weekly])
	}
	return table.Flush()
}
