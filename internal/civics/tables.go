package civics

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// The kinds of datasets. Those on members and districts of Congress have an
// edition per Congress, whose id carries its number ("congress-119"), so that
// the next Congress's data can stand beside the sitting one's until its day.
// Every row says which dataset told of it; replacing one touches no other.
const (
	DatasetCongress     = "congress"   // an edition per Congress
	DatasetZipCongress  = "zip-cd"     // an edition per Congress
	DatasetBoundaries   = "boundaries" // an edition per Congress
	DatasetOpenStates   = "openstates"
	DatasetZipState     = "zip-sld"
	DatasetContactForms = "contact-forms"
)

// Tables are staged facts: what an importer read, before it reaches the
// database. Warnings tell what was repaired or left out, and why.
type Tables struct {
	Datasets    []Dataset
	Divisions   []Division
	Seats       []Seat
	People      []Person
	Tenures     []Tenure
	Offices     []OfficeRow
	Contacts    []Contact
	Committees  []CommitteeRow
	Members     []CommitteeMember
	Forms       []ContactForm
	Zips        []DivisionZips
	Boundaries  []Boundary   `json:"-"`
	Corrections []Correction `json:"-"`
	Warnings    []string     `json:"-"`
}

// Seat is a post in a division. A division may have several.
type Seat struct {
	ID         string // us-ca-cd-14, us-oh-sen-3, us-id-sldl-10a
	DivisionID string
	Level      Level
	Chamber    Chamber
	State      string
	District   string
	Title      string
	Name       string
	Nonvoting  bool
	Dataset    string
}

// Person is someone who holds or held a post, without the post.
type Person struct {
	ID, Name, GivenName, FamilyName string
	Party, PartyCode                string
	Website                         string
	Dataset                         string
	AsOf                            time.Time
}

// Tenure says who sits in a seat, from when. Ends is the day that the source
// gives for the end of the term, which by itself does not empty the seat; Until
// is the day on which the person is known to have left, zero for who sits.
type Tenure struct {
	SeatID     string
	OfficialID string
	From       time.Time
	Until      time.Time
	Ends       time.Time
	Dataset    string
}

// OfficeRow is one office of one official.
type OfficeRow struct {
	OfficialID string
	Position   int
	Office
	Dataset string
}

// Contact is one way to reach one official, other than a web form.
type Contact struct {
	OfficialID string
	Position   int
	Kind       string
	Value      string
	Dataset    string
}

// ContactForm is a member's web form and what it requires.
type ContactForm struct {
	OfficialID string
	URL        string
	Asks       []string
	Captcha    bool
	ChangedOn  time.Time
	Dataset    string
}

// CommitteeRow is a committee of Congress.
type CommitteeRow struct {
	ID, Name, Chamber, Dataset string
}

// CommitteeMember is one official's seat on a committee.
type CommitteeMember struct {
	CommitteeID string
	OfficialID  string
	Title       string
	Rank        int
	Dataset     string
}

// DivisionZips are the ZIP codes that touch a division, as numbers in order.
type DivisionZips struct {
	DivisionID string
	Zips       []int32
	Dataset    string
}

// Boundary is the map of one Congress's districts, as package boundary encodes it.
type Boundary struct {
	Dataset  string
	Congress int
	Shape    []byte
}

// Correction overrides one field of one official in every import, until a day.
type Correction struct {
	OfficialID string
	Field      string
	Value      string
	Source     string
	From       time.Time
	Until      time.Time
}

// add appends what other holds.
func (t *Tables) add(other Tables) {
	t.Datasets = append(t.Datasets, other.Datasets...)
	t.Divisions = append(t.Divisions, other.Divisions...)
	t.Seats = append(t.Seats, other.Seats...)
	t.People = append(t.People, other.People...)
	t.Tenures = append(t.Tenures, other.Tenures...)
	t.Offices = append(t.Offices, other.Offices...)
	t.Contacts = append(t.Contacts, other.Contacts...)
	t.Committees = append(t.Committees, other.Committees...)
	t.Members = append(t.Members, other.Members...)
	t.Forms = append(t.Forms, other.Forms...)
	t.Zips = append(t.Zips, other.Zips...)
	t.Boundaries = append(t.Boundaries, other.Boundaries...)
	t.Warnings = append(t.Warnings, other.Warnings...)
}

