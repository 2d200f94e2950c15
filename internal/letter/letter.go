// Package letter is the campaign's letters and what visitors make of them: a
// letter holds asks (one per level, chamber, state, committee and stance), a message is
// what one visitor wrote, and a delivery is that message on its way to one
// official by one channel.
//
// What the package promises:
//   - An official gets the most specific ask that fits, or no letter at all.
//     State matters never reach Congress, and the reverse.
//   - Prepared text is never varied to look individual. Of a comparison of two
//     asks everyone at a place sees the same version, and the page says so (As).
//   - A message goes out from here only to officials who represent the address
//     its writer gave; the address is placed on the server, and any other
//     official id is refused (Submit).
//   - Nobody is offered, or sent, a letter to an official who has left or whom a
//     correction marks "do not offer", and live mail that rests on a list older
//     than 120 days waits for the operator (Dispatch, Recheck, Release).
//   - Nothing is sent before the mailbox confirmed it (Confirm), and a delivery
//     changes state only by a legal move, each move with its history row.
//   - Names, addresses and texts are stored sealed, in tables of their own, and
//     are deleted when they have served (Retain, Erase); counts stay.
package letter

import (
	"slices"
	"time"

	"redress/internal/civics"
	"redress/internal/issue"
	"redress/internal/mail"
	"redress/internal/postgres"
	"redress/internal/seal"
	"redress/internal/supporter"
)

// Letters is the subject: everything that can be done with letters.
type Letters struct {
	db         *postgres.DB
	box        *seal.Box
	post       *mail.Post
	atlas      *civics.Atlas
	issues     *issue.Issues
	supporters *supporter.Supporters
	congress   Congress
	routes     router
	live       bool
	now        func() time.Time
}

// Options are what Letters works with. Now may be nil: time.Now. Live says that
// letters reach real offices; then old addresses are checked by a person first.
// Congress is nil while no key for its intake is set.
type Options struct {
	DB         *postgres.DB
	Box        *seal.Box
	Post       *mail.Post
	Atlas      *civics.Atlas
	Issues     *issue.Issues
	Supporters *supporter.Supporters
	Congress   Congress
	Live       bool
	Now        func() time.Time
}

// New returns the letters of this center.
func New(o Options) *Letters {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Letters{
		db: o.DB, box: o.Box, post: o.Post, atlas: o.Atlas, issues: o.Issues, supporters: o.Supporters,
		congress: o.Congress, routes: channels(o.Congress), live: o.Live, now: o.Now,
	}
}

// Letter is the campaign's template for one issue in one language.
type Letter struct {
	IssueSlug string `gorm:"primaryKey"`
	Lang      string `gorm:"primaryKey"`
	Title     string
	Subject   string   // may hold merge fields; an ask's own subject wins
	Prompts   []string `gorm:"serializer:json"` // questions that help a visitor begin; Beginnings has them with their openings
	Openings  []string `gorm:"serializer:json"` // the words with which the prompt of the same place begins; may be shorter
	Caution   string   // shown beside the visitor's own words
	Topics    []string `gorm:"serializer:json"` // of the Library of Congress's list, for Congress's own intake
	Test      bool     // only tried: its letters are captured, whatever the site does
	UpdatedAt time.Time
	// What the letter's two versions are compared for; zero when it has one.
	Comparison Comparison `gorm:"embedded;embeddedPrefix:comparison_"`
	Asks       []Ask      `gorm:"-"`
}

// Stance is where an official stands on an issue, as its bills show it.
type Stance string

// The stances. Any stands only in an ask.
const (
	StanceSponsor    Stance = "sponsor"     // sponsors or cosponsors a bill that the center supports
	StanceOpposed    Stance = "opposed"     // sponsors or cosponsors an opposing bill, or is listed as opposed
	StanceAlreadyLaw Stance = "already_law" // a state legislator whose state has the law
	StanceUnknown    Stance = "unknown"
	StanceAny        Stance = "any"
)

// CommitteeOfBill as an ask's only committee stands for those that have its bill
// now, in the recipient's chamber.
const CommitteeOfBill = "bill"

// Any as an ask's chamber or state fits every one of them.
const Any = "any"

// Ask is what a letter wants from one level, chamber, state, committee and
// stance. Key is unique within the letter and stays the same while the ask's
// place does.
type Ask struct {
	IssueSlug  string `gorm:"primaryKey"`
	Lang       string `gorm:"primaryKey"`
	Key        string `gorm:"primaryKey"`
	Position   int
	Level      civics.Level
	Chamber    string // a civics.Chamber or Any
	State      string // two letters or Any
	Stance     Stance
	Committees []string `gorm:"serializer:json"` // ids, of which one is enough; or CommitteeOfBill; none: everyone
	BillKey    string   // a bill of the issue, or empty
	Variant    string   // VariantA or VariantB of the letter's comparison, or empty
	Subject    string
	Body       string // plain text with merge fields
	Call       string // what to say on the phone, with merge fields
}

// Recipient is an official and what the letter wants from them.
type Recipient struct {
	Official *civics.Official
	Stance   Stance
	Ask      Ask
	Bill     *issue.Bill    // of the recipient's chamber; nil when the ask names none
	Channel  civics.Channel // the one this letter takes
	Sends    bool           // by it the letter goes out from here
	Asks     []string       // what it must know of the writer beside name and address
	Test     bool           // in test mode: captured, whatever the site does
	GroupKey string         // the Group whose text this recipient gets
	Prepared string         // that Group's body as the campaign wrote it
	Chosen   bool           // checked in the form
	// Committee is the one on which they sit, of those that the ask is for; else "".
	Committee string
}

// Group is one prepared text and those who get it: recipients whose subject
// and body read the same, so that a visitor edits each text once.
type Group struct {
	Key        string // stable for the same ask and text; names the form's fields
	Ask        Ask
	Recipients []Recipient
	Subject    string
	Body       string
	Prepared   string // Body as the campaign wrote it, also when a form came back with another
}

// Composition is the writing step: who gets a letter, by whose hand, and the
// texts laid ready.
type Composition struct {
	Letter  Letter
	Issue   issue.Issue
	Answer  civics.Answer
	WeSend  []Recipient
	YouSend []Recipient
	Vacant  []*civics.Official // empty seats: shown, never written to
	Unasked []*civics.Official // represent the visitor, but the letter asks nothing of them
	// Withheld are those to whom no letter or call is offered, since they left or
	// a correction says so: shown with the reason.
	Withheld []*civics.Official
	Groups   []Group
	Prepared Prepared // all that the campaign wrote, against which own words are counted
	Variant  string   // of the letter's comparison, the version laid here; "" without one
	Placed   bool     // the answer comes from an address or a point, so we may send
	indexed  func() index
	tests    map[string]bool // the officials in test mode
}

// Asks tells whether a recipient's channel must know something of the writer
// beside name and address, such as AsksPrefix.
func (c Composition) Asks(what string) bool {
	return slices.ContainsFunc(c.WeSend, func(r Recipient) bool { return slices.Contains(r.Asks, what) })
}

// Testing tells whether any of the letters is only tried.
func (c Composition) Testing() bool {
	return slices.ContainsFunc(c.WeSend, func(r Recipient) bool { return r.Test })
}
