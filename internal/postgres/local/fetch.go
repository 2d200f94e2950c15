//go:build unix

package local

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	embedded "github.com/fergusstrange/embedded-postgres"
)

// releases are the versions that can be fetched. The first is taken for a new data folder.
var releases = []struct {
	major   int
	version embedded.PostgresVersion
}{{17, embedded.V17}, {18, embedded.V18}, {16, embedded.V16}, {15, embedded.V15}}

// fetched returns binaries downloaded earlier or, if the options allow it, downloads them now.
// Otherwise the answer is missing, the error that says what to install.
func (s *Server) fetched(ctx context.Context, major int, missing error) (Binaries, error) {
	for _, release := range releases {
		if major != 0 && release.major != major {
			continue
		}
		home := filepath.Join(s.files.binaries(), string(release.version))
		if b, err := inspect(filepath.Join(home, "bin")); err == nil {
			return b, nil
		}
		if s.options.Fetch {
			return s.fetch(ctx, release.version, home)
		}
	}
	return Binaries{}, missing
}

// fetch downloads and unpacks one release with the embedded-postgres library, of which only this
// part is wanted: it refuses to run as root and always opens a port. The library has no call for
// it alone, so it is given a data folder that looks finished but can't be started: it downloads, checks
// the sum, unpacks, and then fails at the start.
func (s *Server) fetch(ctx context.Context, version embedded.PostgresVersion, home string) (Binaries, error) {
	s.log.InfoContext(ctx, "fetching PostgreSQL binaries", "version", string(version))
	workshop, err := os.MkdirTemp(s.files.dir, "fetch-")
	if err != nil {
		return Binaries{}, fmt.Errorf("data folder: %w", err)
	}
	defer os.RemoveAll(workshop)
	unpacked := filepath.Join(workshop, "unpacked")
	if err := unpack(workshop, unpacked, version, s.options.fetchFrom); err != nil {
		return Binaries{}, err
	}
	if err := os.MkdirAll(s.files.binaries(), 0o755); err != nil { //nolint:gosec // the server runs as another account
		return Binaries{}, fmt.Errorf("data folder: %w", err)
	}
	_ = os.RemoveAll(home) // a half of an earlier try
	if err := os.Rename(unpacked, home); err != nil {
		return Binaries{}, fmt.Errorf("data folder: %w", err)
	}
	if err := os.Chmod(home, 0o755); err != nil { //nolint:gosec // the server runs as another account
		return Binaries{}, fmt.Errorf("data folder: %w", err)
	}
	return inspect(filepath.Join(home, "bin"))
}

func unpack(workshop, into string, version embedded.PostgresVersion, from string) error {
	decoy := filepath.Join(workshop, "decoy")
	if err := os.MkdirAll(decoy, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(decoy, "PG_VERSION"), []byte(version), 0o600); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	config := embedded.DefaultConfig().Version(version).Port(uint32(port)).Logger(io.Discard).
		CachePath(filepath.Join(workshop, "cache")).RuntimePath(filepath.Join(workshop, "runtime")).
		BinariesPath(into).DataPath(decoy)
	if from != "" {
		config = config.BinaryRepositoryURL(from)
	}
	err = embedded.NewDatabase(config).Start()
	if _, there := os.Stat(filepath.Join(into, "bin", "initdb")); there == nil {
		return nil
	}
	return fmt.Errorf("fetch PostgreSQL %s: %w", version, err)
}
