package letter

import (
	"context"
	"time"

	"redress/internal/postgres"
)

// Result is what one issue's letters led to on one day (UTC), by one channel and
// one version of a compared request. Numbers of messages stand in the row without
// a channel. It names no writer, and no office but by Official, where asked for.
type Result struct {
	IssueSlug string
	Day       time.Time
	Channel   string
	Variant   string

	Written    int64 // messages that came in
	Confirmed  int64 // and were confirmed from their mailbox
	Recipients int64 // officials that they asked for something
	Sent       int64 // accepted by the office's mail server, or by Congress's intake
	Bounced    int64 // and came back after that
	Failed     int64
	Captured   int64 // on a test site, or in test mode
	Held       int64
	NeedsYou   int64 // laid ready for the writer's own hand
	DoneByYou  int64 // and sent by it, as the writer told
	Answered   int64 // offices that answered, as writers told
	NoAnswer   int64
	OwnWords   int64 // words of the writers' own in confirmed messages
	AllWords   int64 // of so many
	Statements int64 // messages sent as the campaign's statement, unchanged

	CallsSpoke, CallsVoicemail, CallsBusy, CallsNoAnswer int64 // as callers told
}

// ReadResults sums what letters and calls led to from a day up to and including
// another; zero days are no bound, and an empty issue means all of them.
func ReadResults(ctx context.Context, db *postgres.DB, issueSlug string, from, until time.Time) ([]Result, error) {
	return results(ctx, db.Read(ctx), issueSlug, from, until)
}

// Reach is how often an office was contacted about an issue, for reports on
// lobbying: letters that it got (sent from here, or by hand as writers told), or
// calls that were made, as callers told.
type Reach struct {
	IssueSlug  string
	Action     string // issue.ActionLetter or issue.ActionCall
	OfficialID string
	First      time.Time
	Last       time.Time
	N          int64
}

// ReadReach lists the offices that were contacted, like ReadResults.
func ReadReach(ctx context.Context, db *postgres.DB, issueSlug string, from, until time.Time) ([]Reach, error) {
	return reach(ctx, db.Read(ctx), issueSlug, from, until)
}
