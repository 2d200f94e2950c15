package pledge

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// front is the front matter of a pledge's file.
type front struct {
	Title              string    `yaml:"title"`
	Addressee          string    `yaml:"addressee"`
	Goal               int64     `yaml:"goal"`
	Opens              item.Date `yaml:"opens"`
	Closes             item.Date `yaml:"closes"`
	HandedOver         string    `yaml:"handed_over"`
	KeptDaysAfterClose *int      `yaml:"kept_days_after_close"`
	ShowNames          bool      `yaml:"show_names"`
	reportFront        `yaml:",inline"`
}

// The longest that signatures may be kept after a pledge has closed.
const maxKeptDays = 366

// SaveContent reads a pledge's file, whose slug is its issue's, and writes it
// over what stood there. Everything wrong with it comes back as item.Problems
// before any statement has run.
func (p *Pledges) SaveContent(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f front
	c := it.Decode(&f)
	c.Required("title", f.Title)
	c.Max("title", f.Title, 120)
	c.Required("addressee", f.Addressee)
	c.Max("addressee", f.Addressee, 200)
	c.Required("handed_over", f.HandedOver)
	c.Max("handed_over", f.HandedOver, 500)
	if f.Goal < 1 || f.Goal > 1_000_000_000 {
		c.Fail("goal", "must be a number of signatures, at least 1")
	}
	if !f.Opens.IsZero() && !f.Closes.IsZero() && f.Closes.Before(f.Opens.Time) {
		c.Fail("closes", "must not come before opens")
	}
	switch {
	case f.KeptDaysAfterClose == nil:
		c.Fail("kept_days_after_close", "is required")
	case *f.KeptDaysAfterClose < 0 || *f.KeptDaysAfterClose > maxKeptDays:
		c.Fail("kept_days_after_close", "must be between 0 and %d", maxKeptDays)
	}
	f.check(c)
	if strings.TrimSpace(it.Body) == "" {
		c.FailBody(0, "the pledge's words are missing")
	}
	if err := c.Err(); err != nil {
		return err
	}
	defer p.read.forget()
	err := savePledge(tx, Pledge{
		ID:                 uuid.New(),
		IssueSlug:          it.Slug,
		Lang:               it.Lang,
		Title:              f.Title,
		Statement:          it.Body,
		Addressee:          f.Addressee,
		Goal:               f.Goal,
		Opens:              f.Opens.Ptr(),
		Closes:             f.Closes.Ptr(),
		HandedOver:         f.HandedOver,
		KeptDaysAfterClose: *f.KeptDaysAfterClose,
		ShowsNames:         f.ShowNames,
	})
	if err != nil {
		return err
	}
	return saveReport(tx, f.report(it))
}
