package letter

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// tallies are the gathered counts and the events that still wait; former counts
// have no channel.
const tallies = `(
	SELECT issue_slug, day, official_id, channel, variant, event, n FROM letter_tally
	UNION ALL SELECT issue_slug, day, official_id, channel, variant, event, n FROM letter_event
	UNION ALL SELECT issue_slug, day, '', '', '', 'written', written FROM letter_counter
	UNION ALL SELECT issue_slug, day, '', '', '', 'confirmed', confirmed FROM letter_counter
	UNION ALL SELECT issue_slug, day, '', '', '', 'sent', sent FROM letter_counter
	UNION ALL SELECT issue_slug, day, '', '', '', 'done_by_you', done_by_you FROM letter_counter
	UNION ALL SELECT issue_slug, day, official_id, 'phone', '', 'call_' || outcome, n FROM call_counter
)`

const within = `(@issue = '' OR issue_slug = @issue) AND (@from = '' OR day >= CAST(nullif(@from, '') AS date)) AND (@until = '' OR day <= CAST(nullif(@until, '') AS date))`

func bounds(issueSlug string, from, until time.Time) map[string]any {
	values := map[string]any{"issue": issueSlug, "from": "", "until": ""}
	if !from.IsZero() {
		values["from"] = from.Format(time.DateOnly)
	}
	if !until.IsZero() {
		values["until"] = until.Format(time.DateOnly)
	}
	return values
}

func results(ctx context.Context, db *gorm.DB, issueSlug string, from, until time.Time) ([]Result, error) {
	var list []Result
	err := db.WithContext(ctx).Raw(`
		SELECT issue_slug, day, channel, variant,
			sum(n) FILTER (WHERE event = 'written') AS written, sum(n) FILTER (WHERE event = 'confirmed') AS confirmed,
			sum(n) FILTER (WHERE event = 'recipient') AS recipients, sum(n) FILTER (WHERE event = 'sent') AS sent,
			sum(n) FILTER (WHERE event = 'bounced') AS bounced, sum(n) FILTER (WHERE event = 'failed') AS failed,
			sum(n) FILTER (WHERE event = 'captured') AS captured, sum(n) FILTER (WHERE event = 'held') AS held,
			sum(n) FILTER (WHERE event = 'needs_you') AS needs_you,
			sum(n) FILTER (WHERE event = 'done_by_you') AS done_by_you,
			sum(n) FILTER (WHERE event = 'answered') AS answered, sum(n) FILTER (WHERE event = 'no_answer') AS no_answer,
			sum(n) FILTER (WHERE event = 'own_words') AS own_words, sum(n) FILTER (WHERE event = 'all_words') AS all_words,
			sum(n) FILTER (WHERE event = 'statement') AS statements,
			sum(n) FILTER (WHERE event = 'call_spoke') AS calls_spoke, sum(n) FILTER (WHERE event = 'call_voicemail') AS calls_voicemail,
			sum(n) FILTER (WHERE event = 'call_busy') AS calls_busy, sum(n) FILTER (WHERE event = 'call_no_answer') AS calls_no_answer
		FROM `+tallies+` t WHERE `+within+`
		GROUP BY issue_slug, day, channel, variant HAVING bool_or(n <> 0) ORDER BY issue_slug, day, channel, variant`, bounds(issueSlug, from, until)).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	return list, nil
}

func reach(ctx context.Context, db *gorm.DB, issueSlug string, from, until time.Time) ([]Reach, error) {
	var list []Reach
	err := db.WithContext(ctx).Raw(`
		SELECT issue_slug, CASE WHEN event LIKE 'call%' THEN 'call' ELSE 'letter' END AS action, official_id,
			min(day) AS first, max(day) AS last, sum(n) AS n
		FROM `+tallies+` t
		WHERE official_id <> '' AND event IN ('sent', 'done_by_you', 'call_spoke', 'call_voicemail') AND `+within+`
		GROUP BY 1, 2, 3 HAVING sum(n) > 0 ORDER BY 1, 2, 3`, bounds(issueSlug, from, until)).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read reach: %w", err)
	}
	return list, nil
}
