package content

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// Options say how to import.
type Options struct {
	Force  bool   // save even what was changed since it was exported
	Author string // who saves, for the revisions
}

// Result says what an import did.
type Result struct {
	Saved     []string // files that became new revisions
	Unchanged int      // files that say what the database says
	Notes     []string // what is odd about the saved files, and no reason to refuse them
}

// Conflict is an item that was changed in the database since its file was exported.
type Conflict struct {
	File string
	Diff string // from the database's text to the file's, in unified style
}

// Conflicts stop an import; nothing was saved.
type Conflicts []Conflict

// Error shows each conflict with its difference.
func (cs Conflicts) Error() string {
	var b strings.Builder
	for _, c := range cs {
		fmt.Fprintf(&b, "%s was changed since this file was exported:\n%s\n", c.File, c.Diff)
	}
	return strings.TrimRight(b.String(), "\n")
}

// Import saves every file under dir, all or none. Files that can't be taken
// come back as item.Problems, all of them; items changed since their export as
// Conflicts. What stands in the database and not in dir stays.
func (c *Content) Import(ctx context.Context, dir string, o Options) (Result, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return Result{}, fmt.Errorf("import content: %w", err)
	}
	if !info.IsDir() {
		return Result{}, fmt.Errorf("import content: %s is not a folder", dir)
	}
	return c.ImportFS(ctx, os.DirFS(dir), o)
}

// ImportFS is Import from a file system.
func (c *Content) ImportFS(ctx context.Context, fsys fs.FS, o Options) (Result, error) {
	var result Result
	err := c.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := lock(tx); err != nil {
			return err
		}
		var err error
		result, err = c.importFiles(ctx, tx, fsys, o)
		return err
	})
	if err != nil {
		return Result{}, err
	}
	return result, nil
}

// LoadEmpty imports fsys when the database holds no content, and tells whether
// it did. Two nodes that start together load once.
func (c *Content) LoadEmpty(ctx context.Context, fsys fs.FS, author string) (loaded bool, err error) {
	err = c.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := lock(tx); err != nil {
			return err
		}
		empty, err := isEmpty(tx)
		if err != nil || !empty {
			return err
		}
		loaded = true
		_, err = c.importFiles(ctx, tx, fsys, Options{Author: author})
		return err
	})
	return loaded && err == nil, err
}

func (c *Content) importFiles(ctx context.Context, tx *postgres.Tx, fsys fs.FS, o Options) (Result, error) {
	var result Result
	items, problems, err := c.readFiles(fsys)
	if err != nil {
		return result, err
	}
	if len(items) == 0 && len(problems) == 0 {
		return result, fmt.Errorf("import content: there are no content files; they stand as en/issues/slug.md")
	}
	var conflicts Conflicts
	for _, it := range items {
		saved, err := c.importItem(ctx, tx, it, o)
		switch e := err.(type) { //nolint:errorlint // these two come unwrapped from importItem
		case nil:
		case item.Problems:
			problems = append(problems, e...)
		case Conflicts:
			conflicts = append(conflicts, e...)
		default:
			return result, err
		}
		if saved {
			result.Saved = append(result.Saved, it.File)
			result.Notes = append(result.Notes, c.notes(it)...)
		} else {
			result.Unchanged++
		}
	}
	if len(problems) == 0 && len(conflicts) == 0 {
		if problems, err = checkReferences(tx, items); err != nil {
			return result, err
		}
	}
	if len(problems) > 0 {
		return result, problems
	}
	if len(conflicts) > 0 {
		return result, conflicts
	}
	return result, nil
}

// notes are what a kind finds odd about an item, each with its file.
func (c *Content) notes(it item.Item) []string {
	note := c.kinds[c.order(it.Kind)].Note
	if note == nil {
		return nil
	}
	notes := note(it)
	for n := range notes {
		notes[n] = it.File + ": " + notes[n]
	}
	return notes
}

// importItem saves one file unless the database says the same already.
func (c *Content) importItem(ctx context.Context, tx *postgres.Tx, it item.Item, o Options) (saved bool, err error) {
	last, exists, err := latestOf(tx, it)
	if err != nil {
		return false, err
	}
	if exists && last.item().Text() == it.Text() {
		return false, nil
	}
	if exists && last.ID != it.Revision && !o.Force {
		return false, Conflicts{{File: it.File, Diff: unified(last.item().Text(), it.Text())}}
	}
	if err := c.kinds[c.order(it.Kind)].Save(ctx, tx, it); err != nil {
		if problems, ok := item.AsProblems(err); ok {
			return false, problems
		}
		return false, fmt.Errorf("save %s: %w", it.File, err)
	}
	return true, addRevision(tx, it, o.Author, c.now())
}
