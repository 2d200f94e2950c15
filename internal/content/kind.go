// Package content moves all that staff write between files, the database and
// back: it loads the embedded sample into an empty database, imports and
// exports folders of Markdown, and keeps every save as a revision. What a kind
// of content means is its own room's business; this package only knows that it
// can be saved.
package content

import (
	"context"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// Save reads an item's fields and writes it to its tables, replacing what
// stood there under the same slug and language. What is wrong with the item
// comes back as item.Problems before any statement has run, so that the
// transaction stays usable and all problems can be told at once.
type Save func(ctx context.Context, tx *postgres.Tx, it item.Item) error

// Kind is one kind of content: a folder of files, or a single file.
type Kind struct {
	Name   string // the folder's name; for a single file its name without .md
	Single bool
	Save   Save
}
