package glossary

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/i18n"
	"redress/internal/postgres"
)

// Glossary reads and writes the terms.
type Glossary struct{ db *postgres.DB }

// New returns the glossary in db.
func New(db *postgres.DB) *Glossary { return &Glossary{db: db} }

func (g *Glossary) read(ctx context.Context) *gorm.DB {
	return g.db.Read(ctx).Where("lang = ?", i18n.Lang(ctx))
}

func (g *Glossary) find(ctx context.Context, slug string) (found []Term, err error) {
	err = g.read(ctx).Where("slug = ?", slug).Limit(1).Find(&found).Error
	return found, wrap("read term", err)
}

func (g *Glossary) all(ctx context.Context) (terms []Term, err error) {
	err = g.read(ctx).Omit("body").Order("lower(title), slug").Find(&terms).Error
	return terms, wrap("read terms", err)
}

func (g *Glossary) forIssue(ctx context.Context, issue string) (terms []Term, err error) {
	err = g.read(ctx).Omit("body").Where("issue_slugs @> jsonb_build_array(?::text)", issue).
		Order("lower(title), slug").Find(&terms).Error
	return terms, wrap("read terms of an issue", err)
}

func save(tx *postgres.Tx, t Term) error {
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "slug"}, {Name: "lang"}},
		UpdateAll: true,
	}).Create(&t).Error
	return wrap("save term", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
