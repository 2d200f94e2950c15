// Package organization is the directory of groups that a visitor can support.
package organization

import "redress/internal/content/prose"

// Organization is a group one can support.
type Organization struct {
	Slug, Lang   string `gorm:"primaryKey"`
	Name         string
	What         string // what it does, plain text
	Stands       string // where it stands, plain text
	SiteURL      string // this and the other links are https or empty
	DonateURL    string
	VolunteerURL string
	FollowURL    string
	IssueSlugs   []string `gorm:"serializer:json"`
	Position     int
	Body         string // Markdown, may be empty

	HTML prose.HTML `gorm:"-"`
}
