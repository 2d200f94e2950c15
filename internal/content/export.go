package content

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"redress/internal/content/item"
)

// ErrEdited says that an export would overwrite edits that were never imported.
var ErrEdited = errors.New("these files hold edits that were not imported; import them first or export to another folder")

// Export writes every item to dir as a file that Import reads, each with the
// revision it holds. A file that is there already is overwritten only if it is
// an earlier export without edits; otherwise nothing is written.
func (c *Content) Export(ctx context.Context, dir string) (written int, err error) {
	revisions, err := latest(ctx, c.db)
	if err != nil {
		return 0, err
	}
	var edited []string
	for _, r := range revisions {
		name := r.Lang + "/" + r.item().Path()
		safe, err := c.mayOverwrite(ctx, filepath.Join(dir, name), r)
		if err != nil {
			return 0, err
		}
		if !safe {
			edited = append(edited, name)
		}
	}
	if len(edited) > 0 {
		return 0, fmt.Errorf("%w:\n%s", ErrEdited, strings.Join(edited, "\n"))
	}
	for _, r := range revisions {
		it := r.item()
		if err := writeFile(filepath.Join(dir, r.Lang, it.Path()), it.Export()); err != nil {
			return written, fmt.Errorf("export content: %w", err)
		}
		written++
	}
	return written, nil
}

// mayOverwrite tells whether the file is absent, or says what some revision of
// its item says.
func (c *Content) mayOverwrite(ctx context.Context, name string, latest Revision) (bool, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("export content: %w", err)
	}
	it, err := item.Parse(name, text)
	if err != nil {
		return false, nil //nolint:nilerr // not a file of ours: leave it alone
	}
	if it.Text() == latest.item().Text() {
		return true, nil
	}
	history, err := c.History(ctx, latest.Kind, latest.Slug, latest.Lang)
	if err != nil {
		return false, err
	}
	for _, r := range history {
		if r.item().Text() == it.Text() {
			return true, nil
		}
	}
	return false, nil
}

// writeFile replaces a file in one step.
func writeFile(name string, text []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil { //nolint:gosec // content is public
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(name), ".export-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return nil
}
