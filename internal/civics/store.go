package civics

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// This file is the one that knows the tables of the migrations *_civics*.sql. Facts come and
// go in bulk, so it speaks COPY through pgx instead of rows through GORM.

// table maps a row type to its table: columns, and pointers to the fields that
// hold them, in the same order, for reading and for writing.
type table[T any] struct {
	name    string
	columns []string
	fields  func(*T) []any
}

func columns(list string) []string { return strings.Fields(list) }

var (
	divisionTable = table[Division]{"division",
		columns("id name state level chamber district census_code congress plan in_force_from in_force_until dataset"),
		func(r *Division) []any {
			return []any{&r.ID, &r.Name, &r.State, &r.Level, &r.Chamber, &r.District, &r.CensusCode, &r.Congress,
				&r.Plan, day{&r.From}, day{&r.Until}, &r.Dataset}
		}}
	seatTable = table[Seat]{"seat",
		columns("id division_id level chamber state district title name nonvoting dataset"),
		func(r *Seat) []any {
			return []any{&r.ID, &r.DivisionID, &r.Level, &r.Chamber, &r.State, &r.District, &r.Title, &r.Name,
				&r.Nonvoting, &r.Dataset}
		}}
	officialTable = table[Person]{"official",
		columns("id name given_name family_name party party_code website dataset as_of"),
		func(r *Person) []any {
			return []any{&r.ID, &r.Name, &r.GivenName, &r.FamilyName, &r.Party, &r.PartyCode, &r.Website,
				&r.Dataset, day{&r.AsOf}}
		}}
	tenureTable = table[Tenure]{"tenure",
		columns("seat_id official_id sits_from sits_until term_ends dataset"),
		func(r *Tenure) []any {
			return []any{&r.SeatID, &r.OfficialID, day{&r.From}, day{&r.Until}, day{&r.Ends}, &r.Dataset}
		}}
	officeTable = table[OfficeRow]{"office",
		columns("official_id position kind name street city state zip phone fax lat lon dataset"),
		func(r *OfficeRow) []any {
			return []any{&r.OfficialID, &r.Position, &r.Kind, &r.Name, &r.Street, &r.City, &r.State, &r.Zip,
				&r.Phone, &r.Fax, &r.Lat, &r.Lon, &r.Dataset}
		}}
	channelTable = table[Contact]{"channel",
		columns("official_id position kind value dataset"),
		func(r *Contact) []any { return []any{&r.OfficialID, &r.Position, &r.Kind, &r.Value, &r.Dataset} }}
	formTable = table[ContactForm]{"contact_form",
		columns("official_id url asks captcha changed_on dataset"),
		func(r *ContactForm) []any {
			if r.Asks == nil {
				r.Asks = []string{}
			}
			return []any{&r.OfficialID, &r.URL, &r.Asks, &r.Captcha, day{&r.ChangedOn}, &r.Dataset}
		}}
	committeeTable = table[CommitteeRow]{"committee",
		columns("id name chamber dataset"),
		func(r *CommitteeRow) []any { return []any{&r.ID, &r.Name, &r.Chamber, &r.Dataset} }}
	memberTable = table[CommitteeMember]{"committee_member",
		columns("committee_id official_id title rank dataset"),
		func(r *CommitteeMember) []any {
			return []any{&r.CommitteeID, &r.OfficialID, &r.Title, &r.Rank, &r.Dataset}
		}}
	zipTable = table[DivisionZips]{"division_zips",
		columns("dataset division_id zips"),
		func(r *DivisionZips) []any { return []any{&r.Dataset, &r.DivisionID, &r.Zips} }}
	boundaryTable = table[Boundary]{"boundary",
		columns("dataset congress shape"),
		func(r *Boundary) []any { return []any{&r.Dataset, &r.Congress, &r.Shape} }}
	correctionTable = table[Correction]{"correction",
		columns("official_id field value source applies_from applies_until"),
		func(r *Correction) []any {
			return []any{&r.OfficialID, &r.Field, &r.Value, &r.Source, day{&r.From}, day{&r.Until}}
		}}
	datasetTable = table[storedDataset]{"dataset",
		columns("id kind congress name source url licence as_of imported_at rows origin"),
		func(r *storedDataset) []any {
			return []any{&r.ID, &r.Kind, &r.Congress, &r.Name, &r.Source, &r.URL, &r.Licence, day{&r.AsOf}, &r.ImportedAt, &r.Rows, &r.Origin}
		}}
)

// storedDataset is a dataset with where its rows came from: a snapshot, by its
// digest, or an import.
type storedDataset struct {
	Dataset
	Origin string
}

// day reads and writes a civil date; the zero time is NULL.
type day struct{ t *time.Time }

