package issue

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"redress/internal/content/item"
	"redress/internal/postgres"
)

// front is the front matter of issues/<slug>.md.
type front struct {
	Title         string        `yaml:"title"`
	Summary       string        `yaml:"summary"`
	View          string        `yaml:"view"`
	Position      int           `yaml:"position"`
	Published     item.Date     `yaml:"published"`
	Updated       item.Date     `yaml:"updated"`
	Terms         []string      `yaml:"terms"`
	Organizations []string      `yaml:"organizations"`
	Articles      []string      `yaml:"articles"`
	Actions       []actionFront `yaml:"actions"`
	Bills         []billFront   `yaml:"bills"`
	States        []stateFront  `yaml:"states"`
}

type actionFront struct {
	Kind       string    `yaml:"kind"`
	Title      string    `yaml:"title"`
	Text       string    `yaml:"text"`
	Minutes    int       `yaml:"minutes"`
	Lobbying   string    `yaml:"lobbying"`
	ApprovedBy string    `yaml:"approved_by"`
	ApprovedOn item.Date `yaml:"approved_on"`
}

type billFront struct {
	Key         string    `yaml:"key"`
	Legislature string    `yaml:"legislature"`
	Session     string    `yaml:"session"`
	Chamber     string    `yaml:"chamber"`
	Number      string    `yaml:"number"`
	Title       string    `yaml:"title"`
	Status      string    `yaml:"status"`
	StatusOn    item.Date `yaml:"status_on"`
	Committees  []string  `yaml:"committees"`
	Sponsor     string    `yaml:"sponsor"`
	SponsorName string    `yaml:"sponsor_name"`
	Cosponsors  []string  `yaml:"cosponsors"`
	Opposed     []string  `yaml:"opposed"`
	Expires     item.Date `yaml:"expires"`
	Stance      string    `yaml:"stance"`
	URL         string    `yaml:"url"`
}

type stateFront struct {
	Code        string    `yaml:"code"`
	Status      string    `yaml:"status"`
	What        string    `yaml:"what"`
	Law         string    `yaml:"law"`
	Since       item.Date `yaml:"since"`
	SourceTitle string    `yaml:"source_title"`
	SourceURL   string    `yaml:"source_url"`
}

// SaveContent writes one issue with its actions, bills and states from its file.
func (s *Issues) SaveContent(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f front
	c := it.Decode(&f)
	c.Required("title", f.Title)
	c.Max("title", f.Title, 120)
	c.Required("summary", f.Summary)
	c.RequiredDate("published", f.Published)
	c.RequiredDate("updated", f.Updated)
	c.Slugs("terms", f.Terms)
	c.Slugs("organizations", f.Organizations)
	c.Slugs("articles", f.Articles)
	c.Body(string(TableStates), string(TableBills), string(TableOrganizations))
	f.checkActions(c)
	f.checkBills(c)
	f.checkStates(c)
	if err := c.Err(); err != nil {
		return err
	}
	return save(tx, f.issue(it))
}

func (f front) checkActions(c *item.Check) {
	for n, a := range f.Actions {
		field := fmt.Sprintf("actions[%d].", n)
		c.OneOf(field+"kind", a.Kind, ActionLetter, ActionPledge, ActionCall, ActionOrganizations,
			ActionRecords, ActionMeeting, ActionShare)
		c.Required(field+"title", a.Title)
		c.OneOf(field+"lobbying", a.Lobbying, LobbyingNone, LobbyingDirect, LobbyingGrassroots)
		if a.Minutes < 0 {
			c.Fail(field+"minutes", "can't be below 0")
		}
		if (a.ApprovedBy == "") != a.ApprovedOn.IsZero() {
			c.Fail(field+"approved_by", "who approved and when (approved_on) go together")
		}
	}
}

var (
	officialID  = regexp.MustCompile(`^(bioguide:[A-Z][0-9]{6}|openstates:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$`)
	legislature = regexp.MustCompile(`^[a-z]{2}$`)
	committeeID = regexp.MustCompile(`^[HS][A-Z]{3}$`)
)

func (f front) checkBills(c *item.Check) {
	keys := map[string]bool{}
	for n, b := range f.Bills {
		field := fmt.Sprintf("bills[%d].", n)
		c.Slug(field+"key", b.Key)
		if keys[b.Key] {
			c.Fail(field+"key", "another bill has the key %q", b.Key)
		}
		keys[b.Key] = true
		if !legislature.MatchString(b.Legislature) {
			c.Fail(field+"legislature", "%q is not us or a state's code in small letters", b.Legislature)
		}
		if b.Legislature == "us" {
			c.OneOf(field+"chamber", b.Chamber, "senate", "house")
		} else {
			c.OneOf(field+"chamber", b.Chamber, "upper", "lower")
		}
		c.Required(field+"session", b.Session)
		c.Required(field+"number", b.Number)
		c.Required(field+"title", b.Title)
		c.Required(field+"status", b.Status)
		c.RequiredDate(field+"status_on", b.StatusOn)
		c.OneOf(field+"stance", b.Stance, StanceSupport, StanceOppose)
		c.Required(field+"url", b.URL)
		c.HTTPS(field+"url", b.URL)
		b.checkCommittees(c, field)
		checkOfficials(c, field+"sponsor", b.Sponsor)
		for k, id := range b.Cosponsors {
			checkOfficials(c, fmt.Sprintf("%scosponsors[%d]", field, k), id)
		}
		for k, id := range b.Opposed {
			checkOfficials(c, fmt.Sprintf("%sopposed[%d]", field, k), id)
		}
	}
}

