package content

import (
	"context"
	"fmt"
	"time"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// Revision is one save of an item.
type Revision struct {
	ID               int64 `gorm:"primaryKey"`
	Kind, Slug, Lang string
	Front, Body      string
	Author           string
	Saved            time.Time
}

func (r Revision) item() item.Item {
	return item.Item{Kind: r.Kind, Slug: r.Slug, Lang: r.Lang, Revision: r.ID, Front: []byte(r.Front), Body: r.Body}
}

// writeLock keeps two imports apart: the second waits, and then sees what the
// first has saved.
const writeLock = 0x7265647265737301

func lock(tx *postgres.Tx) error {
	return wrap("lock content", tx.Exec("SELECT pg_advisory_xact_lock(?)", writeLock).Error)
}

// latest is the newest revision of every item, by kind and slug.
func latest(ctx context.Context, db *postgres.DB) (revisions []Revision, err error) {
	err = db.Read(ctx).Raw(newest + " ORDER BY kind, slug, lang").Scan(&revisions).Error
	return revisions, wrap("read revisions", err)
}

const newest = `SELECT * FROM (SELECT DISTINCT ON (kind, slug, lang) * FROM revision ORDER BY kind, slug, lang, id DESC) newest`

func latestOf(tx *postgres.Tx, it item.Item) (Revision, bool, error) {
	var found []Revision
	err := tx.Where("kind = ? AND slug = ? AND lang = ?", it.Kind, it.Slug, it.Lang).
		Order("id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return Revision{}, false, wrap("read revision", err)
	}
	return found[0], true, nil
}

func isEmpty(tx *postgres.Tx) (bool, error) {
	var holds bool
	err := tx.Raw("SELECT EXISTS (SELECT FROM revision) OR EXISTS (SELECT FROM center)").Scan(&holds).Error
	return !holds, wrap("look for content", err)
}

func addRevision(tx *postgres.Tx, it item.Item, author string, now time.Time) error {
	return wrap("save revision", tx.Create(&Revision{
		Kind: it.Kind, Slug: it.Slug, Lang: it.Lang, Front: string(it.Front), Body: it.Body, Author: author, Saved: now,
	}).Error)
}

// History returns the revisions of one item, newest first.
func (c *Content) History(ctx context.Context, kind, slug, lang string) (revisions []Revision, err error) {
	err = c.db.Read(ctx).Where("kind = ? AND slug = ? AND lang = ?", kind, slug, lang).
		Order("id DESC").Find(&revisions).Error
	return revisions, wrap("read revisions of an item", err)
}

// dangling is a slug in an item that no item has.
type dangling struct{ Slug, Lang, Target string }

// strayReferences are the values of a list of slugs that lead nowhere.
func strayReferences(tx *postgres.Tx, r reference) (found []dangling, err error) {
	err = tx.Raw(fmt.Sprintf(`
		SELECT o.slug, o.lang, named.slug AS target
		FROM %[1]s o, LATERAL %[2]s AS named(slug)
		WHERE NOT EXISTS (SELECT FROM %[3]s t WHERE t.slug = named.slug AND t.lang = o.lang)
		ORDER BY o.slug, o.lang, named.slug`, r.table, r.slugs, r.target)).Scan(&found).Error
	return found, wrap("check references", err)
}

// strayActions are the kinds of actions that a term leads to and none of its
// issues has.
func strayActions(tx *postgres.Tx) (found []dangling, err error) {
	err = tx.Raw(`
		SELECT t.slug, t.lang, named.kind AS target
		FROM term t, LATERAL jsonb_array_elements_text(t.action_kinds) AS named(kind)
		WHERE NOT EXISTS (SELECT FROM action a WHERE a.lang = t.lang AND a.kind = named.kind AND t.issue_slugs @> to_jsonb(a.issue_slug))
		ORDER BY t.slug, t.lang, named.kind`).Scan(&found).Error
	return found, wrap("check references", err)
}

// strayOwners are items that are named after an issue that isn't there.
func strayOwners(tx *postgres.Tx, kind string) (found []dangling, err error) {
	err = tx.Raw(`
		SELECT DISTINCT slug, lang, slug AS target FROM revision r
		WHERE kind = ? AND NOT EXISTS (SELECT FROM issue i WHERE i.slug = r.slug AND i.lang = r.lang)
		ORDER BY slug, lang`, kind).Scan(&found).Error
	return found, wrap("check references", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
