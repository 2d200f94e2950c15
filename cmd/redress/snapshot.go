package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"redress/internal/civics"
)

func snapshotCommand() *cobra.Command {
	cmd := group("snapshot", "The civic data that the program carries")
	cmd.AddCommand(&cobra.Command{
		Use:   "build DIR FILE",
		Short: "Write the compact snapshot from a folder of published files",
		Long:  "Write the compact snapshot from a folder of published files (congress/, openstates/, zip/, boundaries/).\nThe program embeds internal/civics/snapshot.bin when it is built.",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var out bytes.Buffer
			warnings, err := civics.BuildSnapshot(args[0], &out)
			if err != nil {
				return err
			}
			for _, w := range warnings {
				_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
			}
			if err := os.WriteFile(args[1], out.Bytes(), 0o644); err != nil { //nolint:gosec // published facts, for everyone
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %d bytes\n", args[1], out.Len())
			return err
		},
	})
	return cmd
}
