package civics

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
)

// Progress is told in a line what an import is doing. It may be nil.
type Progress func(line string)

func (p Progress) line(s string) {
	if p != nil {
		p(s)
	}
}

// ImportOptions say how an import goes about.
type ImportOptions struct {
	Force    bool             // take what would be refused
	DryRun   bool             // do everything, then take it back
	Progress Progress         // nil: tell nobody
	Now      func() time.Time // nil: time.Now
}

func (o ImportOptions) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// RefusedError says why an import was refused. Nothing was changed; with Force
// it is taken.
type RefusedError struct{ Reasons []string }

func (e *RefusedError) Error() string {
	return "refused, and nothing was changed:\n  - " + strings.Join(e.Reasons, "\n  - ") +
		"\nLook at the file. If all of it is right, run the same command with --force"
}

// ImportCongress replaces the members of the Congress that a folder of published
// files is of, JSON or YAML. The next Congress's list stands beside this one's
// until its day. Every import returns what it changes; a *RefusedError comes with
// what it would change.
func ImportCongress(ctx context.Context, db *postgres.DB, path string, o ImportOptions) (Diff, error) {
	o.Progress.line("reading " + path)
	t, err := readCongressDir(path)
	return staged{Tables: t}.store(ctx, db, o, err)
}

// ImportOpenStates replaces the state legislators by a folder of published files,
// or one state's by that state's file.
func ImportOpenStates(ctx context.Context, db *postgres.DB, path string, o ImportOptions) (Diff, error) {
	s, err := stageOpenStates(path, o.Progress.line)
	return s.store(ctx, db, o, err)
}

// ImportZip replaces ZIP tables by a published file, or by all in a folder. A
// file of one chamber or one state replaces that part of its table.
func ImportZip(ctx context.Context, db *postgres.DB, path string, o ImportOptions) (Diff, error) {
	o.Progress.line("reading " + path)
	s, err := stageZip(path)
	return s.store(ctx, db, o, err)
}

// ImportBoundaries replaces the map of one Congress's districts by a published file.
func ImportBoundaries(ctx context.Context, db *postgres.DB, path string, o ImportOptions) (Diff, error) {
	o.Progress.line("reading " + path)
	t, err := readBoundariesPath(path)
	return staged{Tables: t}.store(ctx, db, o, err)
}

// ImportContactForms replaces the members' web forms by a published file.
func ImportContactForms(ctx context.Context, db *postgres.DB, path string, o ImportOptions) (Diff, error) {
	o.Progress.line("reading " + path)
	t, err := readContactFormsFile(path)
	return staged{Tables: t}.store(ctx, db, o, err)
}

// errDryRun takes a transaction back that went well.
var errDryRun = errors.New("dry run")

// store puts what was staged in the place of what stands, in one transaction.
// failed is the error of staging it, given back.
func (s staged) store(ctx context.Context, db *postgres.DB, o ImportOptions, failed error) (Diff, error) {
	if failed != nil {
		return Diff{}, fmt.Errorf("import: %w", failed)
	}
	diff := Diff{DryRun: o.DryRun, Warnings: s.Warnings}
	err := pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", civicsLock); err != nil {
			return err
		}
		stands, origins, err := readStanding(ctx, tx)
		if err != nil {
			return err
		}
		next := make([]Tables, 0, len(s.Datasets))
		var refused RefusedError
		for _, d := range s.Datasets {
			own := stands.only(d.ID)
			staged := own.without(s.parts[d.ID]).with(s.only(d.ID))
			c := comparison{
				now: o.now(), parts: s.parts[d.ID], told: d, before: stands.inForceFor(d, o.now()), after: staged, stands: stands,
			}
			diff.Datasets = append(diff.Datasets, c.diff())
			refused.Reasons = append(refused.Reasons, c.refusals()...)
			next = append(next, staged)
		}
		if len(refused.Reasons) > 0 && !o.Force {
			return &refused
		}
		for i, d := range s.Datasets {
			if err := storeChanged(ctx, tx, stands.only(d.ID), next[i], origins[d.ID], o); err != nil {
				return err
			}
			dropped, err := dropOldEditions(ctx, tx, stands.Datasets, d, o.now())
			if err != nil {
				return err
			}
			diff.Dropped = append(diff.Dropped, dropped...)
		}
		if o.DryRun {
			return errDryRun
		}
		return nil
	})
	var refused *RefusedError
	switch {
	case errors.Is(err, errDryRun), err == nil:
		return diff, nil
	case errors.As(err, &refused):
		return diff, refused
	}
	return Diff{}, fmt.Errorf("import: %w", err)
}

