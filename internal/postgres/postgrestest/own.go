//go:build unix

package postgrestest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"redress/internal/postgres/local"
)

// ownServer starts a server for this test binary. Nothing in a test binary runs last for certain, so
// a small shell waits for its end, however it comes, then ends the server and removes its files.
func ownServer() (string, error) {
	dir, err := os.MkdirTemp("", "redress-test-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // the server's account passes through
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := local.Start(ctx, local.Options{Dir: dir, NoSync: true, MaxConns: 400})
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", fmt.Errorf("start a server for the tests: %w", err)
	}
	if err := cleanUpAfter(s.PID(), dir); err != nil {
		_ = s.Stop(ctx)
		_ = os.RemoveAll(dir)
		return "", err
	}
	return withDatabase(s.URL(), "postgres"), nil
}

// cleaner reads from a pipe that nobody writes to: the read ends when the test binary does.
const cleaner = `read -r nothing; kill -QUIT "$1" 2>/dev/null; n=0
while kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
rm -rf "$2"`

// wire is the end of the pipe that this process holds until it ends.
var wire *os.File

func cleanUpAfter(pid int, dir string) error {
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	cmd := exec.Command("/bin/sh", "-c", cleaner, "redress-test-cleaner", strconv.Itoa(pid), dir)
	cmd.Stdin = read
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the cleaner: %w", err)
	}
	wire = write
	return cmd.Process.Release()
}
