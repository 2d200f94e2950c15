package records

import (
	"context"
	"fmt"

	"gorm.io/gorm/clause"

	"redress/internal/i18n"
	"redress/internal/postgres"
)

// Records reads the guides.
type Records struct{ db *postgres.DB }

// New returns the guides in db.
func New(db *postgres.DB) *Records { return &Records{db: db} }

func (r *Records) find(ctx context.Context, issue string) (Guide, error) {
	var found []Guide
	err := r.db.Read(ctx).Where("issue_slug = ? AND lang = ?", issue, i18n.Lang(ctx)).Limit(1).Find(&found).Error
	if err != nil {
		return Guide{}, fmt.Errorf("read records guide: %w", err)
	}
	if len(found) == 0 {
		return Guide{IssueSlug: issue, Lang: i18n.Lang(ctx)}, nil
	}
	return found[0], nil
}

func save(tx *postgres.Tx, g Guide) error {
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "issue_slug"}, {Name: "lang"}},
		UpdateAll: true,
	}).Create(&g).Error
	if err != nil {
		return fmt.Errorf("save records guide: %w", err)
	}
	return nil
}