// readStanding reads every fact that stands, maps too, and where each dataset
// came from.
func readStanding(ctx context.Context, tx pgx.Tx) (t Tables, origins map[string]string, err error) {
	stored, err := datasetTable.all(ctx, tx)
	if err != nil {
		return t, nil, err
	}
	origins = make(map[string]string, len(stored))
	for _, d := range stored {
		origins[d.ID] = d.Origin
	}
	if t, err = readTables(ctx, tx); err != nil {
		return t, nil, err
	}
	t.Boundaries, err = boundaryTable.all(ctx, tx)
	return t, origins, err
}

// originImport marks a dataset that somebody imported, unlike a snapshot's.
const originImport = "import"

// storeChanged stores a dataset. When it says what already stands, only that it
// was imported is noted, and nothing at all when that is known too: then no node
// reads anything again.
func storeChanged(ctx context.Context, tx pgx.Tx, stands, next Tables, origin string, o ImportOptions) error {
	d := next.Datasets[0]
	if same, err := sameFacts(stands, next); err != nil {
		return err
	} else if same {
		if origin == originImport {
			return nil
		}
		const adopt = "UPDATE dataset SET origin = $2, imported_at = $3 WHERE id = $1"
		_, err := tx.Exec(ctx, adopt, d.ID, originImport, o.now())
		return err
	}
	o.Progress.line(fmt.Sprintf("storing %s: %s", d.ID, counted(d.Rows, "row")))
	return replaceDataset(ctx, tx, d.ID, next, originImport, o.now())
}

// sameFacts compares two stagings of one dataset, but for when they were imported
// and in which order a file listed people.
func sameFacts(a, b Tables) (bool, error) {
	left, err := a.canonical()
	if err != nil {
		return false, err
	}
	right, err := b.canonical()
	return bytes.Equal(left, right), err
}

// canonical writes one dataset's facts as the same bytes whenever they are the
// same facts.
func (t Tables) canonical() ([]byte, error) {
	corrections := slices.Clone(t.Corrections)
	t = t.only(t.id()) // a copy: its rows are changed below
	t.sort()
	slices.SortFunc(corrections, func(a, b Correction) int {
		return cmp.Or(cmp.Compare(a.OfficialID, b.OfficialID), cmp.Compare(a.Field, b.Field))
	})
	for i := range t.Datasets {
		t.Datasets[i].ImportedAt = time.Time{}
	}
	for i := range t.Contacts {
		t.Contacts[i].Position = 0
	}
	for i := range t.Forms {
		if len(t.Forms[i].Asks) == 0 {
			t.Forms[i].Asks = nil
		}
	}
	text, err := json.Marshal(struct {
		Tables
		Corrections []Correction
	}{t, corrections})
	for _, b := range t.Boundaries {
		text = append(text, b.Shape...)
	}
	return text, err
}

// id is the dataset that tables of one dataset are of; "" when there is none.
func (t Tables) id() string {
	if len(t.Datasets) == 0 {
		return ""
	}
	return t.Datasets[0].ID
}

// dropOldEditions takes away the editions that an import leaves behind: older
// than the Congress before the imported one, and than the edition in use.
func dropOldEditions(ctx context.Context, tx pgx.Tx, stored []Dataset, imported Dataset, now time.Time) ([]string, error) {
	if imported.Congress == 0 {
		return nil, nil
	}
	inUse := Tables{Datasets: append(slices.Clone(stored), imported)}.newest(imported.Kind, CongressOn(now)).Congress
	var dropped []string
	for _, d := range stored {
		if d.Kind != imported.Kind || d.Congress >= imported.Congress-1 || d.Congress >= inUse {
			continue
		}
		if err := clearDataset(ctx, tx, d.ID); err != nil {
			return nil, err
		}
		dropped = append(dropped, d.Name)
	}
	return dropped, nil
}

