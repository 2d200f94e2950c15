//go:build unix

package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// files knows where things lie under the server's folder.
type files struct{ dir string }

func (f files) cluster() string  { return filepath.Join(f.dir, "cluster") }
func (f files) unborn() string   { return filepath.Join(f.dir, "cluster.new") }
func (f files) socket() string   { return filepath.Join(f.dir, "run") }
func (f files) hba() string      { return filepath.Join(f.dir, "hba.conf") }
func (f files) log() string      { return filepath.Join(f.dir, "server.log") }
func (f files) lock() string     { return filepath.Join(f.dir, "lock") }
func (f files) password() string { return filepath.Join(f.dir, "password") }
func (f files) binaries() string { return filepath.Join(f.dir, "binaries") }
func (f files) pidfile() string  { return filepath.Join(f.cluster(), "postmaster.pid") }

// make creates the folders. Only the cluster and the socket's folder belong to the account: what this
// program writes beside them, possibly as root, must not be redirected by whoever controls the server.
func (f files) make(a account) error {
	if err := makePassable(filepath.Dir(f.dir), a); err != nil {
		return err
	}
	if err := makeFolder(f.dir, a.passage(), account{}); err != nil {
		return err
	}
	if err := makeFolder(f.socket(), 0o700, a); err != nil {
		return err
	}
	return a.ownAll(f.cluster())
}

// makeFolder makes dir with this mode, whatever it was before, and gives it to the account; the zero
// account is this program's.
func makeFolder(dir string, mode fs.FileMode, a account) error {
	if err := os.MkdirAll(dir, mode); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if err := os.Chmod(dir, mode); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if os.Geteuid() == 0 && !a.switched {
		return os.Lchown(dir, 0, 0)
	}
	return a.own(dir)
}

// makePassable creates dir if it isn't there: closed to others, or with only the right to pass
// through when the server runs as another account.
func makePassable(dir string, a account) error {
	mode := a.passage()
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil { //nolint:gosec // folders above the data, as mkdir makes them
		return fmt.Errorf("data folder: %w", err)
	}
	if err := os.Mkdir(dir, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("data folder: %w", err)
	}
	return os.Chmod(dir, mode)
}

// lock takes the data folder for this program, or says [ErrInUse]. The kernel frees it when the
// program ends, however it ends.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder, _ := os.ReadFile(path)
		file.Close()
		if pid := strings.TrimSpace(string(holder)); pid != "" {
			return nil, fmt.Errorf("%w (process %s, %s)", ErrInUse, pid, filepath.Dir(path))
		}
		return nil, fmt.Errorf("%w (%s)", ErrInUse, filepath.Dir(path))
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	_ = file.Truncate(0)
	_, _ = file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return func() { _ = file.Close() }, nil
}
