package civics

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A shapefile is found among its parts and read with its table; without one it
// says what is missing.
func TestWhichFileIsTheMap(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(path string, words string) {
		t.Helper()
		if _, err := readBoundariesPath(path); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, want %q", err, words)
		}
	}
	refused(dir, "holds 0 files")
	put("cb_2026_us_cd120_500k.shp")
	refused(dir, ".dbf")
	put("cb_2026_us_cd120_500k.dbf")
	put("cb_2026_us_cd120_500k.prj")
	refused(dir, "shapefile")
	refused(filepath.Join(dir, "cb_2026_us_cd120_500k.shp"), "shapefile")
	put("another.shp")
	refused(dir, "name the file")
}
