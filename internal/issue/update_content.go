package issue

import (
	"context"
	"strings"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// updateFront is the front matter of updates/<key>.md.
type updateFront struct {
	Issue   string    `yaml:"issue"`
	Title   string    `yaml:"title"`
	Date    item.Date `yaml:"date"`
	Summary string    `yaml:"summary"`
}

// What fits, in characters: both stand in lists, feeds and mail.
const (
	maxUpdateTitle   = 120
	maxUpdateSummary = 400
)

// SaveUpdate writes one piece of news from its file.
func (s *Issues) SaveUpdate(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f updateFront
	c := it.Decode(&f)
	c.Slug("issue", f.Issue)
	c.Required("title", f.Title)
	c.Max("title", f.Title, maxUpdateTitle)
	c.RequiredDate("date", f.Date)
	c.Required("summary", f.Summary)
	c.Max("summary", f.Summary, maxUpdateSummary)
	c.Body()
	if err := c.Err(); err != nil {
		return err
	}
	return saveUpdate(tx, Update{
		Key: it.Slug, Lang: it.Lang, IssueSlug: f.Issue, Title: strings.TrimSpace(f.Title), Date: f.Date.Time,
		Summary: strings.TrimSpace(f.Summary), Body: it.Body,
	})
}
