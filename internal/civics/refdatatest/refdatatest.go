// Package refdatatest finds the published reference data for tests. It lies
// beside a checkout (../shared/refdata) where one works on importers; the
// project builds, runs and passes its tests without it.
package refdatatest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// NoSkip is the environment's word for "a test that lacks the data has failed":
// continuous integration sets it to 1.
const NoSkip = "REDRESS_TEST_NO_SKIP"

// Folder is the folder with the published files. Where it isn't, the test is
// skipped and says so, or fails under NoSkip.
func Folder(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	folder := filepath.Join(filepath.Dir(here), "..", "..", "..", "..", "shared", "refdata")
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	const why = "the published reference data is not beside the checkout (../shared/refdata); the tests on the embedded snapshot cover what is shipped"
	if os.Getenv(NoSkip) == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}
