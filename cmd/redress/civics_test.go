package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"redress/internal/civics"
	"redress/internal/civics/refdatatest"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// commands runs commands on a database that holds the snapshot.
func commands(t *testing.T) func(args ...string) (string, error) {
	t.Helper()
	url := postgrestest.NewURL(t)
	db, err := postgres.Open(t.Context(), postgres.Options{URL: url, MaxConns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := civics.LoadSnapshot(t.Context(), db, civics.EmbeddedSnapshot()); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DATABASE_URL", url)
	t.Setenv("REDRESS_SECRET", strings.Repeat("secret", 8))
	t.Setenv("REDRESS_DATA", t.TempDir())
	return func(args ...string) (string, error) {
		var out bytes.Buffer
		cmd := root()
		cmd.SetArgs(args)
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		err := cmd.ExecuteContext(t.Context())
		return out.String(), err
	}
}

func TestImportShowsRefusesAndObeys(t *testing.T) {
	run := commands(t)
	forms := filepath.Join(t.TempDir(), "contact-forms.csv")
	const one = "bioguide,url,asks,captcha,last_changed\nD000197,https://degette.house.gov/contact,TOPIC,0,2026-11-01\n"
	if err := os.WriteFile(forms, []byte(one), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := run("import", "contact-forms", forms)
	var refused *civics.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "--force") || !strings.Contains(out, "Contact forms of members of Congress: ") {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err = run("import", "contact-forms", forms, "--force", "--dry-run"); err != nil || !strings.Contains(out, "Dry run: nothing was changed.") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = run("import", "contact-forms", forms, "--force"); err != nil || !strings.Contains(out, "  1 web form; 270 before") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = run("import", "contact-forms", forms); err != nil || !strings.Contains(out, "Contact forms of members of Congress: nothing changed") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, bad := range [][]string{{"import", "boundaries", forms}, {"import", "zip", forms}, {"import", "congress", filepath.Dir(forms)}, {"import", "openstates", forms}} {
		if out, err := run(bad...); err == nil || strings.Contains(out, "changed") {
			t.Errorf("%v: %v %s", bad, err, out)
		}
	}
	boundaries := filepath.Join(refdatatest.Folder(t), "boundaries", "cd119_500k.topojson")
	if out, err = run("import", "boundaries", boundaries); err != nil || !strings.Contains(out, "441 districts; as of January 3, 2025") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCorrectFromTheCommandLine(t *testing.T) {
	run := commands(t)
	const degette = "bioguide:D000197"
	if out, err := run("correct", degette, "offer", "no", "--source", "asked not to be written to"); err != nil || out != "Diana DeGette (Representative, Colorado, 1st district): offer yes → no\n" {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := run("correct", degette, "phone", "202-555-0100", "--source", "her office", "--until", "2099-01-03"); err != nil || !strings.Contains(out, "until January 3, 2099") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := run("correct", "--list"); err != nil || strings.Count(out, "Diana DeGette") != 2 || !strings.Contains(out, "phone: 202-555-0100 (her office), until 2099-01-03") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := run("correct", degette, "--undo", "offer"); err != nil || !strings.Contains(out, "offer no → yes") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, bad := range [][]string{
		{degette}, {degette, "phone", "202-555-0100"}, {degette, "phone", "x", "--source", "y"}, {degette, "--undo", "party"}, {"--list", degette},
		{degette, "phone", "202-555-0100", "--source", "y", "--until", "soon"}, {degette, "phone", "202-555-0100", "--source", "y", "--until", "2020-01-01"}, {},
	} {
		if out, err := run(append([]string{"correct"}, bad...)...); err == nil {
			t.Errorf("%v is taken: %s", bad, out)
		}
	}
}

func TestDoctorOnFacts(t *testing.T) {
	t.Parallel()
	asOf := func(date string) time.Time {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	set := func(kind string, congress int, name, date string) civics.Dataset {
		return civics.Dataset{Kind: kind, Congress: congress, Name: name, AsOf: asOf(date)}
	}
	this := []civics.Dataset{
		set("congress", 119, "Members", "2026-06-15"), set("zip-cd", 119, "ZIP codes", "2025-01-03"), set("boundaries", 119, "Map", "2025-01-03"),
		set("openstates", 0, "State legislators", "2026-09-20"),
	}
	next := append(this[:4:4], set("congress", 120, "Members, 120th", "2026-12-20"), set("zip-cd", 120, "ZIP codes, 120th", "2027-01-03"))
	for _, c := range []struct {
		what string
		sets []civics.Dataset
		now  string
		sick int
		says []string
	}{
		{"in summer", this, "2026-07-01", 0, []string{"note  the next Congress begins on January 3, 2027", "ok    Members is as of June 15, 2026"}},
		{"in fall", this, "2026-10-01", 1, []string{"WRONG Members is 108 days old (as of June 15, 2026): import newer data"}},
		{"weeks before", this, "2026-11-22", 2, []string{
			"WRONG Members is 160 days old (as of June 15, 2026): mail to these offices waits", "WRONG State legislators is 63 days old (as of September 20, 2026): import",
			"note  the next Congress's members are not here yet: redress import congress DIR", "boundaries are not here yet",
		}},
		{"prepared", next, "2026-12-24", 2, []string{
			"ok    Members, 120th is as of December 20, 2026; it takes effect on January 3, 2027", "ok    the next Congress's ZIP codes are here",
			"note  the next Congress's boundaries are not here yet: redress import boundaries FILE",
		}},
		{"after the day", next, "2027-01-04", 2, []string{
			"note  Members is as of June 15, 2026; that Congress has ended", "WRONG the boundaries of the sitting Congress are not here: redress import boundaries FILE",
			"the next Congress begins on January 3, 2029",
		}},
	} {
		var out bytes.Buffer
		e := examination{out: &out}
		e.civicAges(c.sets, asOf(c.now).Add(12*time.Hour))
		e.nextCongress(c.sets, asOf(c.now).Add(12*time.Hour))
		if e.sick != c.sick {
			t.Errorf("%s: %d things are wrong\n%s", c.what, e.sick, out.String())
		}
		for _, want := range c.says {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q is not in\n%s", c.what, want, out.String())
			}
		}
		if c.what == "in summer" && strings.Contains(out.String(), "not here") {
			t.Errorf("too early:\n%s", out.String())
		}
	}
}
