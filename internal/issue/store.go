package issue

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/glossary"
	"redress/internal/i18n"
	"redress/internal/postgres"
)

// Issues reads and writes the explainers.
type Issues struct {
	db    *postgres.DB
	terms *glossary.Glossary
}

// New returns the issues in db.
func New(db *postgres.DB) *Issues {
	return &Issues{db: db, terms: glossary.New(db)}
}

func (s *Issues) read(ctx context.Context) *gorm.DB {
	return s.db.Read(ctx).Where("lang = ?", i18n.Lang(ctx))
}

// published leaves out what is not to be seen before its day.
func (s *Issues) published(ctx context.Context) *gorm.DB {
	return s.read(ctx).Where("published <= current_date")
}

func (s *Issues) find(ctx context.Context, slug string) (found []Issue, err error) {
	err = s.published(ctx).Where("slug = ?", slug).Limit(1).Find(&found).Error
	return found, wrap("read issue", err)
}

func (s *Issues) all(ctx context.Context) (issues []Issue, err error) {
	err = s.published(ctx).Omit("body").Order("position, lower(title), slug").Find(&issues).Error
	if err != nil {
		return nil, wrap("read issues", err)
	}
	return issues, s.addActions(ctx, issues)
}

func (s *Issues) addActions(ctx context.Context, issues []Issue) error {
	var actions []Action
	err := s.read(ctx).Order("issue_slug, position").Find(&actions).Error
	for n := range issues {
		for _, a := range actions {
			if a.IssueSlug == issues[n].Slug {
				issues[n].Actions = append(issues[n].Actions, a)
			}
		}
	}
	return wrap("read actions", err)
}

// withBills reads published issues with actions and bills.
func (s *Issues) withBills(ctx context.Context) ([]Issue, error) {
	issues, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	var bills []Bill
	err = s.read(ctx).Order("issue_slug, position").Find(&bills).Error
	for n := range issues {
		for _, b := range bills {
			if b.IssueSlug == issues[n].Slug {
				issues[n].Bills = append(issues[n].Bills, b)
			}
		}
	}
	return issues, wrap("read bills", err)
}

func (s *Issues) named(ctx context.Context, slugs []string) (issues []Issue, err error) {
	err = s.published(ctx).Omit("body").Where("slug IN ?", slugs).Order("position, lower(title), slug").Find(&issues).Error
	if err != nil {
		return nil, wrap("read issues by slug", err)
	}
	return issues, s.addActions(ctx, issues)
}

// fill reads what belongs to an issue and stands in tables of its own.
func (s *Issues) fill(ctx context.Context, i *Issue) error {
	own := func() *gorm.DB { return s.read(ctx).Where("issue_slug = ?", i.Slug).Order("position") }
	return wrap("read parts of an issue", errors.Join(
		own().Find(&i.Actions).Error,
		own().Find(&i.Bills).Error,
		own().Find(&i.States).Error,
		s.articles(ctx, i),
	))
}

// articles are those the issue names and those that name the issue.
func (s *Issues) articles(ctx context.Context, i *Issue) error {
	return s.read(ctx).
		Where("slug IN ? OR issue_slugs @> jsonb_build_array(?::text)", append([]string{""}, i.ArticleSlugs...), i.Slug).
		Order("date DESC NULLS LAST, slug").Find(&i.Articles).Error
}

func (s *Issues) articlesOnTerm(ctx context.Context, term string) (articles []Article, err error) {
	err = s.read(ctx).Where("term_slugs @> jsonb_build_array(?::text)", term).
		Order("date DESC NULLS LAST, slug").Find(&articles).Error
	return articles, wrap("read articles on a term", err)
}

// countStates counts a state once, however many issues list it. What its cities
// have changed stands under its code too and counts as one place more.
func (s *Issues) countStates(ctx context.Context) (n int, err error) {
	err = s.read(ctx).Model(&StateLaw{}).
		Select("count(DISTINCT (code, status = ?))", StateLawCity).
		Where("issue_slug IN (?)", s.published(ctx).Model(&Issue{}).Select("slug")).Scan(&n).Error
	return n, wrap("count states", err)
}

// save replaces an issue with everything that belongs to it.
func save(tx *postgres.Tx, i Issue) error {
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "slug"}, {Name: "lang"}},
		UpdateAll: true,
	}).Create(&i).Error
	if err != nil {
		return wrap("save issue", err)
	}
	return wrap("save parts of an issue", errors.Join(
		replace(tx, i, i.Actions),
		replace(tx, i, i.Bills),
		replace(tx, i, i.States),
	))
}

func replace[T any](tx *postgres.Tx, i Issue, rows []T) error {
	if err := tx.Where("issue_slug = ? AND lang = ?", i.Slug, i.Lang).Delete(new(T)).Error; err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	return tx.Create(&rows).Error
}

func saveArticle(tx *postgres.Tx, a Article) error {
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "slug"}, {Name: "lang"}},
		UpdateAll: true,
	}).Create(&a).Error
	return wrap("save article", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
