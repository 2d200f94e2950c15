//go:build unix

package postgrestest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"redress/internal/postgres/local"
)

// StartServer starts a server for tests and returns the URL of its maintenance database. It ends with stop, or
// with this program: nothing in a test binary runs last for certain, so a small shell waits for
// the program's end, however it comes, then ends the server and removes its files.
func StartServer(ctx context.Context) (url string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "redress-test-")
	if err != nil {
		return "", nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // the server's account passes through
		return "", nil, err
	}
	s, err := local.Start(ctx, local.Options{Dir: dir, NoSync: true, MaxConns: 400})
	if err != nil {
		_ = os.RemoveAll(dir)
		return "", nil, fmt.Errorf("start a server for the tests: %w", err)
	}
	stop = func() {
		_ = s.Stop(context.WithoutCancel(ctx))
		_ = os.RemoveAll(dir)
	}
	if err := cleanUpAfter(s.PID(), dir); err != nil {
		stop()
		return "", nil, err
	}
	return withDatabase(s.URL(), "postgres"), stop, nil
}

// cleaner reads from a pipe that nobody writes to: the read ends when the test binary does.
const cleaner = `read -r nothing; kill -QUIT "$1" 2>/dev/null; n=0
while kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
rm -rf "$2"`

// wire is the end of the pipe that this process holds until it ends.
var wire *os.File //nolint:unused // held, never read

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
