package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"redress/internal/search"
	"redress/internal/telemetry"
)

func migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schema up to this program",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withDatabase(cmd, func(d *database) error {
				return migrate(cmd.Context(), d, telemetry.NewLogger(os.Stderr))
			})
		},
	}
}

// migrate brings the schema up to this program, and takes what the server
// offers beyond what it must.
func migrate(ctx context.Context, d *database, log *slog.Logger) error {
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	forgives, err := search.New(d.DB).Tolerate(ctx)
	if err == nil && !forgives {
		log.Info("the search forgives no typing errors here; redress doctor says why")
	}
	return err
}
