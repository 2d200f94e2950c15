//go:build unix

package local

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
)

// Program finds one of PostgreSQL's client programs (pg_dump, pg_restore) for a server of the
// given major version: of the same version, else of the nearest newer one. Older ones refuse.
func Program(name string, major int) (string, error) {
	folders := candidateFolders()
	if path, err := exec.LookPath(name); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	best, bestMajor := "", 0
	for _, folder := range folders {
		path := filepath.Join(folder, name)
		found, err := programMajor(path)
		if err == nil && found >= major && (best == "" || found < bestMajor) {
			best, bestMajor = path, found
		}
	}
	if best == "" {
		return "", fmt.Errorf("%w: %s of version %d or newer is needed: install the package postgresql-client-%d (Homebrew: postgresql@%d; Red Hat: postgresql%d)", ErrNoBinaries, name, major, major, major, major)
	}
	return best, nil
}

func programMajor(path string) (int, error) {
	out, err := exec.Command(path, "--version").Output()
	if err != nil {
		return 0, err
	}
	words := versionWords.FindStringSubmatch(string(out))
	if words == nil {
		return 0, fmt.Errorf("%s says %q", path, out)
	}
	return strconv.Atoi(words[2])
}
