// Package issue holds the explainers: what an issue is, the bills and state
// laws on it, the actions that it asks for, and what to read about it.
//
// An issue comes from content files and is kept as Markdown; its HTML is made
// when it is read, because the terms that it links to change on their own.
package issue

import (
	"time"

	"redress/internal/content/prose"
	"redress/internal/glossary"
)

// Issue is one explainer with the actions it asks for.
type Issue struct {
	Slug, Lang string `gorm:"primaryKey"`
	Title      string
	Summary    string // the neutral definition, plain text
	View       string // what the center thinks, in one sentence
	Position   int
	Published  time.Time `gorm:"type:date"`
	Updated    time.Time `gorm:"type:date"`
	Body       string    // Markdown

	TermSlugs         []string `gorm:"serializer:json"`
	OrganizationSlugs []string `gorm:"serializer:json"`
	ArticleSlugs      []string `gorm:"serializer:json"`

	Actions  []Action   `gorm:"-"`
	Bills    []Bill     `gorm:"-"`
	States   []StateLaw `gorm:"-"`
	Articles []Article  `gorm:"-"`

	Lead        prose.HTML   `gorm:"-"` // Summary with its terms marked
	Sections    []Section    `gorm:"-"`
	Sources     []SourceLink `gorm:"-"`
	ReadMinutes int          `gorm:"-"`

	Terms     []glossary.Term `gorm:"-"` // those of TermSlugs
	Mentioned []glossary.Term `gorm:"-"` // those that the text marks, in order
}

// Section is what stands under one heading of the second level. ID is its
// anchor. The text before the first heading is a section without ID and title.
type Section struct {
	ID    string
	Title string
	Parts []Part
}

// HTML is the section's text without its tables.
func (s Section) HTML() prose.HTML {
	var all prose.HTML
	for _, p := range s.Parts {
		all += p.HTML
	}
	return all
}

// Part is a piece of a section: text, or the place of a table.
type Part struct {
	HTML  prose.HTML
	Table Table
}

// Table names the table that a part stands for; empty for text.
type Table string

// The tables that a body can place with a paragraph such as {{states}}.
const (
	TableStates        Table = "states"
	TableBills         Table = "bills"
	TableOrganizations Table = "organizations"
)

// SourceLink is a page elsewhere that the explainer links to.
type SourceLink struct{ Title, URL string }

// Action is one thing that an issue asks its reader to do.
type Action struct {
	IssueSlug, Lang string `gorm:"primaryKey"`
	Position        int    `gorm:"primaryKey"`
	Kind            string
	Title, Text     string
	Minutes         int    // how long it takes; 0: not said
	Lobbying        string // LobbyingNone, LobbyingDirect or LobbyingGrassroots
	ApprovedBy      string
	ApprovedOn      time.Time `gorm:"type:date;default:null"` // zero: not approved yet
}

// The kinds of actions.
const (
	ActionLetter        = "letter"
	ActionPledge        = "pledge"
	ActionCall          = "call"
	ActionOrganizations = "organizations"
	ActionRecords       = "records"
	ActionMeeting       = "meeting"
	ActionShare         = "share"
)

// What the law of lobbying takes an action for.
const (
	LobbyingNone       = "none"
	LobbyingDirect     = "direct"
	LobbyingGrassroots = "grassroots"
)

// Action is the issue's first action of a kind.
func (i Issue) Action(kind string) (Action, bool) {
	for _, a := range i.Actions {
		if a.Kind == kind {
			return a, true
		}
	}
	return Action{}, false
}

// Section is the section with the given anchor.
func (i Issue) Section(id string) (Section, bool) {
	for _, s := range i.Sections {
		if s.ID == id {
			return s, true
		}
	}
	return Section{}, false
}

// DefendersAnchor is the section in which those who disagree with the center
// are heard; the center's view links to it.
const DefendersAnchor = "defenders"
