package main

import (
	"errors"

	"github.com/spf13/cobra"

	"redress/internal/config"
	"redress/internal/pledge"
)

func demoCommand() *cobra.Command {
	return group("demo", "Try the program with many people who are nobody", loadDemoCommand())
}

func loadDemoCommand() *cobra.Command {
	var slug string
	o := pledge.DemoOptions{Signatures: 1000, Days: 60}
	cmd := &cobra.Command{
		Use:   "load --issue SLUG",
		Short: "Make confirmed signatures of nobody under a pledge; only on a sample site",
		Long: "Make confirmed signatures of nobody, sealed and counted as people's are, to see what the program does with many.\n" +
			"Refused unless the center is the sample, and while delivery is live or mail goes out.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPlaces(cmd, func(p *people) error {
				here, err := p.centers.Current(cmd.Context())
				switch {
				case err != nil:
					return err
				case !here.Sample:
					return errors.New("demo load is refused: the center is not the sample, and its counts must be of people")
				case p.config.Delivery == config.Live || p.config.SMTPURL != "":
					return errors.New("demo load is refused: this site sends mail (REDRESS_DELIVERY, REDRESS_SMTP_URL)")
				}
				o.Zips = p.pledges.DemoZips()
				o.Progress = progressOf("signatures")
				if err := p.pledges.LoadDemo(cmd.Context(), slug, o); err != nil {
					return err
				}
				l := lines{out: cmd.OutOrStdout()}
				l.say("%d signatures of nobody stand under %s.", o.Signatures, slug)
				return l.failed
			})
		},
	}
	cmd.Flags().StringVar(&slug, "issue", "", "the issue's slug")
	cmd.Flags().Int64Var(&o.Signatures, "signatures", o.Signatures, "how many")
	cmd.Flags().IntVar(&o.Days, "days", o.Days, "over how many days until now they signed")
	return cmd
}
