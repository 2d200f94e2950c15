package main

import (
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/pledge"
)

func importSignaturesCommand() *cobra.Command {
	var o pledge.ImportOptions
	var slug string
	cmd := &cobra.Command{
		Use:   "signatures FILE --issue SLUG",
		Short: "Read the signatures of a petition that ran elsewhere (CSV with a header)",
		Long: "Read a table of signatures that were collected elsewhere. Each counts at once, on the day on which it was signed there;\n" +
			"you vouch for it, nobody is mailed. One counts per person, two per mailbox; who signed here stays, who withdrew here stays away.\n" +
			"What isn't taken is listed by its line, without its values. Called again with the same file after it was cut short, it goes on\n" +
			"where it was. docs/signatures.md lists the columns and the files of other programs.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if slug == "" {
				return errors.New("--issue names the pledge's issue")
			}
			file, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer func() { _ = file.Close() }()
			return withPlaces(cmd, func(p *people) error {
				l := lines{out: cmd.OutOrStdout()}
				o.Refused = func(line int64, why fault.Field) error {
					l.say("line %d: %s: %s", line, why.Name, i18n.T(cmd.Context(), why.Key, why.Args...))
					return l.failed
				}
				progress := progressOf("records read")
				o.Progress = func(records int64) { progress(records, 0) }
				result, err := p.pledges.Import(cmd.Context(), slug, file, o)
				l.result(result, o.DryRun, err)
				return errors.Join(err, l.failed)
			})
		},
	}
	cmd.Flags().StringVar(&slug, "issue", "", "the issue's slug")
	cmd.Flags().StringVar(&o.Consent, "consent", "", "the sentence that everybody in the file agreed to when signing, when the file doesn't say it: they can be written to")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "show what would be taken, and take nothing")
	return cmd
}

// result says what became of a file.
func (l *lines) result(r pledge.Imported, trial bool, err error) {
	switch {
	case err != nil && r.Records == 0:
		return
	case r.Before > 0 && r.Before == r.Records && r.FinishedAt != nil && err == nil:
		l.say("This file was taken on %s; nothing was changed now.", r.FinishedAt.Format(time.DateOnly))
	case r.Before > 0:
		l.say("Went on after record %d, where it was cut short.", r.Before)
	}
	l.say("%d records: %d taken, %d had signed already, %d refused; %d consents to updates kept.", r.Records, r.Taken, r.Here, r.Refused, r.Consents)
	switch {
	case trial:
		l.say("Dry run: nothing was changed.")
	case err != nil:
		l.say("It was cut short. Call it again with the same file, and it goes on from here.")
	}
}
