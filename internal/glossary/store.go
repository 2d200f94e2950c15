package glossary

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"redress/internal/i18n"
	"redress/internal/postgres"
)

// Glossary reads and writes the terms.
type Glossary struct {
	db   *postgres.DB
	zone *time.Location
	now  func() time.Time
}

// New returns the glossary in db, with its days by UTC unless InZone says otherwise.
func New(db *postgres.DB, options ...Option) *Glossary {
	g := &Glossary{db: db, zone: time.UTC, now: time.Now}
	for _, set := range options {
		set(g)
	}
	return g
}

// Option is a setting of New.
type Option func(*Glossary)

// InZone makes the terms' days those of the center's time zone.
func InZone(zone *time.Location) Option { return func(g *Glossary) { g.zone = zone } }

// WithClock is for tests: what time it is.
func WithClock(now func() time.Time) Option { return func(g *Glossary) { g.now = now } }

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

// TermDay is the term of one day.
type TermDay struct {
	Day    time.Time `gorm:"primaryKey;type:date"`
	Slug   string
	Chosen string // FromQueue or FromRota
}

// TermQueue is a term that waits for a day of its own.
type TermQueue struct {
	Position int64 `gorm:"primaryKey;autoIncrement"`
	Slug     string
}

// inLang limits term, a table's alias, to the row to show: in the reader's
// language, else in the default one.
func inLang(ctx context.Context, alias string) (sql string, args []any) {
	lang := i18n.Lang(ctx)
	return fmt.Sprintf(`%[1]s.lang = CASE WHEN EXISTS (SELECT FROM term x WHERE x.slug = %[1]s.slug AND x.lang = ?) THEN ? ELSE ? END`, alias),
		[]any{lang, lang, i18n.Default}
}

// dayRow is a term with its day.
type dayRow struct {
	Term
	Day time.Time
}

// days reads terms with their days; tail says which and in what order.
func (g *Glossary) days(ctx context.Context, tail string, args ...any) (found []Day, err error) {
	lang, which := inLang(ctx, "t")
	var rows []dayRow
	err = g.db.Read(ctx).Raw(`SELECT t.*, d.day FROM term_day d JOIN term t ON t.slug = d.slug AND `+lang+` `+tail, append(which, args...)...).Scan(&rows).Error
	for _, r := range rows {
		found = append(found, Day{Date: dateOf(r.Day), Term: r.Term})
	}
	return found, wrap("read the terms of days", err)
}

// pick is which term a day that has none gets: the first of the queue that is
// still a term, else the one that was a day's term longest ago or never. It
// depends on nothing but what the database holds. ok is false without any term.
func pick(db *gorm.DB) (next picked, ok bool, err error) {
	var found []picked
	err = db.Raw(`
		SELECT slug, chosen, position FROM (
			SELECT q.slug, @queue AS chosen, q.position, NULL::date AS used
			FROM term_queue q JOIN term t ON t.slug = q.slug AND t.lang = @lang
			UNION ALL
			SELECT t.slug, @rota, 0, (SELECT max(d.day) FROM term_day d WHERE d.slug = t.slug)
			FROM term t WHERE t.lang = @lang
		) candidate
		ORDER BY chosen = @queue DESC, position, used NULLS FIRST, slug COLLATE "C" LIMIT 1`,
		map[string]any{"queue": FromQueue, "rota": FromRota, "lang": i18n.Default}).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return picked{}, false, wrap("choose a term", err)
	}
	return found[0], true, nil
}

type picked struct {
	Slug, Chosen string
	Position     int64
}

// record makes a term the day's, unless another one got there first and is still
// a term. A term from the queue leaves it, and so do those before it, which are
// no terms any more.
func record(tx *postgres.Tx, day time.Time, p picked) error {
	done := tx.Exec(`
		INSERT INTO term_day AS d (day, slug, chosen) VALUES (?, ?, ?)
		ON CONFLICT (day) DO UPDATE SET slug = excluded.slug, chosen = excluded.chosen
		WHERE NOT EXISTS (SELECT FROM term t WHERE t.slug = d.slug AND t.lang = ?)`,
		written(day), p.Slug, p.Chosen, i18n.Default)
	if done.Error != nil || done.RowsAffected == 0 || p.Chosen != FromQueue {
		return wrap("record the term of a day", done.Error)
	}
	return wrap("take a term from the queue", tx.Exec("DELETE FROM term_queue WHERE position <= ?", p.Position).Error)
}

// queued are the waiting terms in their order.
func (g *Glossary) queued(ctx context.Context) (terms []Term, err error) {
	lang, which := inLang(ctx, "t")
	err = g.db.Read(ctx).Raw(`SELECT t.* FROM term_queue q JOIN term t ON t.slug = q.slug AND `+lang+` ORDER BY q.position`, which...).Scan(&terms).Error
	return terms, wrap("read the queue of terms", err)
}

// enqueue adds a term at the end unless it waits already; known is false when
// there is no such term.
func enqueue(tx *postgres.Tx, slug string) (known bool, err error) {
	if err = tx.Raw("SELECT EXISTS (SELECT FROM term WHERE slug = ? AND lang = ?)", slug, i18n.Default).Scan(&known).Error; err != nil || !known {
		return known, wrap("look for a term", err)
	}
	done := tx.Exec("INSERT INTO term_queue (slug) VALUES (?) ON CONFLICT (slug) DO NOTHING", slug)
	return true, wrap("queue a term", done.Error)
}

func unqueue(tx *postgres.Tx, slug string) (removed bool, err error) {
	done := tx.Exec("DELETE FROM term_queue WHERE slug = ?", slug)
	return done.RowsAffected > 0, wrap("take a term from the queue", done.Error)
}

// everyRelation reads what all terms say of others, in every language.
func everyRelation(tx *postgres.Tx) (terms []Term, err error) {
	err = tx.Select("slug", "lang", "title", "related").Order("lang, slug").Find(&terms).Error
	return terms, wrap("read relations", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
