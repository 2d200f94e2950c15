//go:build unix

package local

import (
	"fmt"
	"os"
	"path/filepath"
)

// rootData is where the data goes when this program runs as root and the data folder asked for
// can't be reached by the account that the server must run as.
const rootData = "/var/lib/redress"

// DataDir answers where the data of a program with a private server goes, makes the folder, and
// reports whether that is another place than the one requested. Call it before anything is put into
// the data folder.
func DataDir(requested string) (dir string, moved bool, err error) {
	return dataDir(requested, rootData)
}

func dataDir(requested, fallback string) (dir string, moved bool, err error) {
	dir, err = filepath.Abs(requested)
	if err != nil {
		return "", false, fmt.Errorf("data folder: %w", err)
	}
	a, err := serverAccount(files{filepath.Join(dir, "postgres")}.cluster())
	if err != nil {
		return "", false, err
	}
	if os.Geteuid() == 0 && a.closedFolder(dir) != "" {
		dir, moved = fallback, true
		if err := a.reaches(dir); err != nil {
			return "", false, err
		}
	}
	return dir, moved, makePassable(dir, a)
}
