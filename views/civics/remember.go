package civics

import (
	"slices"
	"strings"
	"time"

	"redress/internal/civics"
)

// kept are the ids of the answer's divisions for the visitor's browser to keep,
// and the day up to which all of them are in force ("" without an end): only
// when the congressional district is sure. What the visitor pointed to, or what
// has a line close by, isn't: kept, it would come back as if it were.
func (f Find) kept() (ids, until string) {
	var list []string
	var end time.Time
	sure := false
	for _, d := range f.Answer.Divisions {
		if slices.Contains(f.Chosen, d) {
			continue
		}
		list = append(list, d.ID)
		sure = sure || d.Chamber == civics.House
		if !d.Until.IsZero() && (end.IsZero() || d.Until.Before(end)) {
			end = d.Until
		}
	}
	if !sure || len(f.Answer.Close) > 0 {
		return "", ""
	}
	if !end.IsZero() {
		until = end.Format(time.DateOnly)
	}
	return strings.Join(list, " "), until
}
