package postgres

import (
	"context"
	"fmt"

	"github.com/pressly/goose/v3"

	"redress/migrations"
)

// Pending counts the migrations of this program that the database has not had,
// without running any.
func (db *DB) Pending(ctx context.Context) (int, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db.sql, migrations.FS)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	steps, err := provider.Status(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	pending := 0
	for _, step := range steps {
		if step.State == goose.StatePending {
			pending++
		}
	}
	return pending, nil
}
