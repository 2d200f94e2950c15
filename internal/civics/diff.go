package civics

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Diff says in words what an import changes.
type Diff struct {
	DryRun   bool // nothing was changed
	Datasets []DatasetDiff
	Dropped  []string // names of editions that were too old to keep
	Warnings []string // what was repaired or left out, and why
}

// DatasetDiff says what an import changes in one dataset.
type DatasetDiff struct {
	ID, Name    string
	Noun        string // what is counted: "member", "ZIP code", "district"
	Before      int    // of those, in what it is compared with
	After       int
	Against     string    // the edition it is compared with when that isn't its own: "congress-119"
	Was, Is     time.Time // as of when; zero: there is none
	TakesEffect time.Time // the day from which it holds; zero: at once
	Changes     []Change
}

// Change is one kind of change, and whom or what it is about: one name for each.
// A change of a whole map has no names.
type Change struct {
	Kind  string
	Names []string
}

// Kinds of [Change].
const (
	ChangeNew        = "new"
	ChangeGone       = "gone"
	ChangeName       = "changed name"
	ChangeParty      = "changed party"
	ChangeDistrict   = "changed district"
	ChangeTerm       = "changed term"
	ChangePhone      = "changed phone"
	ChangeEmail      = "changed e-mail"
	ChangeForm       = "changed web form"
	ChangeSite       = "changed website"
	ChangeOffice     = "changed office"
	ChangeCommittees = "changed committees"
	ChangeOther      = "changed" // a ZIP code's districts, a correction
	ChangeLines      = "lines drawn anew"
)

// personChanges are the kinds of change of one person, in the order of a diff.
var personChanges = []string{
	ChangeName, ChangeParty, ChangeDistrict, ChangeTerm, ChangePhone, ChangeEmail, ChangeForm, ChangeSite, ChangeOffice, ChangeCommittees,
}

// maxListed bounds how many names a diff prints of one kind.
const maxListed = 20

// longDate is how a diff writes a day.
const longDate = "January 2, 2006"

// Unchanged reports whether an import says what stood before.
func (d Diff) Unchanged() bool {
	return !slices.ContainsFunc(d.Datasets, func(s DatasetDiff) bool { return len(s.Changes) > 0 || s.Against != "" })
}

// String is the diff as a terminal shows it.
func (d Diff) String() string {
	var b strings.Builder
	for _, s := range d.Datasets {
		s.write(&b)
	}
	for _, name := range d.Dropped {
		fmt.Fprintf(&b, "dropped, two Congresses old: %s\n", name)
	}
	list(&b, "warning", d.Warnings)
	if d.DryRun {
		b.WriteString("Dry run: nothing was changed.\n")
	}
	return b.String()
}

// Headline counts the changes of each kind: "3 members new, 2 gone, 1 changed phone".
func (s DatasetDiff) Headline() string {
	var parts []string
	for _, c := range s.Changes {
		n := len(c.Names)
		if n == 0 {
			parts = append(parts, c.Kind)
			continue
		}
		word := thousands(n)
		if len(parts) == 0 {
			word = counted(n, s.Noun)
		}
		parts = append(parts, word+" "+c.Kind)
	}
	if len(parts) == 0 {
		return "nothing changed"
	}
	return strings.Join(parts, ", ")
}

func (s DatasetDiff) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s: %s\n", s.Name, s.Headline())
	fmt.Fprintf(b, "  %s", counted(s.After, s.Noun))
	switch {
	case s.Against != "":
		fmt.Fprintf(b, "; %s in %s, the edition in force", thousands(s.Before), s.Against)
	case s.Before == 0:
		b.WriteString("; none before")
	case s.Before != s.After:
		fmt.Fprintf(b, "; %s before", thousands(s.Before))
	}
	if !s.Is.IsZero() {
		fmt.Fprintf(b, "; as of %s", s.Is.Format(longDate))
	}
	if !s.TakesEffect.IsZero() {
		fmt.Fprintf(b, "; takes effect on %s", s.TakesEffect.Format(longDate))
	}
	b.WriteString("\n")
	for _, c := range s.Changes {
		list(b, "  "+c.Kind, c.Names)
	}
}

// list writes a line for each name, up to a bound.
func list(b *strings.Builder, word string, names []string) {
	for i, name := range names {
		if i == maxListed {
			fmt.Fprintf(b, "%s: and %s more\n", word, thousands(len(names)-i))
			return
		}
		fmt.Fprintf(b, "%s: %s\n", word, name)
	}
}