// ScanDate implements pgtype.DateScanner.
func (d day) ScanDate(v pgtype.Date) error {
	*d.t = time.Time{}
	if v.Valid && v.InfinityModifier == pgtype.Finite {
		*d.t = v.Time
	}
	return nil
}

// DateValue implements pgtype.DateValuer.
func (d day) DateValue() (pgtype.Date, error) {
	return pgtype.Date{Time: *d.t, Valid: !d.t.IsZero()}, nil
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// all reads a whole table in the order of its first two columns.
func (t table[T]) all(ctx context.Context, q querier) ([]T, error) {
	sql := fmt.Sprintf("SELECT %s FROM %s ORDER BY 1, 2", strings.Join(t.columns, ", "), t.name)
	rows, err := q.Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.name, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (T, error) {
		var r T
		return r, row.Scan(t.fields(&r)...)
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", t.name, err)
	}
	return list, nil
}

// write adds rows in bulk.
func (t table[T]) write(ctx context.Context, tx pgx.Tx, rows []T) error {
	source := pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return t.fields(&rows[i]), nil })
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, source); err != nil {
		return fmt.Errorf("write %s: %w", t.name, err)
	}
	return nil
}

// readTables reads every table but the maps.
func readTables(ctx context.Context, q querier) (t Tables, err error) {
	read := func(step func() error) {
		if err == nil {
			err = step()
		}
	}
	var stored []storedDataset
	read(func() (err error) { stored, err = datasetTable.all(ctx, q); return })
	read(func() (err error) { t.Divisions, err = divisionTable.all(ctx, q); return })
	read(func() (err error) { t.Seats, err = seatTable.all(ctx, q); return })
	read(func() (err error) { t.People, err = officialTable.all(ctx, q); return })
	read(func() (err error) { t.Tenures, err = tenureTable.all(ctx, q); return })
	read(func() (err error) { t.Offices, err = officeTable.all(ctx, q); return })
	read(func() (err error) { t.Contacts, err = channelTable.all(ctx, q); return })
	read(func() (err error) { t.Committees, err = committeeTable.all(ctx, q); return })
	read(func() (err error) { t.Members, err = memberTable.all(ctx, q); return })
	read(func() (err error) { t.Forms, err = formTable.all(ctx, q); return })
	read(func() (err error) { t.Zips, err = zipTable.all(ctx, q); return })
	read(func() (err error) { t.Corrections, err = correctionTable.all(ctx, q); return })
	for _, d := range stored {
		t.Datasets = append(t.Datasets, d.Dataset)
	}
	return t, err
}

// replaceDataset puts one dataset's staged rows in the place of the former ones.
func replaceDataset(ctx context.Context, tx pgx.Tx, dataset string, t Tables, origin string, now time.Time) error {
	if err := clearDataset(ctx, tx, dataset); err != nil {
		return err
	}
	steps := []func() error{
		func() error { return divisionTable.write(ctx, tx, t.Divisions) },
		func() error { return seatTable.write(ctx, tx, t.Seats) },
		func() error { return officialTable.write(ctx, tx, t.People) },
		func() error { return tenureTable.write(ctx, tx, t.Tenures) },
		func() error { return officeTable.write(ctx, tx, t.Offices) },
		func() error { return channelTable.write(ctx, tx, t.Contacts) },
		func() error { return committeeTable.write(ctx, tx, t.Committees) },
		func() error { return memberTable.write(ctx, tx, t.Members) },
		func() error { return formTable.write(ctx, tx, t.Forms) },
		func() error { return zipTable.write(ctx, tx, t.Zips) },
		func() error { return boundaryTable.write(ctx, tx, t.Boundaries) },
		func() error { return storeDataset(ctx, tx, dataset, t, origin, now) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// clearDataset takes away everything that a dataset told of.
func clearDataset(ctx context.Context, tx pgx.Tx, dataset string) error {
	for _, table := range []string{
		"tenure", "channel", "office", "committee_member", "committee", "seat", "official", "division", "contact_form",
		"division_zips", "boundary",
	} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE dataset = $1", dataset); err != nil {
			return fmt.Errorf("clear %s: %w", table, err)
		}
	}
	if _, err := tx.Exec(ctx, "DELETE FROM dataset WHERE id = $1", dataset); err != nil {
		return fmt.Errorf("clear dataset: %w", err)
	}
	return nil
}

func storeDataset(ctx context.Context, tx pgx.Tx, dataset string, t Tables, origin string, now time.Time) error {
	rows := make([]storedDataset, 0, 1)
	for _, d := range t.Datasets {
		if d.ID == dataset {
			d.ImportedAt = now
			rows = append(rows, storedDataset{d, origin})
		}
	}
	return datasetTable.write(ctx, tx, rows)
}
