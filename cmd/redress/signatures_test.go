package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"redress/content"
	"redress/internal/postgres"
)

const underQI = "--issue=qualified-immunity"

// sampleSite runs commands on a database that holds the sample.
func sampleSite(t *testing.T) func(args ...string) (string, error) {
	t.Helper()
	run := commands(t)
	dir := t.TempDir()
	if err := os.CopyFS(dir, content.FS); err != nil {
		t.Fatal(err)
	}
	if out, err := run("import", "content", dir); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return run
}

func must(t *testing.T, run func(...string) (string, error), args ...string) string {
	t.Helper()
	out, err := run(args...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

func fileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "petition.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func rowsIn(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestSignaturesComeInAndGoOut(t *testing.T) {
	run := sampleSite(t)
	petition := fileOf(t, "given_name,family_name,email,zip,signed_on,consent_text,source\n"+
		"Ana,Reyes,+ana@mail.example,80203,2025-03-01,Write to me,spring letter\n"+
		"-Ben,Ito,ben@mail.example,80203,2025-03-02,,\n"+
		"Cem,Ito,not an address,80203,2025-03-02,,\n")
	out := must(t, run, "import", "signatures", petition, underQI, "--dry-run")
	if !strings.Contains(out, "3 records: 2 taken, 0 had signed already, 1 refused; 1 consents") || !strings.Contains(out, "Dry run: nothing was changed.") {
		t.Error(out)
	}
	out = must(t, run, "import", "signatures", petition, underQI)
	if !strings.Contains(out, "line 4: email: ") || !strings.Contains(out, "3 records: 2 taken") || strings.Contains(out, "not an address") || strings.Contains(out, "Dry run") {
		t.Error(out)
	}
	if out = must(t, run, "import", "signatures", petition, underQI); !strings.Contains(out, "nothing was changed now") {
		t.Error(out)
	}

	to := filepath.Join(t.TempDir(), "signatures.csv")
	if out = must(t, run, "export", "signatures", underQI, "--out", to); !strings.Contains(out, "The pledge says that it hands over: ") {
		t.Error(out)
	}
	info, err := os.Stat(to)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	rows := rowsIn(t, to)
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(b[0], a[0]) })
	if len(rows) != 3 || !slices.Equal(rows[0], signatureColumns) || !slices.Equal(rows[1][1:9], []string{"'-Ben", "Ito", "", "80203", "CO", "en", "", "import"}) ||
		!slices.Equal(rows[2][1:11], []string{"Ana", "Reyes", "'+ana@mail.example", "80203", "CO", "en", "spring-letter", "import", "false", "Write to me"}) {
		t.Errorf("%q", rows)
	}
	before := mustRead(t, to)
	if _, err := run("export", "signatures", underQI, "--out", to); err == nil || !strings.Contains(err.Error(), "is there already") || mustRead(t, to) != before {
		t.Errorf("written over: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(to), ".redress-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	list := filepath.Join(t.TempDir(), "supporters.jsonl")
	must(t, run, "export", "supporters", "--format", "jsonl", "--out", list)
	if got := mustRead(t, list); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"email":"+ana@mail.example"`) || !strings.Contains(got, `"source":"spring-letter"`) || !strings.Contains(got, `"given_name":"Ana"`) {
		t.Error(got)
	}
	for _, args := range [][]string{{"export", "signatures"}, {"export", "signatures", underQI, "--format", "xml"}, {"export", "signatures", "--issue", "nosuch"}, {"import", "signatures", petition}} {
		if _, err := run(args...); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
	if _, err := run("export", "signatures", "--issue", "nosuch"); err == nil || err.Error() != "There is no pledge to sign here." {
		t.Errorf("%v", err)
	}
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAFailedExportLeavesNoFile(t *testing.T) {
	t.Parallel()
	to := filepath.Join(t.TempDir(), "x.csv")
	err := privately(to, func(w io.Writer) error {
		_, _ = w.Write([]byte("half"))
		return os.ErrInvalid
	})
	if entries, _ := os.ReadDir(filepath.Dir(to)); err == nil || len(entries) > 0 {
		t.Errorf("%v %v", err, entries)
	}
}

func TestSourceCodes(t *testing.T) {
	run := sampleSite(t)
	if out := must(t, run, "source", "add", "flyer-1", "The flyer", underQI); !strings.Contains(out, "/issues/qualified-immunity/from/flyer-1") {
		t.Error(out)
	}
	must(t, run, "import", "signatures", fileOf(t, "name,email,signed_on,source\nAna Reyes,ana@mail.example,2025-03-01,flyer-1\n"), underQI)
	if out := must(t, run, "source", "list"); !strings.Contains(out, "The flyer") || !strings.Contains(out, "1 signatures, 0 messages") {
		t.Error(out)
	}
	if out := must(t, run, "export", "sources", underQI); out != "issue,day,code,label,signatures,messages\nqualified-immunity,2025-03-01,flyer-1,The flyer,1,0\n" {
		t.Error(out)
	}
	must(t, run, "source", "retire", "flyer-1", underQI)
	if out := must(t, run, "source", "list", underQI); !strings.Contains(out, ", retired on ") {
		t.Error(out)
	}
	for _, args := range [][]string{{"source", "add", "Flyer!", "x", underQI}, {"source", "add", "a", "x", "--issue", "nosuch"}, {"source", "retire", "b", underQI}} {
		if _, err := run(args...); err == nil || strings.Contains(err.Error(), "(") {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestDemonstrationSignaturesAreForSampleSitesOnly(t *testing.T) {
	run := sampleSite(t)
	if out := must(t, run, "demo", "load", underQI, "--signatures", "300"); !strings.Contains(out, "300 signatures of nobody") {
		t.Error(out)
	}
	to := filepath.Join(t.TempDir(), "s.csv")
	must(t, run, "export", "signatures", underQI, "--out", to)
	if rows := rowsIn(t, to); len(rows) != 301 || rows[1][8] != "demo" {
		t.Errorf("%d rows", len(rows))
	}
	db, err := postgres.Open(t.Context(), postgres.Options{URL: os.Getenv("DATABASE_URL"), MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Pool.Exec(t.Context(), `UPDATE center SET sample = false`); err != nil {
		t.Fatal(err)
	}
	if _, err := run("demo", "load", underQI); err == nil || !strings.Contains(err.Error(), "not the sample") {
		t.Errorf("%v", err)
	}
}

// childImport names the file that a child process is to import.
const childImport = "REDRESS_TEST_CHILD_IMPORT"

// TestChildImport is the process that TestAKilledImportGoesOn kills.
func TestChildImport(t *testing.T) {
	file := os.Getenv(childImport)
	if file == "" {
		t.Skip("only as a child")
	}
	cmd := root()
	cmd.SetArgs([]string{"import", "signatures", file, underQI})
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAKilledImportGoesOn(t *testing.T) {
	run := sampleSite(t)
	var text strings.Builder
	text.WriteString("name,email,zip,signed_on,consent_text\n")
	const n = 12_000
	for i := range n {
		fmt.Fprintf(&text, "Ana Reyes,ana%d@mail.example,80203,2025-03-01,Write to me\n", i)
	}
	file := fileOf(t, text.String())
	db, err := postgres.Open(t.Context(), postgres.Options{URL: os.Getenv("DATABASE_URL"), MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ask := func(sql string) (n int64) {
		if err := db.Pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	read := func() int64 { return ask(`SELECT coalesce(max(records), 0) FROM signature_import`) }
	for kills := range 2 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildImport$")
		child.Env = append(os.Environ(), childImport+"="+file)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		for since := read(); read() < since+int64(1000*(2+kills)); {
			time.Sleep(5 * time.Millisecond)
		}
		_ = child.Process.Kill()
		_ = child.Wait()
	}
	if done := read(); done == 0 || done >= n {
		t.Fatalf("%d records when it was killed", done)
	}
	out := must(t, run, "import", "signatures", file, underQI)
	if !strings.Contains(out, "Went on after record ") || !strings.Contains(out, fmt.Sprintf("%d records: %d taken, 0 had signed already, 0 refused; %d consents", n, n, n)) {
		t.Error(out)
	}
	if rows, counted := ask(`SELECT count(*) FROM signature WHERE state = 'confirmed'`), ask(`SELECT sum(confirmed)::bigint FROM pledge_counter`); rows != n || counted != n {
		t.Errorf("%d rows, %d counted", rows, counted)
	}
}
