package main

import (
	"log/slog"
	"strings"
	"testing"

	"redress/internal/postgres/postgrestest"
)

func TestDoctorSaysWhetherTheSearchForgives(t *testing.T) {
	t.Parallel()
	d := &database{DB: postgrestest.New(t)}
	says := func(want string) {
		t.Helper()
		var out strings.Builder
		e := examination{out: &out}
		e.typingErrors(t.Context(), d)
		if e.sick > 0 || !strings.Contains(out.String(), want) {
			t.Errorf("want %q in %q", want, out.String())
		}
	}
	says("forgives typing errors")
	if _, err := d.Pool.Exec(t.Context(), "DROP EXTENSION pg_trgm CASCADE"); err != nil {
		t.Fatal(err)
	}
	says("CREATE EXTENSION pg_trgm")
	if err := migrate(t.Context(), d, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	says("forgives typing errors")
}
