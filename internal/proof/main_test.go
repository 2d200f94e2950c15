package proof

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What tests share, for TestMain to end and remove.
var (
	sharedSite     *site
	closeBrowser   func()
	browserProfile string
	programFolder  string
)

// TestMain runs the tests and takes away what they shared.
func TestMain(m *testing.M) {
	code := m.Run()
	if err := tidyUp(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func tidyUp() error {
	var faults []error
	if sharedSite != nil {
		faults = append(faults, sharedSite.end())
		sharedSite.remove()
	}
	if closeBrowser != nil {
		closeBrowser()
		for range 20 { // the browser's children write a moment longer
			if os.RemoveAll(browserProfile) == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	if programFolder != "" {
		faults = append(faults, os.RemoveAll(programFolder))
	}
	return errors.Join(faults...)
}

// fromReferenceData is for tests that need the reference data beside the
// checkout: it names the folder, or skips; with REDRESS_TEST_NO_SKIP=1 it fails.
func fromReferenceData(t testing.TB) string {
	t.Helper()
	folder := filepath.Join(root(), "..", "shared", "refdata")
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	const why = "the reference data isn't beside the checkout (../shared/refdata)"
	if os.Getenv("REDRESS_TEST_NO_SKIP") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
	return ""
}
