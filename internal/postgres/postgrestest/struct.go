//go:build unix

package postgrestest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm/schema"

	"redress/internal/postgres"
)

// column is what information_schema says of one.
type column struct {
	ColumnName    string
	DataType      string
	IsNullable    string
	ColumnDefault *string
	IsGenerated   string
	IsIdentity    string
}

// CheckStruct compares GORM structs with the tables they stand for: every field has its column, of a
// type that fits; every column has its field, unless the database fills it. Columns that a struct leaves
// out on purpose are named in the options as [Unread].
func CheckStruct(t testing.TB, db *postgres.DB, structs ...any) {
	t.Helper()
	var unread []string
	for _, value := range structs {
		if names, ok := value.(Unread); ok {
			unread = append(unread, names...)
		}
	}
	for _, value := range structs {
		if _, ok := value.(Unread); ok {
			continue
		}
		for _, fault := range compare(t, db, value, unread) {
			t.Error(fault)
		}
	}
}

// Unread names columns ("table.column") that no struct needs to have.
type Unread []string

func compare(t testing.TB, db *postgres.DB, value any, unread []string) (faults []string) {
	t.Helper()
	model, err := schema.Parse(value, &sync.Map{}, db.Gorm.NamingStrategy)
	if err != nil {
		t.Fatalf("%T is not a GORM struct: %v", value, err)
	}
	var columns []column
	err = db.Read(t.Context()).Raw(`SELECT column_name, data_type, is_nullable, column_default, is_generated, is_identity
		FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ?`, model.Table).Scan(&columns).Error
	if err != nil {
		t.Fatalf("columns of %s: %v", model.Table, err)
	}
	if len(columns) == 0 {
		return []string{fmt.Sprintf("%T: there is no table %s", value, model.Table)}
	}
	for _, name := range model.DBNames {
		at := slices.IndexFunc(columns, func(c column) bool { return c.ColumnName == name })
		if at < 0 {
			faults = append(faults, fmt.Sprintf("%T: field %s has no column %s.%s", value, model.FieldsByDBName[name].Name, model.Table, name))
			continue
		}
		if fault := mismatch(model.FieldsByDBName[name], columns[at]); fault != "" {
			faults = append(faults, fmt.Sprintf("%T: %s.%s: %s", value, model.Table, name, fault))
		}
	}
	for _, c := range columns {
		filled := c.IsGenerated == "ALWAYS" || c.ColumnDefault != nil || c.IsIdentity == "YES" || c.IsNullable == "YES"
		_, known := model.FieldsByDBName[c.ColumnName]
		if !known && !filled && !slices.Contains(unread, model.Table+"."+c.ColumnName) {
			faults = append(faults, fmt.Sprintf("%T: column %s.%s has no field, and an insert without it fails", value, model.Table, c.ColumnName))
		}
	}
	return faults
}

// families says which column types hold a kind of Go value. Types with their own Scan or
// serializer speak for themselves and are not checked.
var families = map[schema.DataType][]string{
	schema.Bool:   {"boolean"},
	schema.Int:    {"smallint", "integer", "bigint"},
	schema.Uint:   {"smallint", "integer", "bigint"},
	schema.Float:  {"real", "double precision", "numeric"},
	schema.String: {"text", "character varying", "character", "uuid", "jsonb", "json", "USER-DEFINED"},
	schema.Time:   {"timestamp with time zone", "date"},
	schema.Bytes:  {"bytea", "uuid", "jsonb", "json"},
}

func mismatch(field *schema.Field, c column) string {
	fits, plain := families[field.GORMDataType]
	if !plain || field.Serializer != nil {
		return ""
	}
	if !slices.Contains(fits, c.DataType) {
		return fmt.Sprintf("column is %s, field is %s: want %s", c.DataType, field.FieldType, strings.Join(fits, " or "))
	}
	return ""
}
