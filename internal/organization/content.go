package organization

import (
	"context"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// front is the front matter of organizations/<slug>.md.
type front struct {
	Name         string   `yaml:"name"`
	What         string   `yaml:"what"`
	Stands       string   `yaml:"stands"`
	SiteURL      string   `yaml:"site_url"`
	DonateURL    string   `yaml:"donate_url"`
	VolunteerURL string   `yaml:"volunteer_url"`
	FollowURL    string   `yaml:"follow_url"`
	Issues       []string `yaml:"issues"`
	Position     int      `yaml:"position"`
}

// SaveContent writes one organization from its file.
func (d *Directory) SaveContent(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f front
	c := it.Decode(&f)
	c.Required("name", f.Name)
	c.Max("name", f.Name, 120)
	c.Required("what", f.What)
	c.Required("site_url", f.SiteURL)
	c.HTTPS("site_url", f.SiteURL)
	c.HTTPS("donate_url", f.DonateURL)
	c.HTTPS("volunteer_url", f.VolunteerURL)
	c.HTTPS("follow_url", f.FollowURL)
	c.Slugs("issues", f.Issues)
	c.Body()
	if err := c.Err(); err != nil {
		return err
	}
	return save(tx, Organization{
		Slug: it.Slug, Lang: it.Lang, Name: f.Name, What: f.What, Stands: f.Stands, SiteURL: f.SiteURL,
		DonateURL: f.DonateURL, VolunteerURL: f.VolunteerURL, FollowURL: f.FollowURL,
		IssueSlugs: item.List(f.Issues), Position: f.Position, Body: it.Body,
	})
}
