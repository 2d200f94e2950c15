// Package edition shows the newsletter's editions, and to whoever runs the site how one is being sent.
package edition

import (
	"time"

	"redress/internal/issue"
	"redress/internal/newsletter"
)

// Archived is one edition's page.
type Archived struct {
	newsletter.Edition
	Issue         *issue.Issue // whose action it asks for; nil: it asks for none
	Before, After time.Time    // the days of the editions beside it; zero: there is none
}

// Path is the page of a day's edition.
func Path(day time.Time) string { return ArchivePath + "/" + day.Format(time.DateOnly) }

// ArchivePath is the list of all editions.
const ArchivePath = "/newsletter/editions"

// Sending is how the mailings stand.
type Sending struct {
	Mailings  []newsletter.Mailing
	Receivers []newsletter.Receiving // of the first mailing that is open
	Planned   []newsletter.Planned
}

// percent is how far a mailing has come, from 0 to 100.
func percent(m newsletter.Mailing) int {
	all := m.Finished() + m.Remaining()
	if all == 0 {
		return 100
	}
	return 100 * m.Finished() / all
}

// expected is when a mailing will have ended at its pace; zero: that can't be told.
func expected(m newsletter.Mailing) time.Duration {
	if m.PerSecond <= 0 || m.Remaining() == 0 {
		return 0
	}
	return time.Duration(float64(m.Remaining())/m.PerSecond) * time.Second
}

// minutes are whole ones, at least one.
func minutes(d time.Duration) int { return int(d.Minutes()) + 1 }
