package civics

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// refdata is the folder with the published files, which stands beside the
// module where one works on it. Elsewhere the test is skipped.
func refdata(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "refdata"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the published reference data is not here; the tests on the embedded snapshot cover what is shipped")
	}
	return dir
}

var published = sync.OnceValues(func() (Tables, error) {
	return ReadPublished(filepath.Join("..", "..", "..", "shared", "refdata"), func(string) {})
})

func publishedTables(t testing.TB) Tables {
	t.Helper()
	refdata(t)
	tables, err := published()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

var shipped = sync.OnceValues(func() (Tables, error) { return ReadSnapshot(EmbeddedSnapshot()) })

func shippedTables(t testing.TB) Tables {
	t.Helper()
	tables, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}
