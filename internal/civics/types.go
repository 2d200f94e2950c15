package civics

import (
	"strings"
	"time"
)

// Chamber is one house of a legislature.
type Chamber string

// The chambers.
const (
	Senate Chamber = "senate" // the United States Senate
	House  Chamber = "house"  // the United States House of Representatives
	Upper  Chamber = "upper"  // a state senate, and the single chamber of Nebraska and of the District of Columbia
	Lower  Chamber = "lower"  // a state house, assembly or house of delegates
)

// Level is the government a post belongs to.
type Level string

// The levels.
const (
	Federal Level = "federal"
	State   Level = "state"
)

// How surely an [Answer] places its asker.
const (
	ConfidenceAddress = "address" // an address or a point was placed in its districts
	ConfidenceZip     = "zip"     // a ZIP code that the Census tables know
	ConfidenceState   = "state"   // only the state is known, from the ZIP code's first three digits
)

// Kinds of [Channel].
const (
	ChannelEmail   = "email"
	ChannelWebform = "webform"
	ChannelWebsite = "website"
	ChannelPhone   = "phone"
	ChannelPost    = "post"
)

// Kinds of [Office].
const (
	OfficeCapitol  = "capitol"
	OfficeDistrict = "district"
)

// Division is a place that elects someone, keyed by its Open Civic Data id.
// It belongs to a Congress or to a state's plan and is in force from its first
// day up to, and not including, Until (zero: no end is known).
type Division struct {
	ID       string // ocd-division/country:us/state:co/cd:1
	Name     string // "Colorado, 1st district"
	State    string // "CO"
	Level    Level
	Chamber  Chamber
	District string // "1"; "0" for a state's only district; "" for a whole state
	// CensusCode is how the Census files write the district, without leading
	// zeros: "31", "CHS". "" where the Census draws no such district.
	CensusCode string
	Congress   int    // 119 for a congressional district, else 0
	Plan       string // "2024" for state legislative lines, else ""
	From       time.Time
	Until      time.Time
	Dataset    string // which dataset told of it
}

// InForce reports whether the division's members sit for it at this time.
func (d Division) InForce(now time.Time) bool { return between(now, d.From, d.Until) }

// between reports whether a moment lies in the days from one up to, and not
// including, another; a zero date is no bound.
func between(now, from, until time.Time) bool {
	return (from.IsZero() || !now.Before(begins(from))) && (until.IsZero() || now.Before(begins(until)))
}

// Official is a person who holds a public post, or a vacant seat (Vacant, with
// an id like vacant:us-ca-cd-14).
type Official struct {
	ID         string // bioguide:D000197, openstates:<uuid>, vacant:us-ca-cd-14
	Name       string
	GivenName  string
	FamilyName string
	Title      string // "Senator", "Representative", "Delegate", "State Senator", …
	Party      string // "Democratic"
	PartyCode  string // "D"
	Level      Level
	Chamber    Chamber
	State      string // "CO"
	District   string // "1"; "0" for a state's only district; "" for a senator
	SeatName   string // "Colorado, 1st district"
	DivisionID string
	Vacant     bool
	TermEnds   time.Time // as the source says; a date in the past does not make the seat vacant
	Serves     Serves
	Chosen     string // the kind of channel by which the office asked to be written to; "" when it chose none
	NotOffered string // why nobody is offered to write or call them from here; "" when they are
	Nonvoting  bool   // delegates and the resident commissioner
	Website    string
	Offices    []Office
	Channels   []Channel
	Committees []Committee
	Source     string
	AsOf       time.Time
}

// Serves says when an official's time in office ends, where that is known for
// sure: a newer list of members, already here, is without them.
type Serves struct {
	Until time.Time // zero: nothing is known
	Left  bool      // it has ended; the official is in no answer, only their page stays
}

// Email is the address of the official's first e-mail channel, or "".
func (o Official) Email() string { return o.channel(ChannelEmail).Value }

// Phone is the number of the official's first phone channel, or "".
func (o Official) Phone() string { return o.channel(ChannelPhone).Value }

func (o Official) channel(kind string) Channel {
	for _, c := range o.Channels {
		if c.Kind == kind {
			return c
		}
	}
	return Channel{}
}

// Office is a place where an official can be reached.
type Office struct {
	Kind   string // capitol, district
	Name   string
	Street string
	City   string
	State  string
	Zip    string
	Phone  string
	Fax    string
	Lat    float64
	Lon    float64
}

// Channel is one way to reach an official.
type Channel struct {
	Kind    string   // email, webform, website, phone, post
	Value   string   // the address, the https URL, the number
	Asks    []string // what a web form requires: lower-case field words such as "topic", "address_zip4"
	Captcha bool     // a web form that asks to prove one is human
	AsOf    time.Time
}

// Committee is an official's seat on a committee of Congress.
type Committee struct {
	ID    string // HSJU, SSJU
	Name  string
	Title string // "Chairman", "Ranking Member", or ""
	Rank  int
}

// Source says where facts come from and how old they are.
type Source struct {
	Name    string
	URL     string
	Licence string
	AsOf    time.Time
}

// Dataset is one imported table set and its state.
type Dataset struct {
	ID         string // congress-119, openstates, zip-cd-119, zip-sld, contact-forms, boundaries-119
	Kind       string // the id without its Congress: congress, zip-cd
	Congress   int    // 119 for data on the districts of one Congress, else 0
	Name       string
	Source     string // who publishes it
	URL        string
	Licence    string
	AsOf       time.Time
	ImportedAt time.Time
	Rows       int
}

// Answer says who represents a place. Its divisions and officials are shared
// with the index they come from: nobody changes them.
type Answer struct {
	Zip        string
	State      string // "" when the place touches several
	Place      string // "Denver, CO" or "ZIP code 80203"; never a street
	AsOf       time.Time
	Sources    []Source
	Ambiguous  bool
	Confidence string
	Divisions  []*Division // those that surely hold the place
	Officials  []*Official // those who surely represent it, vacancies among them
	Candidates []Candidate // seats that only an address can decide
	Missing    []string    // message keys: what this answer can't say, and why
	// Close are divisions whose line runs within 100 m of the place that was
	// found: the map's lines are drawn no finer.
	Close []*Division
	// Lat and Lon are where the address or point lies, zero when only a ZIP code
	// is known. They are personal: no log, no URL.
	Lat, Lon float64
}

// Candidate is a question that the place alone does not decide: one of these
// divisions holds it, and those officials represent it.
type Candidate struct {
	Level   Level
	Chamber Chamber
	// Overlay marks districts that lie over others: one of them, or none, holds
	// the place beside the one that is sure. It makes no answer ambiguous.
	Overlay   bool
	Divisions []*Division
	Officials []*Official
}

// Address is a postal address as a visitor writes it. It is personal data: it
// goes into no log, error, URL or job.
type Address struct {
	Street, City, State, Zip string
}

// OneLine writes the address as a geocoder wants it.
func (a Address) OneLine() string {
	parts := make([]string, 0, 3)
	for _, part := range []string{a.Street, a.City, strings.TrimSpace(a.State + " " + a.Zip)} {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// String keeps an address out of logs that print whole values.
func (a Address) String() string { return "[address]" }
