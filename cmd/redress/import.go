package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"redress/internal/civics"
	"redress/internal/postgres"
)

// civicImport is one importer of published civic data.
type civicImport struct {
	use, short string
	run        func(context.Context, *postgres.DB, string, civics.Progress) (civics.Diff, error)
}

var civicImports = []civicImport{
	{"congress DIR", "Read the members of Congress, their offices and committees (congress-legislators)", civics.ImportCongress},
	{"openstates DIR", "Read state legislators, one CSV file per state (Open States)", civics.ImportOpenStates},
	{"zip DIR", "Read which ZIP codes lie in which districts (US Census)", civics.ImportZip},
	{"contact-forms FILE", "Read members' web forms and what they ask", civics.ImportContactForms},
}

func importCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "import", Short: "Read published civic data, or content"}
	for _, i := range civicImports {
		cmd.AddCommand(&cobra.Command{
			Use:   i.use,
			Short: i.short,
			Args:  cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				return withDatabase(cmd, func(d *database) error {
					if err := d.Migrate(cmd.Context()); err != nil {
						return err
					}
					diff, err := i.run(cmd.Context(), d.DB, args[0], sayLine)
					if err != nil {
						return err
					}
					_, err = fmt.Fprint(cmd.OutOrStdout(), diff)
					return err
				})
			},
		})
	}
	cmd.AddCommand(correctionsCommand(), importContentCommand())
	return cmd
}

func correctionsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "corrections FILE",
		Short: "Read corrections.csv (id, field, value, source, until), which lies over every import",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				file, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer func() { _ = file.Close() }()
				n, err := civics.ImportCorrections(cmd.Context(), d.DB, file)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d corrections are in force\n", n)
				return err
			})
		},
	}
}

// sayLine tells on a terminal what long work is at.
func sayLine(line string) { fmt.Fprintln(os.Stderr, line) }
