package issue

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/postgres"
)

// seenUpdates are those whose day has come, on issues whose day has come.
func (s *Issues) seenUpdates(ctx context.Context) *gorm.DB {
	return s.read(ctx).Where("date <= current_date AND issue_slug IN (?)", s.published(ctx).Model(&Issue{}).Select("slug"))
}

func (s *Issues) updatesOf(ctx context.Context, issue string) (updates []Update, err error) {
	err = s.seenUpdates(ctx).Omit("body").Where("issue_slug = ?", issue).Order("date DESC, key").Find(&updates).Error
	return updates, wrap("read updates", err)
}

func (s *Issues) latestUpdates(ctx context.Context, n int) (updates []Update, err error) {
	err = s.seenUpdates(ctx).Omit("body").Order("date DESC, key").Limit(n).Find(&updates).Error
	return updates, wrap("read latest updates", err)
}

func (s *Issues) findUpdate(ctx context.Context, issue, key string) (found []Update, err error) {
	err = s.seenUpdates(ctx).Where("issue_slug = ? AND key = ?", issue, key).Limit(1).Find(&found).Error
	return found, wrap("read update", err)
}

func saveUpdate(tx *postgres.Tx, u Update) error {
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "key"}, {Name: "lang"}},
		UpdateAll: true,
	}).Create(&u).Error
	return wrap("save update", err)
}
