package newsletter

import (
	"context"
	"time"

	"redress/internal/postgres"
)

// editions lists editions that were sent, by day: up to and with one, newest first. Skipped ones are none.
func editions(ctx context.Context, db *postgres.DB, until time.Time, limit int) (list []Mailing, err error) {
	return list, db.Read(ctx).Where("kind = ? AND day <= CAST(? AS date) AND term <> '' AND state <> 'skipped'", KindEdition, until.Format(time.DateOnly)).
		Order("day DESC").Limit(limit).Find(&list).Error
}

// beside are the days of the editions before and after one; zero: there is none.
func beside(ctx context.Context, db *postgres.DB, day time.Time) (before, after time.Time, err error) {
	var row struct{ Before, After *time.Time }
	err = db.Read(ctx).Raw(`
		SELECT max(day) FILTER (WHERE day < CAST(@day AS date)) AS before, min(day) FILTER (WHERE day > CAST(@day AS date)) AS after
		FROM mailing WHERE kind = @kind AND term <> '' AND state <> 'skipped'`,
		map[string]any{"day": day.Format(time.DateOnly), "kind": KindEdition}).Scan(&row).Error
	if row.Before != nil {
		before = dateOf(*row.Before)
	}
	if row.After != nil {
		after = dateOf(*row.After)
	}
	return before, after, err
}
