// Package content moves all that staff write between files, the database and
// back: it loads the embedded sample into an empty database, imports and
// exports folders of Markdown, and keeps every save as a revision. What a kind
// of content means is its own room's business; this package only knows that it
// can be saved.
//
// Files stand as <language>/<kind>/<slug>.md, the center as <language>/center.md.
package content

import (
	"context"
	"time"

	"redress/internal/center"
	"redress/internal/content/item"
	"redress/internal/glossary"
	"redress/internal/issue"
	"redress/internal/organization"
	"redress/internal/postgres"
	"redress/internal/records"
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
	Note   func(item.Item) []string // what is odd about a saved item and no reason to refuse it; may be nil
}

// The kinds' names: the folders they stand in.
const (
	KindCenter        = "center"
	KindPages         = "pages"
	KindTerms         = "terms"
	KindOrganizations = "organizations"
	KindArticles      = "articles"
	KindIssues        = "issues"
	KindLetters       = "letters"
	KindPledges       = "pledges"
	KindRecords       = "records"
	KindMeetings      = "meetings"
	KindUpdates       = "updates"
)

// Rooms are the subjects that own the kinds.
type Rooms struct {
	Centers       *center.Centers
	Terms         *glossary.Glossary
	Organizations *organization.Directory
	Issues        *issue.Issues
	SaveLetter    Save
	SavePledge    Save
}

// Content imports, exports and loads. New makes one.
type Content struct {
	db    *postgres.DB
	now   func() time.Time
	kinds []Kind // in the order in which they are saved: what others name comes first
}

// New returns the mover of everything that rooms own.
func New(db *postgres.DB, now func() time.Time, rooms Rooms) *Content {
	return &Content{db: db, now: now, kinds: []Kind{
		{Name: KindCenter, Single: true, Save: rooms.Centers.SaveContent},
		{Name: KindPages, Save: rooms.Centers.SavePage},
		{Name: KindTerms, Save: rooms.Terms.SaveContent},
		{Name: KindOrganizations, Save: rooms.Organizations.SaveContent},
		{Name: KindArticles, Save: rooms.Issues.SaveArticle},
		{Name: KindIssues, Save: rooms.Issues.SaveContent},
		{Name: KindLetters, Save: rooms.SaveLetter},
		{Name: KindPledges, Save: rooms.SavePledge},
		{Name: KindRecords, Save: records.SaveContent},
		{Name: KindMeetings, Save: rooms.Issues.SaveMeetings(now), Note: issue.MeetingsOver(now)},
		{Name: KindUpdates, Save: rooms.Issues.SaveUpdate},
	}}
}

func (c *Content) order(name string) int {
	for n, k := range c.kinds {
		if k.Name == name {
			return n
		}
	}
	return -1
}
