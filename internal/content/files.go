package content

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"redress/internal/content/item"
)

var language = regexp.MustCompile(`^[a-z]{2}$`)

// largestFile is far above any text a person writes.
const largestFile = 1 << 20

// readFiles reads every content file under fsys, in the order in which they
// are to be saved. What can't be read is a problem, not an error.
func (c *Content) readFiles(fsys fs.FS) ([]item.Item, item.Problems, error) {
	var items []item.Item
	var problems item.Problems
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name != "." && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() || path.Ext(name) != ".md" {
			return nil
		}
		it, err := c.readFile(fsys, name)
		if found, ok := item.AsProblems(err); ok {
			problems = append(problems, found...)
			return nil
		}
		items = append(items, it)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read content files: %w", err)
	}
	slices.SortStableFunc(items, func(a, b item.Item) int {
		return cmp.Or(cmp.Compare(c.order(a.Kind), c.order(b.Kind)), cmp.Compare(a.File, b.File))
	})
	return items, problems, nil
}

func (c *Content) readFile(fsys fs.FS, name string) (item.Item, error) {
	lang, kind, slug, ok := c.place(name)
	if !ok {
		return item.Item{}, item.Problems{{File: name, Text: "no kind of content stands here; files stand as en/issues/slug.md"}}
	}
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return item.Item{}, err
	}
	if len(text) > largestFile {
		return item.Item{}, item.Problems{{File: name, Text: "is larger than 1 MB"}}
	}
	it, err := item.Parse(name, text)
	it.Lang, it.Kind, it.Slug = lang, kind, slug
	return it, err
}

// place reads language, kind and slug from a file's path.
func (c *Content) place(name string) (lang, kind, slug string, ok bool) {
	steps := strings.Split(strings.TrimSuffix(name, ".md"), "/")
	if len(steps) < 2 || !language.MatchString(steps[0]) {
		return "", "", "", false
	}
	lang, steps = steps[0], steps[1:]
	n := c.order(steps[0])
	if n < 0 || c.kinds[n].Single != (len(steps) == 1) || len(steps) > 2 {
		return "", "", "", false
	}
	return lang, steps[0], steps[len(steps)-1], true
}
