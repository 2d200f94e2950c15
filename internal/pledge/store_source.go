package pledge

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// saveSource keeps when a code was first made, and by whom.
func saveSource(db *gorm.DB, s Source) error {
	return db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "issue_slug"}, {Name: "code"}},
		DoUpdates: clause.AssignmentColumns([]string{"label", "retired_at"}),
	}).Create(&s).Error
}

func retireSource(db *gorm.DB, slug, code string, now time.Time) (found bool, err error) {
	done := db.Exec(`UPDATE source_code SET retired_at = coalesce(retired_at, ?) WHERE issue_slug = ? AND code = ?`, now, slug, code)
	return done.RowsAffected == 1, done.Error
}

func listSources(db *gorm.DB, slug string) ([]Source, error) {
	var rows []Source
	err := db.Where("? = '' OR issue_slug = ?", slug, slug).Order("issue_slug, code").Find(&rows).Error
	return rows, err
}

func standingSources(db *gorm.DB) (map[[2]string]bool, error) {
	var rows []Source
	if err := db.Select("issue_slug", "code").Where("retired_at IS NULL").Find(&rows).Error; err != nil {
		return nil, err
	}
	known := make(map[[2]string]bool, len(rows))
	for _, r := range rows {
		known[[2]string{r.IssueSlug, r.Code}] = true
	}
	return known, nil
}

// sourceDays adds what has rows to what was counted when rows were deleted.
func sourceDays(db *gorm.DB, slug string, from, until time.Time) ([]SourceDay, error) {
	if until.IsZero() {
		until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	var rows []SourceDay
	err := db.Raw(`
		SELECT issue_slug, code, coalesce(label, '') AS label, day, sum(n)::bigint AS n FROM (
			SELECT pledge AS issue_slug, source AS code, (confirmed_at AT TIME ZONE 'UTC')::date AS day, count(*) AS n
			FROM signature WHERE source <> '' AND state = 'confirmed' AND (@slug = '' OR pledge = @slug)
			GROUP BY 1, 2, 3
			UNION ALL
			SELECT issue_slug, code, day, n FROM source_tally WHERE kind = 'signature' AND (@slug = '' OR issue_slug = @slug)
		) counted LEFT JOIN source_code USING (issue_slug, code)
		WHERE day BETWEEN @from AND @until
		GROUP BY 1, 2, 3, 4 ORDER BY 1, 4, 2`,
		map[string]any{"slug": slug, "from": from, "until": until}).Scan(&rows).Error
	return rows, err
}
