package organization

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/i18n"
	"redress/internal/postgres"
)

// Directory reads and writes the organizations.
type Directory struct{ db *postgres.DB }

// New returns the directory in db.
func New(db *postgres.DB) *Directory { return &Directory{db: db} }

const order = "position, lower(name), slug"

func (d *Directory) read(ctx context.Context) *gorm.DB {
	return d.db.Read(ctx).Where("lang = ?", i18n.Lang(ctx))
}

func (d *Directory) find(ctx context.Context, slug string) (found []Organization, err error) {
	err = d.read(ctx).Where("slug = ?", slug).Limit(1).Find(&found).Error
	return found, wrap("read organization", err)
}

func (d *Directory) all(ctx context.Context) (all []Organization, err error) {
	err = d.read(ctx).Order(order).Find(&all).Error
	return all, wrap("read organizations", err)
}

func (d *Directory) named(ctx context.Context, slugs []string) (named []Organization, err error) {
	err = d.read(ctx).Where("slug IN ?", slugs).Order(order).Find(&named).Error
	return named, wrap("read organizations of an issue", err)
}

func (d *Directory) everyLanguage(ctx context.Context) (all []Organization, err error) {
	err = d.db.Read(ctx).Order("slug, lang").Find(&all).Error
	return all, wrap("read organizations", err)
}

func save(tx *postgres.Tx, o Organization) error {
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "slug"}, {Name: "lang"}},
		UpdateAll: true,
	}).Create(&o).Error
	return wrap("save organization", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