func (t *Tables) warn(format string, args ...any) {
	t.Warnings = append(t.Warnings, fmt.Sprintf(format, args...))
}

// sort brings every table into one order, so that the same facts are the same
// bytes, and drops what a dataset says twice.
func (t *Tables) sort() {
	slices.SortStableFunc(t.Divisions, func(a, b Division) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.ID, b.ID))
	})
	t.Divisions = slices.CompactFunc(t.Divisions, func(a, b Division) bool { return a.ID == b.ID && a.Dataset == b.Dataset })
	slices.SortStableFunc(t.Seats, func(a, b Seat) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(t.People, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(t.Tenures, func(a, b Tenure) int {
		return cmp.Or(cmp.Compare(a.SeatID, b.SeatID), cmp.Compare(a.OfficialID, b.OfficialID))
	})
	slices.SortStableFunc(t.Offices, func(a, b OfficeRow) int {
		return cmp.Or(cmp.Compare(a.OfficialID, b.OfficialID), cmp.Compare(a.Position, b.Position))
	})
	slices.SortStableFunc(t.Contacts, func(a, b Contact) int {
		return cmp.Or(cmp.Compare(a.OfficialID, b.OfficialID), cmp.Compare(a.Position, b.Position))
	})
	slices.SortStableFunc(t.Committees, func(a, b CommitteeRow) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(t.Members, func(a, b CommitteeMember) int {
		return cmp.Or(cmp.Compare(a.CommitteeID, b.CommitteeID), cmp.Compare(a.OfficialID, b.OfficialID))
	})
	slices.SortStableFunc(t.Forms, func(a, b ContactForm) int { return cmp.Compare(a.OfficialID, b.OfficialID) })
	slices.SortFunc(t.Zips, func(a, b DivisionZips) int {
		return cmp.Or(cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.DivisionID, b.DivisionID))
	})
}

// only keeps the rows of one dataset.
func (t Tables) only(dataset string) Tables {
	return Tables{
		Datasets:   keep(t.Datasets, func(r Dataset) bool { return r.ID == dataset }),
		Divisions:  keep(t.Divisions, func(r Division) bool { return r.Dataset == dataset }),
		Seats:      keep(t.Seats, func(r Seat) bool { return r.Dataset == dataset }),
		People:     keep(t.People, func(r Person) bool { return r.Dataset == dataset }),
		Tenures:    keep(t.Tenures, func(r Tenure) bool { return r.Dataset == dataset }),
		Offices:    keep(t.Offices, func(r OfficeRow) bool { return r.Dataset == dataset }),
		Contacts:   keep(t.Contacts, func(r Contact) bool { return r.Dataset == dataset }),
		Committees: keep(t.Committees, func(r CommitteeRow) bool { return r.Dataset == dataset }),
		Members:    keep(t.Members, func(r CommitteeMember) bool { return r.Dataset == dataset }),
		Forms:      keep(t.Forms, func(r ContactForm) bool { return r.Dataset == dataset }),
		Zips:       keep(t.Zips, func(r DivisionZips) bool { return r.Dataset == dataset }),
		Boundaries: keep(t.Boundaries, func(r Boundary) bool { return r.Dataset == dataset }),
	}
}

// keep lists the rows that are wanted. It counts them first: these lists are
// long, and most of them are kept whole.
func keep[T any](rows []T, wanted func(T) bool) []T {
	n := 0
	for _, row := range rows {
		if wanted(row) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	kept := make([]T, 0, n)
	for _, row := range rows {
		if wanted(row) {
			kept = append(kept, row)
		}
	}
	return kept
}