// counted is a number of things: "1 member", "33,791 ZIP codes".
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

// thousands writes a number with commas.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// comparison is one dataset, as it stands and as an import tells of it.
type comparison struct {
	now    time.Time
	parts  []part  // those that the file tells of; none: all
	told   Dataset // as the file has it
	before Tables  // what it is compared with: its own former rows, or the edition in force
	after  Tables  // the dataset as it will be
	stands Tables  // everything that stands
}

func (c comparison) diff() DatasetDiff {
	d := DatasetDiff{ID: c.told.ID, Name: c.told.Name, Is: c.after.Datasets[0].AsOf}
	if id := c.before.id(); id != "" {
		d.Was = c.before.Datasets[0].AsOf
		if id != c.told.ID {
			d.Against = id
		}
	}
	if c.told.Congress > CongressOn(c.now) {
		d.TakesEffect = CongressBegins(c.told.Congress)
	}
	switch c.told.Kind {
	case DatasetZipCongress, DatasetZipState:
		d.Noun = "ZIP code"
		was, is := zipDivisions(c.before), zipDivisions(c.after)
		d.Before, d.After = len(was), len(is)
		d.Changes = c.zipChanges(was, is)
	case DatasetBoundaries:
		d.Noun = "district"
		d.Before, d.After = c.before.rows(), c.after.rows()
		d.Changes = c.lineChanges()
	default:
		d.Noun = map[string]string{DatasetCongress: "member", DatasetOpenStates: "legislator", DatasetContactForms: "web form"}[c.told.Kind]
		was, is := c.rosters()
		d.Before, d.After = len(was), len(is)
		d.Changes = personDiff(was, is, d.Against != "")
	}
	return d
}

func (t Tables) rows() int {
	if len(t.Datasets) == 0 {
		return 0
	}
	return t.Datasets[0].Rows
}

// listed is one official as a diff compares them: what a dataset says, by the
// kind of change that it would be to say otherwise.
type listed struct {
	label string // "Diana DeGette, Colorado, 1st district"
	facts map[string][]string
}

func (c comparison) rosters() (was, is map[string]listed) {
	if c.told.Kind == DatasetContactForms {
		names := c.stands.names()
		return formRoster(c.before, names), formRoster(c.after, names)
	}
	return roster(c.before), roster(c.after)
}

// roster lists who sits where, and how to reach them.
func roster(t Tables) map[string]listed {
	people := make(map[string]listed, len(t.People))
	seats := make(map[string]Seat, len(t.Seats))
	for _, s := range t.Seats {
		seats[s.ID] = s
	}
	for _, p := range t.People {
		people[p.ID] = listed{p.Name, map[string][]string{
			ChangeName: {p.Name}, ChangeParty: one(p.Party), ChangeSite: one(p.Website),
		}}
	}
	add := func(id, kind string, values ...string) {
		for _, value := range values {
			if p, known := people[id]; known && value != "" {
				p.facts[kind] = append(p.facts[kind], value)
			}
		}
	}
	for _, tenure := range t.Tenures {
		if p, known := people[tenure.OfficialID]; known {
			p.label += ", " + seats[tenure.SeatID].Name
			people[tenure.OfficialID] = p
		}
		add(tenure.OfficialID, ChangeDistrict, seats[tenure.SeatID].Name)
		add(tenure.OfficialID, ChangeTerm, strings.TrimSuffix(dated("from ", tenure.From)+dated("to ", tenure.Ends)+dated("left ", tenure.Until), " "))
	}
	for _, o := range t.Offices {
		add(o.OfficialID, ChangePhone, o.Phone, o.Fax)
		add(o.OfficialID, ChangeOffice, joinNonEmpty(", ", o.Name, o.Street, o.City, o.State, o.Zip))
	}
	for _, contact := range t.Contacts {
		add(contact.OfficialID, map[string]string{ChannelPhone: ChangePhone, ChannelEmail: ChangeEmail}[contact.Kind], contact.Value)
	}
	for _, f := range t.Forms {
		add(f.OfficialID, ChangeForm, f.URL)
	}
	for _, m := range t.Members {
		add(m.OfficialID, ChangeCommittees, joinNonEmpty(" ", m.CommitteeID, m.Title))
	}
	for _, p := range people {
		for kind, values := range p.facts {
			slices.Sort(values)
			p.facts[kind] = slices.Compact(values)
		}
	}
	return people
}

