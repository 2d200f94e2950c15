package issue

import (
	"context"
	"time"

	"redress/internal/content/prose"
	"redress/internal/fault"
	"redress/internal/glossary"
)

// Update is dated news on an issue. It is seen from its day on, and while its
// issue is.
type Update struct {
	Key, Lang string `gorm:"primaryKey"` // Key is a slug, part of the address, one of a kind over all issues
	IssueSlug string
	Title     string
	Date      time.Time `gorm:"type:date"`
	Summary   string    // one or two sentences, plain text
	Body      string    // Markdown; may be empty

	HTML      prose.HTML      `gorm:"-"` // Body with its terms marked
	Mentioned []glossary.Term `gorm:"-"` // those that it marks, in order
}

// TableName tells the table from SQL's word.
func (Update) TableName() string { return "issue_update" }

// Updates returns the news on an issue, newest first, without their text.
func (s *Issues) Updates(ctx context.Context, issue string) ([]Update, error) {
	return s.updatesOf(ctx, issue)
}

// LatestUpdates returns the news on all issues, newest first and at most n,
// without their text.
func (s *Issues) LatestUpdates(ctx context.Context, n int) ([]Update, error) {
	return s.latestUpdates(ctx, n)
}

// UpdateByKey returns one piece of news with its text as HTML. News of another
// issue, and what isn't to be seen yet, is not found.
func (s *Issues) UpdateByKey(ctx context.Context, issue, key string) (Update, error) {
	found, err := s.findUpdate(ctx, issue, key)
	if err != nil {
		return Update{}, err
	}
	if len(found) == 0 {
		return Update{}, fault.NotFound("issue.update.unknown")
	}
	mentions, err := s.terms.Mentions(ctx)
	if err != nil {
		return Update{}, err
	}
	u := found[0]
	u.HTML = prose.Render(u.Body, mentions.Marker).HTML()
	u.Mentioned = mentions.Terms()
	return u, nil
}
