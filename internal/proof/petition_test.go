package proof

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFelixBringsAPetition imports what was signed elsewhere while people sign here:
// the machine loses power in the middle, he gives the file again, and everybody
// counts once. What he then exports holds them all and is for his eyes.
func TestFelixBringsAPetition(t *testing.T) {
	t.Parallel()
	const brought = 12_000
	s := startSite(t, "REDRESS_RATE_LIMIT=off")
	here := maya()
	s.redirected(t, theIssue+"/pledge", here.signing())
	s.counted(t, path(t, s.awaitMail(t, here.Email, confirmSignature).link(t, "/confirm")))

	var text strings.Builder
	text.WriteString("First Name;Last Name;E-mail;Zip Code;Signed At;Source\n")
	for n := range brought {
		fmt.Fprintf(&text, "Signer;Elsewhere;signer.%d@mail.example;80203;2025-03-01;petition-2025\n", n)
	}
	fmt.Fprintf(&text, "%s;%s;%s;80203;2025-03-01;petition-2025\n", here.Given, here.Family, here.Email) // signed there, too
	file := filepath.Join(t.TempDir(), "petition.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := program()
	if err != nil {
		t.Fatal(err)
	}
	db := connect(t, s)
	read := func() (n int64) {
		if err := db.QueryRow(t.Context(), `SELECT coalesce(max(records), 0) FROM signature_import`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	command := exec.CommandContext(t.Context(), program, "import", "signatures", file, "--issue", "qualified-immunity")
	command.Env, command.Dir = s.env, filepath.Dir(s.Data)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); read() < 2000; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the import doesn't move")
		}
	}
	_ = command.Process.Kill()
	var exit *exec.ExitError
	if err := command.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("it wasn't killed: %v", err)
	}
	if n := read(); n < 2000 || n >= brought {
		t.Fatalf("killed after %d records", n)
	}

	later := maya()
	later.Given = "Nora"
	s.redirected(t, theIssue+"/pledge", later.signing())
	s.counted(t, path(t, s.awaitMail(t, later.Email, confirmSignature).link(t, "/confirm")))

	out, err := s.command(t, "import", "signatures", file, "--issue", "qualified-immunity")
	if err != nil || !strings.Contains(out, "Went on after record ") || !strings.Contains(out, fmt.Sprintf("%d records: %d taken, 1 had signed already, 0 refused", brought+1, brought)) {
		t.Errorf("%s %v", out, err)
	}
	if strings.Contains(out, "@") {
		t.Error("the command says an address")
	}
	if out, err := s.command(t, "import", "signatures", file, "--issue", "qualified-immunity"); err == nil && !strings.Contains(out, "taken") {
		t.Errorf("taken twice: %s", out)
	}
	const all = brought + 2
	var rows, counted, mails int64
	if err := db.QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM signature WHERE state = 'confirmed'), (SELECT sum(confirmed) FROM pledge_counter)::bigint,
			(SELECT count(*) FROM mail WHERE kind = 'pledge.confirm')`).Scan(&rows, &counted, &mails); err != nil || rows != all || counted != all || mails != 2 {
		t.Errorf("%d rows, %d counted, %d mails, %v", rows, counted, mails, err)
	}
	shown := fmt.Sprintf(`"confirmed":%d,`, all)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		_, told := s.get(t, theIssue+"/count.json")
		if strings.Contains(told, shown) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the site counts %s", told)
		}
	}

	for _, format := range []string{"csv", "jsonl"} {
		to := filepath.Join(t.TempDir(), "signatures."+format)
		export := []string{"export", "signatures", "--issue", "qualified-immunity", "--format", format, "--out", to}
		if out, err := s.command(t, export...); err != nil {
			t.Fatal(out, err)
		}
		info, err := os.Stat(to)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%s may be read by others: %v, %v", format, info.Mode(), err)
		}
		written, err := os.ReadFile(to)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(written), "\n"), "\n")
		if format == "csv" {
			lines = lines[1:]
		} else if first := lines[0]; !json.Valid([]byte(first)) || !strings.Contains(first, `"origin":"`) {
			t.Errorf("%s", first)
		}
		if len(lines) != all || strings.Count(string(written), "petition-2025") != brought || strings.Contains(string(written), here.Email) {
			t.Errorf("%s: %d signatures, %d brought", format, len(lines), strings.Count(string(written), "petition-2025"))
		}
		if _, err := s.command(t, export...); err == nil {
			t.Errorf("%s was written over", format)
		}
	}
}
