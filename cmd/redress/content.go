package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"redress/internal/center"
	"redress/internal/content"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/internal/organization"
	"redress/internal/pledge"
	"redress/internal/postgres"
)

// contentOf wires every room that owns a kind of content. Saving content needs
// no secret, no mail and no atlas.
func contentOf(db *postgres.DB) (*content.Content, func()) {
	issues := issue.New(db)
	letters := letter.New(letter.Options{DB: db, Issues: issues})
	pledges := pledge.New(db, nil, nil, pledge.Options{})
	return content.New(db, time.Now, content.Rooms{
		Centers: center.New(db), Terms: glossary.New(db), Organizations: organization.New(db), Issues: issues,
		SaveLetter: letters.SaveContent, SavePledge: pledges.SaveContent,
	}), pledges.Close
}

func importContentCommand() *cobra.Command {
	var o content.Options
	cmd := &cobra.Command{
		Use:   "content DIR",
		Short: "Read a folder of content (center, issues, letters, pledges, records, meetings, terms, organizations, articles, pages)",
		Long:  "Read a folder of content. All files are taken or none. The import stops at an item that was changed since its file was exported, and shows the difference.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withDatabase(cmd, func(d *database) error {
				if err := d.Migrate(cmd.Context()); err != nil {
					return err
				}
				all, done := contentOf(d.DB)
				defer done()
				result, err := all.Import(cmd.Context(), args[0], o)
				if err != nil {
					return err
				}
				for _, file := range result.Saved {
					_, _ = fmt.Fprintln(cmd.OutOrStdout(), "saved", file)
				}
				for _, note := range result.Notes {
					_, _ = fmt.Fprintln(cmd.OutOrStdout(), "note:", note)
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d saved, %d unchanged\n", len(result.Saved), result.Unchanged)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&o.Force, "force", false, "also replace what was changed since its export")
	cmd.Flags().StringVar(&o.Author, "author", "import", "who the revisions name")
	return cmd
}

func exportCommand() *cobra.Command {
	cmd := group("export", "Write content as files, and reports", exportMessagesCommand(), exportLobbyingCommand(), exportSignaturesCommand(), exportSupportersCommand(), exportSourcesCommand())
	cmd.AddCommand(&cobra.Command{
		Use:   "content DIR",
		Short: "Write all content as Markdown, ready to edit and import",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withDatabase(cmd, func(d *database) error {
				all, done := contentOf(d.DB)
				defer done()
				n, err := all.Export(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d files written under %s\n", n, args[0])
				return err
			})
		},
	})
	return cmd
}
