//go:build unix

package local

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// locales are tried in turn: the first gives Unicode's own rules, the last exists everywhere.
var locales = []string{"C.UTF-8", "C.utf8", "en_US.UTF-8", "C"}

// initialize makes the cluster unless there is one. It is made under another name and renamed when it
// is complete, so a crash in between leaves nothing that looks like a cluster.
func (s *Server) initialize(ctx context.Context) error {
	if _, err := os.Stat(s.files.cluster()); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("data folder: %w", err)
	}
	if err := s.writePassword(); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "making a private PostgreSQL", "version", s.binaries.Version, "folder", s.files.cluster())
	var said string
	for _, locale := range locales {
		out, err := s.initdb(ctx, locale)
		if err == nil {
			return os.Rename(s.files.unborn(), s.files.cluster())
		}
		said = lastLines(out, err.Error())
		if ctx.Err() != nil || !strings.Contains(out, "locale") {
			break
		}
	}
	return fmt.Errorf("initdb in %s: %s", s.files.dir, said)
}

// initdb makes the cluster in an empty folder of the account's, in place of an unfinished one. It
// answers with what the program said.
func (s *Server) initdb(ctx context.Context, locale string) (string, error) {
	if err := os.RemoveAll(s.files.unborn()); err != nil {
		return "", fmt.Errorf("remove an unfinished cluster: %w", err)
	}
	if err := makeFolder(s.files.unborn(), 0o700, s.account); err != nil {
		return "", err
	}
	args := []string{
		"--pgdata=" + s.files.unborn(), "--username=" + superuser, "--pwfile=" + s.files.password(),
		"--encoding=UTF8", "--locale=" + locale, "--data-checksums",
		"--auth-local=trust", "--auth-host=scram-sha-256",
	}
	if s.options.NoSync {
		args = append(args, "--no-sync")
	}
	out, err := s.command(ctx, s.binaries.initdb(), args...).CombinedOutput()
	return string(out), err
}

// writePassword makes the superuser's password, which counts on the loopback port only.
func (s *Server) writePassword() error {
	if err := os.WriteFile(s.files.password(), []byte(rand.Text()+"\n"), 0o600); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	return s.account.own(s.files.password())
}

// lastLines shortens a program's output to its end, or gives otherwise when it said nothing.
func lastLines(out, otherwise string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if text := strings.Join(lines[max(0, len(lines)-6):], "; "); text != "" {
		return text
	}
	return otherwise
}
