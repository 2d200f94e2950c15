package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"redress/internal/config"
	"redress/internal/postgres/local"
	"redress/internal/postgres/postgrestest"
	"redress/internal/seal"
)

func TestASecretPutBackByHandIsTheSame(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	made, err := keptSecret(path)
	if err != nil || len(made) < seal.MinSecret {
		t.Fatalf("%d bytes, %v", len(made), err)
	}
	if err := os.WriteFile(path, append(made, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := keptSecret(path); err != nil || string(again) != string(made) {
		t.Errorf("a line break makes it another: %v", err)
	}
}

func TestASiteOfNobodySaysWhatToDo(t *testing.T) {
	t.Parallel()
	d := &database{DB: postgrestest.New(t)}
	err := checkCenter(t.Context(), &config.Config{Delivery: config.Capture}, d)
	if err == nil || !strings.Contains(err.Error(), "import content") {
		t.Errorf("%v", err)
	}
}

func TestAMistypedCommandIsAnError(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"nosuch"}, {"import", "nosuch", "x"}, {"export", "x"}, {"snapshot", "x"}, {"deliveries", "x"}} {
		cmd := root()
		cmd.SetArgs(args)
		if err := cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "unknown command") {
			t.Errorf("%v: %v", args, err)
		}
	}
	for _, name := range []string{"import", "export", "snapshot", "deliveries"} {
		cmd := root()
		cmd.SetArgs([]string{name})
		var out strings.Builder
		cmd.SetOut(&out)
		if err := cmd.ExecuteContext(t.Context()); err != nil || !strings.Contains(out.String(), "Available Commands") {
			t.Errorf("%s: %v\n%s", name, err, out.String())
		}
	}
}

func TestRestoreIsRefusedUnderARunningSite(t *testing.T) {
	dir, err := os.MkdirTemp("", "redress-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	server, err := local.Start(t.Context(), local.Options{Dir: data, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop(t.Context()) })
	t.Setenv("REDRESS_DATA", data)
	t.Setenv("DATABASE_URL", "")
	cmd := root()
	cmd.SetArgs([]string{"restore", "--force", filepath.Join(dir, "none")})
	if err := cmd.ExecuteContext(t.Context()); !errors.Is(err, local.ErrInUse) {
		t.Errorf("%v", err)
	}
}
