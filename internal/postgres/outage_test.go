//go:build unix

package postgres_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"redress/internal/postgres"
	"redress/internal/postgres/local"
)

func TestServerGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	base, err := os.MkdirTemp("", "redress-outage-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	if err := os.Chmod(base, 0o711); err != nil {
		t.Fatal(err)
	}
	options := local.Options{Dir: filepath.Join(base, "data")}
	server, err := local.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	db := open(t, server.URL(), nil)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	put(t, db, "kept")
	e := listen(t.Context(), db)
	within(t, "beginning", e.resets)

	if err := syscall.Kill(server.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-server.Died()
	within(t, "reset at the loss", e.resets)
	for tried := 0; db.Read(t.Context()).Exec(`SELECT 1`).Error == nil && tried < 300; tried++ {
		time.Sleep(100 * time.Millisecond) // its children answer until they notice that it is gone
	}
	for what, err := range map[string]error{
		"read":        db.Read(t.Context()).Exec(`SELECT 1`).Error,
		"read again":  db.Read(t.Context()).Exec(`SELECT 1`).Error,
		"transaction": db.InTx(t.Context(), func(*postgres.Tx) error { return nil }),
		"ping":        db.Ping(t.Context()),
	} {
		if !postgres.IsUnavailable(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := server.Stop(t.Context()); err != nil { // lets the folder go
		t.Fatal(err)
	}

	if server, err = local.Start(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); db.Ping(t.Context()) != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the pool does not recover")
		}
	}
	if got := keys(t, db); got != "kept" {
		t.Errorf("kept %q", got)
	}
	within(t, "reset at the return", e.resets)
	if err := db.Notify(t.Context(), "content"); err != nil {
		t.Fatal(err)
	}
	if tag := within(t, "notice", e.tags); tag != "content" {
		t.Errorf("heard %q", tag)
	}
}
