package letter

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"redress/content"
	"redress/internal/seal"
)

// The page on privacy promises what the code does, and names all that is kept.
func TestThePrivacyPageSaysHowLongLettersAreKept(t *testing.T) {
	t.Parallel()
	page, err := fs.ReadFile(content.FS, "en/pages/privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	const day = 24 * time.Hour
	rows := map[string]string{
		"A letter or signature that was never confirmed": fmt.Sprintf("%d days", keepUnconfirmed/day),
		"A letter and its writer’s details":              fmt.Sprintf("%d days after its last delivery, %d days at most", keepDelivered/day, keepAtMost/day),
		"With a letter: keyed codes":                     "As long as the letter",
		"What a person decided about a letter":           fmt.Sprintf("%d year", keepProof/(365*day)),
		"Proof that someone asked for a message":         fmt.Sprintf("%d year", keepProof/(365*day)),
		"Whether an office answered":                     "As long as the letter",
		"What is left of a letter that was erased":       fmt.Sprintf("%d days from when it was written", seal.ReceiptFor/day),
		"without a closing date":                         "Until you withdraw it",
		"a signature that you withdrew: keyed codes":     "As long as the signatures of that pledge",
		"Your e-mail address, if you asked for news":     "Until you take that back",
		"The record that you agreed to news":             "Until you erase it; else no end is set",
		"A note of each mail":                            "60 days",
		"a mailbox is to be left alone":                  "Until its owner wants mail again",
		"written to files instead of being sent":         "28 days",
	}
	for line := range strings.SplitSeq(string(page), "\n") {
		for what, long := range rows {
			if strings.HasPrefix(line, "|") && strings.Contains(line, what) {
				if delete(rows, what); !strings.Contains(line, long) {
					t.Errorf("%q should say %q", line, long)
				}
			}
		}
	}
	for what := range rows {
		t.Errorf("the page doesn't name: %s", what)
	}
}