// checkCommittees reports what is no committee of the chamber that has the bill.
// Committees of state legislatures have no ids here.
func (b billFront) checkCommittees(c *item.Check, field string) {
	for n, id := range b.Committees {
		at := fmt.Sprintf("%scommittees[%d]", field, n)
		switch {
		case !committeeID.MatchString(id):
			c.Fail(at, "%q is not a committee's id such as HSJU", id)
		case b.Legislature != "us" || id[:1] != strings.ToUpper(b.Chamber[:min(1, len(b.Chamber))]):
			c.Fail(at, "%q is no committee of the chamber that has the bill", id)
		}
	}
}

func checkOfficials(c *item.Check, field, id string) {
	if id != "" && !officialID.MatchString(id) {
		c.Fail(field, "%q is not an official's id such as bioguide:M000133", id)
	}
}

func (f front) checkStates(c *item.Check) {
	for n, s := range f.States {
		field := fmt.Sprintf("states[%d].", n)
		if !IsState(s.Code) {
			c.Fail(field+"code", "%q is not a state's code such as CO", s.Code)
		}
		c.OneOf(field+"status", s.Status, StateLawFull, StateLawPartial, StateLawCity)
		c.Required(field+"what", s.What)
		c.HTTPS(field+"source_url", s.SourceURL)
		if s.SourceURL != "" {
			c.Required(field+"source_title", s.SourceTitle)
		}
	}
}

func (f front) issue(it item.Item) Issue {
	i := Issue{
		Slug: it.Slug, Lang: it.Lang, Title: f.Title, Summary: strings.TrimSpace(f.Summary), View: f.View,
		Position: f.Position, Published: f.Published.Time, Updated: f.Updated.Time, Body: it.Body,
		TermSlugs: item.List(f.Terms), OrganizationSlugs: item.List(f.Organizations), ArticleSlugs: item.List(f.Articles),
	}
	for n, a := range f.Actions {
		i.Actions = append(i.Actions, Action{
			IssueSlug: it.Slug, Lang: it.Lang, Position: n, Kind: a.Kind, Title: a.Title, Text: a.Text,
			Minutes: a.Minutes, Lobbying: a.Lobbying, ApprovedBy: a.ApprovedBy, ApprovedOn: a.ApprovedOn.Time,
		})
	}
	for n, b := range f.Bills {
		i.Bills = append(i.Bills, Bill{
			IssueSlug: it.Slug, Lang: it.Lang, Key: b.Key, Position: n, Legislature: b.Legislature,
			Session: b.Session, Chamber: b.Chamber, Number: b.Number, Title: b.Title, Status: b.Status,
			StatusOn: b.StatusOn.Time, CommitteeIDs: item.List(b.Committees), SponsorID: b.Sponsor, SponsorName: b.SponsorName,
			CosponsorIDs: item.List(b.Cosponsors), OpposedIDs: item.List(b.Opposed), Expires: b.Expires.Time, Stance: b.Stance, URL: b.URL,
		})
	}
	for n, s := range f.States {
		i.States = append(i.States, StateLaw{
			IssueSlug: it.Slug, Lang: it.Lang, Position: n, Code: s.Code, Status: s.Status, What: s.What,
			Law: s.Law, Since: s.Since.Time, SourceTitle: s.SourceTitle, SourceURL: s.SourceURL,
		})
	}
	return i
}

// articleFront is the front matter of articles/<slug>.md.
type articleFront struct {
	Title  string    `yaml:"title"`
	Source string    `yaml:"source"`
	Author string    `yaml:"author"`
	Date   item.Date `yaml:"date"`
	URL    string    `yaml:"url"`
	Why    string    `yaml:"why"`
	Issues []string  `yaml:"issues"`
	Terms  []string  `yaml:"terms"`
}

// SaveArticle writes one article from its file.
func (s *Issues) SaveArticle(_ context.Context, tx *postgres.Tx, it item.Item) error {
	var f articleFront
	c := it.Decode(&f)
	c.Required("title", f.Title)
	c.Required("source", f.Source)
	c.Required("url", f.URL)
	c.HTTPS("url", f.URL)
	c.Required("why", f.Why)
	c.Slugs("issues", f.Issues)
	c.Slugs("terms", f.Terms)
	c.NoBody()
	if err := c.Err(); err != nil {
		return err
	}
	return saveArticle(tx, Article{
		Slug: it.Slug, Lang: it.Lang, Title: f.Title, Source: f.Source, Author: f.Author, Date: f.Date.Time,
		URL: f.URL, Why: f.Why, IssueSlugs: item.List(f.Issues), TermSlugs: item.List(f.Terms),
	})
}
