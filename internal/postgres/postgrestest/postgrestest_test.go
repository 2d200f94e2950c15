//go:build unix

package postgrestest

import (
	"fmt"
	"strings"
	"testing"
)

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			db := New(t)
			for _, statement := range []string{`INSERT INTO setting (key, value) VALUES ('mine', 'x')`, `SELECT FROM river_job`} {
				if _, err := db.Pool.Exec(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

type Setting struct {
	Key       string `gorm:"primaryKey"`
	Value     []byte
	UpdatedAt string
	Lost      int
}

type setting struct {
	Key string `gorm:"primaryKey"`
}

type elsewhere struct{ ID int }

func TestCheckStructFindsFaults(t *testing.T) {
	t.Parallel()
	db := New(t)
	faults := strings.Join(compare(t, db, &Setting{}, nil), "\n")
	for _, want := range []string{"setting.updated_at: column is timestamp with time zone", "field Lost has no column setting.lost"} {
		if !strings.Contains(faults, want) {
			t.Errorf("want %q in\n%s", want, faults)
		}
	}
	if faults := compare(t, db, &setting{}, nil); len(faults) != 1 || !strings.Contains(faults[0], "setting.value has no field") {
		t.Errorf("missing field: %q", faults)
	}
	if faults := compare(t, db, &setting{}, []string{"setting.value"}); len(faults) != 0 {
		t.Errorf("unread column: %q", faults)
	}
	if faults := compare(t, db, &elsewhere{}, nil); len(faults) != 1 || !strings.Contains(faults[0], "no table elsewhere") {
		t.Errorf("missing table: %q", faults)
	}
}
