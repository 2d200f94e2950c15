package center

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/i18n"
	"redress/internal/postgres"
)

// Centers reads and writes the center (one per language) and its pages.
type Centers struct{ db *postgres.DB }

// New returns the center that db holds.
func New(db *postgres.DB) *Centers { return &Centers{db: db} }

func (s *Centers) read(ctx context.Context) *gorm.DB {
	return s.db.Read(ctx).Where("lang = ?", i18n.Lang(ctx))
}

func (s *Centers) find(ctx context.Context) (found []Center, err error) {
	err = s.read(ctx).Limit(1).Find(&found).Error
	return found, wrap("read center", err)
}

func (s *Centers) findPage(ctx context.Context, slug string) (found []Page, err error) {
	err = s.read(ctx).Where("slug = ?", slug).Limit(1).Find(&found).Error
	return found, wrap("read page", err)
}

func (s *Centers) pages(ctx context.Context) (pages []Page, err error) {
	err = s.read(ctx).Omit("body").Order("slug").Find(&pages).Error
	return pages, wrap("read pages", err)
}

func saveCenter(tx *postgres.Tx, c Center) error {
	err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "lang"}}, UpdateAll: true}).Create(&c).Error
	return wrap("save center", err)
}

func savePage(tx *postgres.Tx, p Page) error {
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "slug"}, {Name: "lang"}},
		UpdateAll: true,
	}).Create(&p).Error
	return wrap("save page", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
