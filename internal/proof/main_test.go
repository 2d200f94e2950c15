package proof

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"
)

// What tests share, for TestMain to end and remove.
var (
	firstSite      *site // ended; its data is copied
	sharedSite     *site
	closeBrowser   func()
	browserProfile string
	programFolder  string
)

// TestMain runs the tests and takes away what they shared. Most of them wait more
// than they work, so more run at a time than there are processors.
func TestMain(m *testing.M) {
	flag.Parse()
	if given := flag.Lookup("test.parallel"); given != nil && given.Value.String() == given.DefValue {
		_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	}
	code := m.Run()
	if err := tidyUp(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func tidyUp() error {
	var faults []error
	for _, end := range slices.Backward(atTheEnd) {
		end()
	}
	if sharedSite != nil {
		faults = append(faults, sharedSite.end())
		sharedSite.remove()
	}
	if firstSite != nil {
		faults = append(faults, firstSite.end())
		firstSite.remove()
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
