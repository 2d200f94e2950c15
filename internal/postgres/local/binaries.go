//go:build unix

package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the oldest PostgreSQL whose binaries are taken.
const oldestMajor = 15

// ErrNoBinaries says that no PostgreSQL fit for the task is installed.
var ErrNoBinaries = errors.New("no PostgreSQL found")

// Binaries is a folder with PostgreSQL's programs.
type Binaries struct {
	Dir     string
	Version string // as the programs say: "15.18"
	Major   int
}

func (b Binaries) initdb() string   { return filepath.Join(b.Dir, "initdb") }
func (b Binaries) postgres() string { return filepath.Join(b.Dir, "postgres") }

// places are where systems put PostgreSQL's programs when they aren't on PATH.
var places = []string{
	"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                   // PGDG on Red Hat, Fedora
	"/usr/libexec/postgresql*",           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin", // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",    // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
	"/usr/local/pgsql/bin", // built by hand
}

// Installed lists the installed PostgreSQLs that are new enough, the newest first; of the same
// version, what PATH gives comes first.
func Installed() []Binaries {
	var found []Binaries
	for _, dir := range candidateFolders() {
		b, err := inspect(dir)
		known := slices.ContainsFunc(found, func(f Binaries) bool { return f.Dir == b.Dir })
		if err == nil && b.Major >= oldestMajor && !known {
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(a, b Binaries) int { return b.Major - a.Major })
	return found
}

func candidateFolders() []string {
	var dirs []string
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, pattern := range places {
		matches, _ := filepath.Glob(pattern)
		dirs = append(dirs, matches...)
	}
	return dirs
}

var versionWords = regexp.MustCompile(`\(PostgreSQL\) ((\d+)[.\w]*)`)

// inspect asks the programs in dir for their version. A folder without a server (a client package,
// or pg_config alone) is an error.
func inspect(dir string) (Binaries, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return Binaries{}, err
	}
	b := Binaries{Dir: real}
	if info, err := os.Stat(b.initdb()); err != nil || info.IsDir() {
		return Binaries{}, fmt.Errorf("no initdb in %s", dir)
	}
	out, err := exec.Command(b.postgres(), "--version").Output()
	if err != nil {
		return Binaries{}, fmt.Errorf("%s: %w", b.postgres(), err)
	}
	words := versionWords.FindStringSubmatch(string(out))
	if words == nil {
		return Binaries{}, fmt.Errorf("%s says %q", b.postgres(), out)
	}
	b.Version = words[1]
	b.Major, err = strconv.Atoi(words[2])
	return b, err
}

// Find returns the installed binaries to use: of the major version given, or with 0 the newest.
func Find(major int) (Binaries, error) {
	return choose(Installed(), major)
}

func choose(installed []Binaries, major int) (Binaries, error) {
	for _, b := range installed {
		if major == 0 || b.Major == major {
			return b, nil
		}
	}
	if major != 0 {
		return Binaries{}, fmt.Errorf("%w: the data folder was written by version %d, whose programs aren't installed: install the package postgresql-%d (Homebrew: postgresql@%d; Red Hat: postgresql%d-server), or start with --fetch-postgres", ErrNoBinaries, major, major, major, major)
	}
	return Binaries{}, fmt.Errorf("%w: install the package postgresql (version %d or newer; Homebrew: postgresql@17; Red Hat: postgresql-server), start with --fetch-postgres, or set DATABASE_URL", ErrNoBinaries, oldestMajor)
}

// clusterMajor reads which major version wrote the cluster; 0 when there is none yet.
func clusterMajor(cluster string) (int, error) {
	text, err := os.ReadFile(filepath.Join(cluster, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		if _, err := os.Stat(cluster); err == nil {
			return 0, fmt.Errorf("%s is there but holds no database: PG_VERSION is missing", cluster)
		}
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("data folder: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s was written by PostgreSQL %q, which is not supported", cluster, strings.TrimSpace(string(text)))
	}
	return major, nil
}

// findBinaries returns the binaries for this data folder: installed ones, else fetched ones.
func (s *Server) findBinaries(ctx context.Context) (Binaries, error) {
	major, err := clusterMajor(s.files.cluster())
	if err != nil {
		return Binaries{}, err
	}
	b, err := Find(major)
	if err == nil || !errors.Is(err, ErrNoBinaries) {
		return b, err
	}
	return s.fetched(ctx, major, err)
}
