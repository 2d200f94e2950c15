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
	use, short, long string
	run              func(context.Context, *postgres.DB, string, civics.ImportOptions) (civics.Diff, error)
}

var civicImports = []civicImport{
	{
		"congress DIR", "Read the members of Congress, their offices and committees (congress-legislators)",
		"Read a folder of congress-legislators: legislators-current.json or .yaml, and what else is there of\n" +
			"legislators-district-offices, committees-current, committee-membership-current and legislators-social-media.\n" +
			"A list of the next Congress stands beside this one's and takes effect on January 3.",
		civics.ImportCongress,
	},
	{
		"openstates DIR|FILE", "Read state legislators, one CSV file per state (Open States)",
		"Read a folder of Open States' files, one for each state (co.csv): it replaces all state legislators.\nA single file replaces that state's.",
		civics.ImportOpenStates,
	},
	{
		"zip DIR|FILE", "Read which ZIP codes lie in which districts (US Census)",
		"Read the Census's relationship files as published (tab20_cd11920_zcta520_natl.txt, tab20_sldu…, tab20_sldl…) or\n" +
			"tables with the columns zcta, state, district, for state districts also chamber and district_name.\n" +
			"Plain, gzipped or zipped; a file, or a folder of them.",
		civics.ImportZip,
	},
	{
		"boundaries FILE", "Read the map of congressional districts (US Census cartographic boundary file)",
		"Read the boundaries of one Congress's districts: TopoJSON, GeoJSON or a zipped shapefile (cb_2024_us_cd119_500k.zip).",
		civics.ImportBoundaries,
	},
	{
		"contact-forms FILE", "Read members' web forms and what they ask",
		"Read a table of members' web forms: bioguide, url, asks, captcha, last_changed.",
		civics.ImportContactForms,
	},
}

const importLong = "Every import shows what it changes, commits as a whole, and is live within a second on every node.\n" +
	"It is refused, and changes nothing, when a file is older than what stands here, would empty a chamber,\n" +
	"or would lose more than 5 % of what is here: such a file is often cut off. --force takes it anyway."

func importCommand() *cobra.Command {
	cmd := group("import", "Read published civic data, or content")
	for _, i := range civicImports {
		cmd.AddCommand(i.command())
	}
	cmd.AddCommand(correctionsCommand(), importContentCommand(), importSignaturesCommand(), importSubscribersCommand())
	return cmd
}

func (i civicImport) command() *cobra.Command {
	var o civics.ImportOptions
	cmd := &cobra.Command{
		Use:   i.use,
		Short: i.short,
		Long:  i.long + "\n\n" + importLong,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withFacts(cmd, func(d *database) error {
				o.Progress = sayLine
				diff, refused := i.run(cmd.Context(), d.DB, args[0], o)
				if _, err := fmt.Fprint(cmd.OutOrStdout(), diff); err != nil {
					return err
				}
				return refused
			})
		},
	}
	importFlags(cmd, &o)
	return cmd
}

func importFlags(cmd *cobra.Command, o *civics.ImportOptions) {
	cmd.Flags().BoolVar(&o.Force, "force", false, "take a file that would be refused (see above)")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "show what would change, and change nothing")
}

// withFacts runs a command on a database that holds at least the snapshot, so that
// a first import too is compared with something.
func withFacts(cmd *cobra.Command, run func(*database) error) error {
	return withDatabase(cmd, func(d *database) error {
		if err := d.Migrate(cmd.Context()); err != nil {
			return err
		}
		if err := civics.LoadSnapshot(cmd.Context(), d.DB, civics.EmbeddedSnapshot()); err != nil {
			return err
		}
		return run(d)
	})
}

func correctionsCommand() *cobra.Command {
	var o civics.ImportOptions
	cmd := &cobra.Command{
		Use:   "corrections FILE",
		Short: "Read corrections.csv (id, field, value, source, until), which lies over every import",
		Long: "Read a list of corrections (id, field, value, source, until). It replaces all that stand, so that what is\n" +
			"not in it no longer holds. `redress correct` makes or takes back a single one.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withFacts(cmd, func(d *database) error {
				file, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer func() { _ = file.Close() }()
				diff, refused := civics.ImportCorrections(cmd.Context(), d.DB, file, o)
				if _, err := fmt.Fprint(cmd.OutOrStdout(), diff); err != nil {
					return err
				}
				return refused
			})
		},
	}
	importFlags(cmd, &o)
	return cmd
}

// sayLine tells on a terminal what long work is at.
func sayLine(line string) { fmt.Fprintln(os.Stderr, line) }
