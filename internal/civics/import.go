package civics

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
)

// Progress is told in a line what an import is doing. It may be nil.
type Progress func(line string)

// Diff says what an import changed.
type Diff struct {
	Datasets []DatasetDiff
	Added    []string // officials: "Diana DeGette, Colorado, 1st district"
	Removed  []string
	Changed  []string
	Warnings []string
}

// DatasetDiff counts a dataset's rows before and after.
type DatasetDiff struct {
	ID            string
	Before, After int
	Was, Is       time.Time
}

// maxListed bounds how many names a diff prints of one kind.
const maxListed = 20

// String is the diff as a terminal shows it.
func (d Diff) String() string {
	var b strings.Builder
	for _, s := range d.Datasets {
		fmt.Fprintf(&b, "%s: %d rows, before %d; as of %s\n", s.ID, s.After, s.Before, s.Is.Format(time.DateOnly))
	}
	for _, part := range []struct {
		word  string
		names []string
	}{{"added", d.Added}, {"removed", d.Removed}, {"changed", d.Changed}, {"warning", d.Warnings}} {
		for i, name := range part.names {
			if i == maxListed {
				fmt.Fprintf(&b, "%s: and %d more\n", part.word, len(part.names)-i)
				break
			}
			fmt.Fprintf(&b, "%s: %s\n", part.word, name)
		}
	}
	return b.String()
}

// ImportCongress replaces the members of Congress by the published files in a folder.
func ImportCongress(ctx context.Context, db *postgres.DB, path string, progress Progress) (Diff, error) {
	t, err := readCongressDir(path)
	if err != nil {
		return Diff{}, err
	}
	return store(ctx, db, t, progress)
}

// ImportOpenStates replaces the state legislators by a folder of published
// files. A single state's file would drop the other states, so a folder it is.
func ImportOpenStates(ctx context.Context, db *postgres.DB, path string, progress Progress) (Diff, error) {
	t, err := readOpenStatesPath(path, progress.line)
	if err != nil {
		return Diff{}, err
	}
	return store(ctx, db, t, progress)
}

// ImportZip replaces one ZIP table by a published file, or both by a folder.
func ImportZip(ctx context.Context, db *postgres.DB, path string, progress Progress) (Diff, error) {
	t, err := readZipPath(path)
	if err != nil {
		return Diff{}, err
	}
	return store(ctx, db, t, progress)
}

// ImportContactForms replaces the members' web forms by a published file.
func ImportContactForms(ctx context.Context, db *postgres.DB, path string, progress Progress) (Diff, error) {
	t, err := readContactFormsFile(path)
	if err != nil {
		return Diff{}, err
	}
	return store(ctx, db, t, progress)
}

func (p Progress) line(s string) {
	if p != nil {
		p(s)
	}
}

// store puts staged facts into the database in one transaction, and refuses
// files that would lose a fifth of what stood there: such a file is cut off.
func store(ctx context.Context, db *postgres.DB, t Tables, progress Progress) (Diff, error) {
	diff := Diff{Warnings: t.Warnings}
	err := pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", civicsLock); err != nil {
			return err
		}
		stored, err := datasetTable.all(ctx, tx)
		if err != nil {
			return err
		}
		before, err := roster(ctx, tx)
		if err != nil {
			return err
		}
		for _, d := range t.Datasets {
			dataset, part := d.ID, t.only(d.ID)
			change := compareDataset(stored, part.Datasets[0])
			if change.After*5 < change.Before*4 {
				return fmt.Errorf("%s: the new file has %d rows where %d stand; nothing was changed", dataset, change.After, change.Before)
			}
			progress.line(fmt.Sprintf("storing %s: %d rows", dataset, change.After))
			if err := replaceDataset(ctx, tx, dataset, part, "import", time.Now()); err != nil {
				return err
			}
			diff.Datasets = append(diff.Datasets, change)
		}
		after, err := roster(ctx, tx)
		diff.compare(before, after)
		return err
	})
	if err != nil {
		return Diff{}, fmt.Errorf("import: %w", err)
	}
	return diff, nil
}

func compareDataset(stored []storedDataset, d Dataset) DatasetDiff {
	change := DatasetDiff{ID: d.ID, After: d.Rows, Is: d.AsOf}
	for _, s := range stored {
		if s.ID == d.ID {
			change.Before, change.Was = s.Rows, s.AsOf
		}
	}
	return change
}

// listed is one official as a diff compares them.
type listed struct{ label, rest string }

// roster lists who sits where, and how to reach them.
func roster(ctx context.Context, tx pgx.Tx) (map[string]listed, error) {
	rows, err := tx.Query(ctx, `
		SELECT o.id, o.name || ', ' || COALESCE(s.name, ''), concat_ws('|', o.party, o.website,
			(SELECT string_agg(c.kind || c.value, '|' ORDER BY c.position) FROM channel c WHERE c.official_id = o.id),
			(SELECT string_agg(f.url || array_to_string(f.asks, ' '), '|' ORDER BY f.dataset) FROM contact_form f WHERE f.official_id = o.id))
		FROM official o LEFT JOIN tenure t ON t.official_id = o.id LEFT JOIN seat s ON s.id = t.seat_id`)
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	defer rows.Close()
	list := map[string]listed{}
	for rows.Next() {
		var id string
		var l listed
		if err := rows.Scan(&id, &l.label, &l.rest); err != nil {
			return nil, fmt.Errorf("roster: %w", err)
		}
		list[id] = l
	}
	return list, rows.Err()
}

func (d *Diff) compare(before, after map[string]listed) {
	for _, id := range slices.Sorted(maps.Keys(after)) {
		was, known := before[id]
		switch {
		case !known:
			d.Added = append(d.Added, after[id].label)
		case was != after[id]:
			d.Changed = append(d.Changed, after[id].label)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if _, still := after[id]; !still {
			d.Removed = append(d.Removed, before[id].label)
		}
	}
}
