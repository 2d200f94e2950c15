// Package center is the organization that runs this site: who it is, where to
// write to it, and the pages that it keeps about itself.
package center

import (
	"time"

	"redress/internal/content/prose"
)

// Center is the organization that runs this site.
type Center struct {
	Lang          string `gorm:"primaryKey"`
	Name          string
	ShortName     string
	LegalName     string
	LegalForm     string
	PostalAddress []string `gorm:"serializer:json"` // lines
	Email         string
	Phone         string
	DonateURL     string
	Accent        string // a CSS color such as #1a35c8, may be empty
	Funding       string // who pays for this
	Sample        bool   // the content is a sample; every page says so
	Body          string // Markdown: about the center

	HTML prose.HTML `gorm:"-"`
}

// Page is one of the center's standing pages: about, contact, legal …
type Page struct {
	Slug, Lang string `gorm:"primaryKey"`
	Title      string
	Updated    time.Time `gorm:"type:date"`
	Body       string    // Markdown

	HTML prose.HTML `gorm:"-"`
}
