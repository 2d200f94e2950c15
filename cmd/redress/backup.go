package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"redress/internal/postgres"
	"redress/internal/telemetry"
)

func backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the whole database into one file",
		Long:  "Write the whole database into one file, readable by you alone. Keep it apart from REDRESS_SECRET: together they open what is sealed.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withDatabase(cmd, func(d *database) error {
				return postgres.Backup(cmd.Context(), d.url, args[0], progressOf("bytes written"))
			})
		},
	}
}

func restoreCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Read a backup into an empty database",
		Long:  "Read a backup into an empty database. Stop the site first: one that runs on the private PostgreSQL keeps the data folder to itself, and with DATABASE_URL every node must be down.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withOwnDatabase(cmd, func(d *database) error {
				return postgres.Restore(cmd.Context(), d.url, args[0], force, progressOf("bytes read"))
			})
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace what the database holds")
	return cmd
}

// withDatabase opens the database for one command: its own, or that of a site
// that is up on the same data folder.
func withDatabase(cmd *cobra.Command, do func(*database) error) error {
	return withOpened(cmd, true, do)
}

// withOwnDatabase opens the database for a command that can't work beside a
// site: it is refused while one is up on the same data folder.
func withOwnDatabase(cmd *cobra.Command, do func(*database) error) error {
	return withOpened(cmd, false, do)
}

func withOpened(cmd *cobra.Command, share bool, do func(*database) error) error {
	c, err := settings()
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	d, err := openDatabase(ctx, c, telemetry.NewLogger(os.Stderr), false, share)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer d.close(ctx)
	return do(d)
}
