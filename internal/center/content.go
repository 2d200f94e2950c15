package center

import (
	"context"
	"net/mail"
	"regexp"
	"strconv"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// centerFront is the front matter of center.md.
type centerFront struct {
	Name          string   `yaml:"name"`
	ShortName     string   `yaml:"short_name"`
	LegalName     string   `yaml:"legal_name"`
	LegalForm     string   `yaml:"legal_form"`
	PostalAddress []string `yaml:"postal_address"`
	Email         string   `yaml:"email"`
	Phone         string   `yaml:"phone"`
	DonateURL     string   `yaml:"donate_url"`
	Accent        string   `yaml:"accent"`
	Funding       string   `yaml:"funding"`
	Sample        bool     `yaml:"sample"`
}

var color = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// SaveContent writes the center from its file.
func (s *Centers) SaveContent(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f centerFront
	c := it.Decode(&f)
	c.Required("name", f.Name)
	c.Max("name", f.Name, 80)
	c.HTTPS("donate_url", f.DonateURL)
	for i, line := range f.PostalAddress {
		c.Required("postal_address["+strconv.Itoa(i)+"]", line)
	}
	if f.Email != "" {
		if a, err := mail.ParseAddress(f.Email); err != nil || a.Address != f.Email {
			c.Fail("email", "is not an e-mail address")
		}
	}
	if f.Accent != "" && !color.MatchString(f.Accent) {
		c.Fail("accent", "must be a color such as #1a35c8")
	}
	c.Body()
	if err := c.Err(); err != nil {
		return err
	}
	if f.ShortName == "" {
		f.ShortName = f.Name
	}
	if f.LegalName == "" {
		f.LegalName = f.Name
	}
	return saveCenter(tx, Center{
		Lang: it.Lang, Name: f.Name, ShortName: f.ShortName, LegalName: f.LegalName, LegalForm: f.LegalForm,
		PostalAddress: item.List(f.PostalAddress), Email: f.Email, Phone: f.Phone, DonateURL: f.DonateURL, Accent: f.Accent,
		Funding: f.Funding, Sample: f.Sample, Body: it.Body,
	})
}

// pageFront is the front matter of pages/<slug>.md.
type pageFront struct {
	Title   string    `yaml:"title"`
	Updated item.Date `yaml:"updated"`
}

// SavePage writes one of the standing pages from its file.
func (s *Centers) SavePage(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f pageFront
	c := it.Decode(&f)
	c.Required("title", f.Title)
	c.RequiredDate("updated", f.Updated)
	c.Body()
	if err := c.Err(); err != nil {
		return err
	}
	return savePage(tx, Page{Slug: it.Slug, Lang: it.Lang, Title: f.Title, Updated: f.Updated.Time, Body: it.Body})
}
