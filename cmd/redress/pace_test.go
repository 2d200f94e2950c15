package main

import (
	"strings"
	"testing"
	"time"

	"redress/internal/mail"
)

func TestPaceToSet(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		args       []string
		agreed, on string
		key        string
	}{
		{[]string{"Senate.Example.gov", "600"}, "J. Doe", "", "domain:senate.example.gov"},
		{[]string{"bücher.example", "600"}, "J. Doe", "2026-11-22", "domain:xn--bcher-kva.example"},
		{[]string{"official:openstates:7d5f", "6"}, "J. Doe", "", "official:openstates:7d5f"},
		{[]string{"localhost", "600"}, "J. Doe", "", ""},
		{[]string{"maya@senate.example.gov", "600"}, "J. Doe", "", ""},
		{[]string{"senate example.gov", "600"}, "J. Doe", "", ""},
		{[]string{"senate.example.gov", "many"}, "J. Doe", "", ""},
		{[]string{"senate.example.gov", "600"}, " ", "", ""},
		{[]string{"senate.example.gov", "600"}, "J. Doe", "tomorrow", ""},
		{[]string{"senate.example.gov", "600"}, "J. Doe", "2026-11-23", ""},
	} {
		set, err := paceToSet(c.args, c.agreed, c.on, now)
		if (err != nil) != (c.key == "") || err == nil && set.Key != c.key {
			t.Errorf("%v %q %q: %+v, %v", c.args, c.agreed, c.on, set, err)
		}
	}
}

func TestWritePaces(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 5, 3, 0, 0, 0, 0, time.UTC)
	var out strings.Builder
	if err := writePaces(&out, []mail.Pace{
		{Key: "domain:senate.example.gov", PerHour: 600, AgreedBy: "J. Doe", AgreedOn: &day},
		{Key: "official:openstates:7d5f", PerHour: 60, Waiting: 3},
	}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"600 an hour  senate.example.gov  agreed on 2026-05-03: J. Doe\n", "60 an hour  official:openstates:7d5f  the default; 3 wait\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("want %q in %q", want, out.String())
		}
	}
}
