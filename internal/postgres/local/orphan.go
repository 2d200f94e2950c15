//go:build unix

package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopOrphan deals with what a killed program or a crashed server left behind. We hold the lock of
// the data folder, so no living program owns a server on it: a server that still runs is stopped,
// and a pid file that names no server of this cluster is removed. PostgreSQL itself refuses to start
// while any process has the pid in that file, and after a reboot or in a container that is soon
// some other program.
func (s *Server) stopOrphan(ctx context.Context) error {
	pid, err := readPID(s.files.pidfile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !isServerOf(pid, s.files.cluster()) {
		s.log.WarnContext(ctx, "PostgreSQL was not stopped last time; it will recover")
		if err := os.Remove(s.files.pidfile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a stale pid file: %w", err)
		}
		return nil
	}
	s.log.WarnContext(ctx, "a PostgreSQL server from an earlier run still works on the data folder; stopping it", "pid", pid)
	return s.stopPID(ctx, pid)
}

// readPID reads the first line of a postmaster.pid. An unreadable first line counts as no process.
func readPID(path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return 0, nil //nolint:nilerr // half-written by a crash: it names nobody
	}
	return pid, nil
}

// isServerOf reports whether process pid is a PostgreSQL server working in the cluster's folder.
func isServerOf(pid int, cluster string) bool {
	if pid == 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false
	}
	if cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd")); err == nil {
		real, err := filepath.EvalSymlinks(cluster)
		return err == nil && cwd == real // a server works in its own folder
	}
	out, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), "postgres") && strings.Contains(string(out), cluster)
}

// stopPID stops a server that is not our child.
func (s *Server) stopPID(ctx context.Context, pid int) error {
	for _, step := range []struct {
		signal   syscall.Signal
		patience time.Duration
	}{{syscall.SIGINT, patienceFast}, {syscall.SIGQUIT, patienceImmediate}} {
		_ = syscall.Kill(pid, step.signal)
		for end := time.Now().Add(step.patience); time.Now().Before(end); {
			if !isServerOf(pid, s.files.cluster()) {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	return fmt.Errorf("a PostgreSQL server from an earlier run (process %d) does not end", pid)
}