func one(value string) []string {
	if value == "" {
		return nil
	}
	return []string{value}
}

func dated(word string, day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return word + day.Format(time.DateOnly) + " "
}

// formRoster lists whose form is where and what it requires. Names are of
// officials, by id.
func formRoster(t Tables, names map[string]string) map[string]listed {
	list := make(map[string]listed, len(t.Forms))
	for _, f := range t.Forms {
		asks := slices.Sorted(slices.Values(f.Asks))
		if f.Captcha {
			asks = append(asks, "a captcha")
		}
		list[f.OfficialID] = listed{cmp.Or(names[f.OfficialID], f.OfficialID), map[string][]string{
			ChangeForm: append([]string{f.URL}, asks...),
		}}
	}
	return list
}

// personDiff compares two lists of people. The terms of another Congress are
// others for everyone, and no change.
func personDiff(was, is map[string]listed, anew bool) []Change {
	named := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(is)) {
		old, known := was[id]
		if !known {
			named[ChangeNew] = append(named[ChangeNew], is[id].label)
			continue
		}
		for _, kind := range personChanges {
			if kind == ChangeTerm && anew || slices.Equal(old.facts[kind], is[id].facts[kind]) {
				continue
			}
			named[kind] = append(named[kind], is[id].label+": "+shift(old.facts[kind], is[id].facts[kind]))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(was)) {
		if _, still := is[id]; !still {
			named[ChangeGone] = append(named[ChangeGone], was[id].label)
		}
	}
	return inOrder(named, append([]string{ChangeNew, ChangeGone}, personChanges...))
}

// inOrder lists the changes there are.
func inOrder(named map[string][]string, order []string) []Change {
	var changes []Change
	for _, kind := range order {
		if names := named[kind]; len(names) > 0 {
			changes = append(changes, Change{kind, names})
		}
	}
	return changes
}

// shift says what became of a list, without what stays in it.
func shift(was, is []string) string {
	some := func(list, without []string) string {
		list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(without, s) })
		if len(list) == 0 {
			return "none"
		}
		if len(list) > 3 {
			list = append(list[:3:3], "…")
		}
		return strings.Join(list, "; ")
	}
	switch gone, came := some(was, is), some(is, was); {
	case gone == "none" && len(was) > 0:
		return "also " + came
	case came == "none" && len(is) > 0:
		return "no longer " + gone
	default:
		return gone + " → " + came
	}
}

// zipDivisions lists the divisions of each ZIP code, in order.
func zipDivisions(t Tables) map[int32][]string {
	zips := map[int32][]string{}
	for _, z := range t.Zips { // in the order of divisions
		for _, zip := range z.Zips {
			zips[zip] = append(zips[zip], z.DivisionID)
		}
	}
	return zips
}

func (c comparison) zipChanges(was, is map[int32][]string) []Change {
	names := map[string]string{}
	for _, t := range []Tables{c.stands, c.after} {
		for _, d := range t.Divisions {
			names[d.ID] = d.Name
		}
	}
	called := func(ids []string) []string {
		list := make([]string, len(ids))
		for i, id := range ids {
			list[i] = cmp.Or(names[id], strings.TrimPrefix(id, "ocd-division/country:us/"))
		}
		return list
	}
	named := map[string][]string{}
	for _, zip := range slices.Sorted(maps.Keys(is)) {
		old, known := was[zip]
		switch {
		case !known:
			named[ChangeNew] = append(named[ChangeNew], fmt.Sprintf("%05d: %s", zip, strings.Join(called(is[zip]), "; ")))
		case !slices.Equal(old, is[zip]):
			named[ChangeOther] = append(named[ChangeOther], fmt.Sprintf("%05d: %s", zip, shift(called(old), called(is[zip]))))
		}
	}
	for _, zip := range slices.Sorted(maps.Keys(was)) {
		if _, still := is[zip]; !still {
			named[ChangeGone] = append(named[ChangeGone], fmt.Sprintf("%05d", zip))
		}
	}
	return inOrder(named, []string{ChangeNew, ChangeGone, ChangeOther})
}

// lineChanges compares two maps as a whole: every district of the apportionment
// is on each.
func (c comparison) lineChanges() []Change {
	same := len(c.before.Boundaries) == 1 && len(c.after.Boundaries) == 1 &&
		bytes.Equal(c.before.Boundaries[0].Shape, c.after.Boundaries[0].Shape)
	if same {
		return nil
	}
	return []Change{{Kind: ChangeLines}}
}
