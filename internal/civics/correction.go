package civics

import (
	"context"
	_ "embed" // the corrections
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres"
)

//go:embed corrections.csv
var embeddedCorrections string

var correctionFields = []string{"name", "party", "phone", "email", "webform", "website", "successor", "left", "offer"}

// ReadCorrections reads a list of corrections (id, field, value, source, until).
// Every row must be right: a correction that is silently dropped is a wrong
// answer kept.
func ReadCorrections(r io.Reader) ([]Correction, error) {
	rows, err := readCSV(r, "id", "field", "value", "source", "until")
	if err != nil {
		return nil, err
	}
	if rows.short > 0 {
		return nil, errors.New("a row has another number of columns than the first")
	}
	list := make([]Correction, 0, len(rows.records))
	for i, row := range rows.records {
		c := Correction{
			OfficialID: tidy(row.get("id")), Field: tidy(row.get("field")), Value: tidy(row.get("value")), Source: tidy(row.get("source")),
		}
		if until := row.get("until"); until != "" {
			if c.Until, err = time.Parse(time.DateOnly, until); err != nil {
				return nil, fmt.Errorf("row %d: until is no date", i+1)
			}
		}
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		list = append(list, c)
	}
	return list, nil
}

// check says what is wrong with a correction.
func (c Correction) check() error {
	if !strings.HasPrefix(c.OfficialID, "bioguide:") && !strings.HasPrefix(c.OfficialID, "openstates:") {
		return errors.New("id is no official's")
	}
	if !slices.Contains(correctionFields, c.Field) {
		return fmt.Errorf("field is none of %s", strings.Join(correctionFields, ", "))
	}
	if c.Source == "" {
		return errors.New("source is empty")
	}
	ok := true
	switch c.Field {
	case "phone":
		ok = c.Value == "" || phone(c.Value) != ""
	case "email":
		if c.Value != "" {
			_, ok = emailAddress(c.Value)
		}
	case "webform", "website":
		ok = c.Value == "" || strings.HasPrefix(c.Value, "https://")
	case "offer":
		ok = c.Value == "no"
	case "successor":
		id, name, _ := strings.Cut(c.Value, " ")
		ok = (bioguideID.MatchString(strings.TrimPrefix(id, "bioguide:")) || ocdPerson.MatchString("ocd-person/"+strings.TrimPrefix(id, "openstates:"))) && name != ""
	}
	if !ok {
		return fmt.Errorf("value fits no %s", c.Field)
	}
	return nil
}

// ImportCorrections replaces the corrections by a list.
func ImportCorrections(ctx context.Context, db *postgres.DB, r io.Reader) (int, error) {
	list, err := ReadCorrections(r)
	if err != nil {
		return 0, fmt.Errorf("corrections: %w", err)
	}
	err = pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM correction"); err != nil {
			return err
		}
		return correctionTable.write(ctx, tx, list)
	})
	if err != nil {
		return 0, fmt.Errorf("corrections: %w", err)
	}
	return len(list), nil
}

// shippedCorrections are those that the program carries.
func shippedCorrections() ([]Correction, error) {
	return ReadCorrections(strings.NewReader(embeddedCorrections))
}

// storeShippedCorrections adds the program's corrections where nobody made one.
func storeShippedCorrections(ctx context.Context, tx pgx.Tx) error {
	list, err := shippedCorrections()
	if err != nil {
		return err
	}
	for _, c := range list {
		const insert = `INSERT INTO correction (official_id, field, value, source, applies_from, applies_until)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
		if _, err := tx.Exec(ctx, insert, correctionTable.fields(&c)...); err != nil {
			return fmt.Errorf("corrections: %w", err)
		}
	}
	return nil
}
