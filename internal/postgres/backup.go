//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"redress/internal/postgres/local"
)

// Progress is told how many bytes are done, and of how many (0: unknown).
type Progress func(done, total int64)

// Backup writes the whole database into file, in pg_dump's custom format. The file is readable by
// its owner only, since it holds everything, and takes its name when it is complete: a
// backup that fails leaves what was there before.
func Backup(ctx context.Context, url, file string, progress Progress) (err error) {
	dump, err := clientProgram(ctx, "pg_dump", url)
	if err != nil {
		return err
	}
	target, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*") // 0600
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() {
		if err != nil {
			target.Close()
			_ = os.Remove(target.Name())
		}
	}()
	cmd := dump.command(ctx, "--format=custom", "--no-owner", "--no-privileges", "--dbname="+dump.url)
	cmd.Stdout = &counter{writer: target, progress: progress}
	if err := runQuietly(cmd); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := errors.Join(target.Sync(), target.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(target.Name(), file); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return syncFolder(filepath.Dir(file))
}

// syncFolder makes a rename in dir survive a power cut.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// client is one of PostgreSQL's client programs, with the database it shall talk to.
type client struct {
	path     string
	url      string // without the password
	password string
}

// clientProgram finds the program that fits the server behind url.
func clientProgram(ctx context.Context, name, url string) (client, error) {
	c := client{}
	var err error
	if c.url, c.password, err = libpqURL(url); err != nil {
		return client{}, err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return client{}, fmt.Errorf("open database: %w", err)
	}
	defer conn.Close(ctx)
	var version int
	if err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return client{}, fmt.Errorf("open database: %w", err)
	}
	c.path, err = local.Program(name, version/10000)
	return c, err
}

// command runs the program with the password in its environment, where other users of the machine can't
// read it, and with nothing else of ours.
func (c client) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LC_ALL=C"}
	if c.password != "" {
		cmd.Env = append(cmd.Env, "PGPASSWORD="+c.password)
	}
	return cmd
}

// runQuietly runs cmd; if it fails, the error holds the first line of its complaint only: further
// lines quote rows.
func runQuietly(cmd *exec.Cmd) error {
	var complaint strings.Builder
	cmd.Stderr = &complaint
	err := cmd.Run()
	if err == nil {
		return nil
	}
	first, _, _ := strings.Cut(strings.TrimSpace(complaint.String()), "\n")
	if first == "" {
		return err
	}
	return fmt.Errorf("%w: %s", err, first)
}

// counter passes bytes on, in whichever direction, and reports how many.
type counter struct {
	writer   io.Writer
	reader   io.Reader
	done     int64
	total    int64
	progress Progress
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.writer.Write(p)
	c.count(n)
	return n, err
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.reader.Read(p)
	c.count(n)
	return n, err
}

func (c *counter) count(n int) {
	c.done += int64(n)
	if c.progress != nil && n > 0 {
		c.progress(c.done, c.total)
	}
}