// inForceFor is what an edition is compared with: its own former rows, or, at its
// first import, those of the edition in force.
func (t Tables) inForceFor(d Dataset, now time.Time) Tables {
	if own := t.only(d.ID); len(own.Datasets) > 0 || d.Congress == 0 {
		return own
	}
	return t.only(t.newest(d.Kind, CongressOn(now)).ID)
}

// without leaves out what some parts of a dataset hold; without parts, all of it.
func (t Tables) without(parts []part) Tables {
	if len(parts) == 0 || len(t.Datasets) == 0 {
		return Tables{}
	}
	stays := func(state string, chamber Chamber) bool {
		return !slices.ContainsFunc(parts, func(p part) bool { return p.holds(state, chamber) })
	}
	seats, people := map[string]bool{}, map[string]bool{}
	kept := Tables{Datasets: t.Datasets}
	kept.Divisions = keep(t.Divisions, func(r Division) bool { return stays(r.State, r.Chamber) })
	kept.Zips = keep(t.Zips, func(r DivisionZips) bool { return stays(placeOfDivision(r.DivisionID)) })
	kept.Seats = keep(t.Seats, func(r Seat) bool {
		seats[r.ID] = stays(r.State, r.Chamber)
		return seats[r.ID]
	})
	kept.Tenures = keep(t.Tenures, func(r Tenure) bool {
		people[r.OfficialID] = people[r.OfficialID] || seats[r.SeatID]
		return seats[r.SeatID]
	})
	kept.People = keep(t.People, func(r Person) bool { return people[r.ID] })
	kept.Offices = keep(t.Offices, func(r OfficeRow) bool { return people[r.OfficialID] })
	kept.Contacts = keep(t.Contacts, func(r Contact) bool { return people[r.OfficialID] })
	return kept
}

// with adds a file's rows to those that are kept of its dataset. Whom the file
// names anew has moved there.
func (t Tables) with(told Tables) Tables {
	if len(t.Datasets) == 0 {
		return told
	}
	d := told.Datasets[0]
	moved := told.ids()
	t.Tenures = keep(t.Tenures, func(r Tenure) bool { return !moved[r.OfficialID] })
	t.People = keep(t.People, func(r Person) bool { return !moved[r.ID] })
	t.Offices = keep(t.Offices, func(r OfficeRow) bool { return !moved[r.OfficialID] })
	t.Contacts = keep(t.Contacts, func(r Contact) bool { return !moved[r.OfficialID] })
	if t.Datasets[0].AsOf.Before(d.AsOf) {
		d.AsOf = t.Datasets[0].AsOf
	}
	t.Datasets = nil
	t.add(told)
	if oldest := t.oldest(); !oldest.IsZero() {
		d.AsOf = oldest
	}
	t.Datasets = []Dataset{d}
	t.Datasets[0].Rows = len(t.People)
	for _, z := range t.Zips {
		t.Datasets[0].Rows += len(z.Zips)
	}
	t.sort()
	return t
}

// oldest is the date of the oldest facts about people.
func (t Tables) oldest() time.Time {
	var oldest time.Time
	for _, p := range t.People {
		if oldest.IsZero() || p.AsOf.Before(oldest) {
			oldest = p.AsOf
		}
	}
	return oldest
}

// placeOfDivision reads from an Open Civic Data id the state, and the chamber
// that the division elects someone to: House for a state or a district of one.
func placeOfDivision(id string) (state string, chamber Chamber) {
	rest := strings.TrimPrefix(id, "ocd-division/country:us/")
	whole, district, _ := strings.Cut(rest, "/")
	_, code, _ := strings.Cut(whole, ":")
	kind, _, _ := strings.Cut(district, ":")
	switch kind {
	case "sldu", "ward":
		chamber = Upper
	case "sldl":
		chamber = Lower
	default:
		chamber = House
	}
	return strings.ToUpper(code), chamber
}
