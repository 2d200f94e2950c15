package civics

import (
	"strings"
	"time"

	"redress/internal/civics"
)

// kept are the ids of the answer's divisions for the visitor's browser to keep,
// and the day up to which all of them are in force ("" without an end): only
// when the congressional district is sure.
func (f Find) kept() (ids, until string) {
	var list []string
	var end time.Time
	sure := false
	for _, d := range f.Answer.Divisions {
		list = append(list, d.ID)
		sure = sure || d.Chamber == civics.House
		if !d.Until.IsZero() && (end.IsZero() || d.Until.Before(end)) {
			end = d.Until
		}
	}
	if !sure {
		return "", ""
	}
	if !end.IsZero() {
		until = end.Format(time.DateOnly)
	}
	return strings.Join(list, " "), until
}
