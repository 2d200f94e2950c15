package letter

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"redress/internal/postgres"
)

// noteAnswer writes what a writer told, with its event; what they told before is
// taken off the count.
func noteAnswer(ctx context.Context, tx *postgres.Tx, delivery uuid.UUID, answer Answer, now time.Time) error {
	err := tx.WithContext(ctx).Exec(`
		WITH standing AS (
			SELECT d.id, d.answer, d.official_id, d.channel, m.issue_slug, m.state, m.variant FROM delivery d JOIN message m ON m.id = d.message_id
			WHERE d.id = @id FOR UPDATE OF d
		), told AS (
			UPDATE delivery SET answer = @answer, answered_at = @now FROM standing
			WHERE delivery.id = standing.id AND standing.answer <> @answer
			RETURNING standing.answer AS was, standing.official_id, standing.channel, standing.issue_slug, standing.state, standing.variant
		)
		INSERT INTO letter_event (issue_slug, day, state, official_id, channel, variant, event, n)
		SELECT issue_slug, CAST(@day AS date), state, official_id, channel, variant, CASE @answer WHEN 'yes' THEN @yes ELSE @no END, 1 FROM told
		UNION ALL
		SELECT issue_slug, CAST(@day AS date), state, official_id, channel, variant, CASE was WHEN 'yes' THEN @yes ELSE @no END, -1 FROM told WHERE was <> ''`,
		map[string]any{
			"id": delivery, "answer": string(answer), "now": now, "day": day(now), "yes": eventAnswered, "no": eventNoAnswer,
		}).Error
	if err != nil {
		return fmt.Errorf("note answer: %w", err)
	}
	return nil
}
