package letter

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// countCall adds one to a counter of calls, in one statement: those who count at
// the same time wait for each other's row, and none is lost.
func countCall(ctx context.Context, db *gorm.DB, c CallCounter) error {
	err := db.WithContext(ctx).Exec(`
		INSERT INTO call_counter (issue_slug, day, official_id, outcome, n) VALUES (?, ?, ?, ?, 1)
		ON CONFLICT (issue_slug, day, official_id, outcome) DO UPDATE SET n = call_counter.n + 1`,
		c.IssueSlug, c.Day.Format(time.DateOnly), c.OfficialID, string(c.Outcome)).Error
	if err != nil {
		return fmt.Errorf("count call: %w", err)
	}
	return nil
}
