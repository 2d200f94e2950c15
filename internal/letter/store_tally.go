package letter

import (
	"context"
	"fmt"

	"redress/internal/postgres"
)

// TableName is where events wait to be gathered.
func (event) TableName() string { return "letter_event" }

func insertEvents(ctx context.Context, tx *postgres.Tx, events ...event) error {
	if err := tx.WithContext(ctx).Create(&events).Error; err != nil {
		return fmt.Errorf("count letters: %w", err)
	}
	return nil
}

// gatherEvents turns the events that are committed into tallies. Whoever reads
// counts adds what still waits.
func gatherEvents(ctx context.Context, tx *postgres.Tx) error {
	err := tx.WithContext(ctx).Exec(`
		WITH gathered AS (DELETE FROM letter_event RETURNING *)
		INSERT INTO letter_tally (issue_slug, day, state, official_id, channel, variant, event, n)
		SELECT issue_slug, day, state, official_id, channel, variant, event, sum(n) FROM gathered
		GROUP BY issue_slug, day, state, official_id, channel, variant, event HAVING sum(n) <> 0
		ON CONFLICT (issue_slug, day, event, official_id, channel, variant, state) DO UPDATE SET n = letter_tally.n + excluded.n`).Error
	if err != nil {
		return fmt.Errorf("gather counts: %w", err)
	}
	return nil
}
