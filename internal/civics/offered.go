package civics

import "time"

// Offered reports whether visitors are offered to write to the official or to
// call them from here. Nobody is offered a vacant seat, someone who has left, or
// someone whom a correction marks (NotOffered says why).
func (o *Official) Offered() bool { return !o.Vacant && !o.Serves.Left && o.NotOffered == "" }

// tooOldToMail is the age past which mail isn't sent on facts about people alone:
// a rule of this program, by which mail based on a table older than 120 days
// waits for the operator. Offices change hands faster than that after an
// election, and a constituent's letter must not reach a stranger.
const tooOldToMail = 120 * 24 * time.Hour

// TooOldToMail reports whether facts about an official, as of a date, are so old
// that a person checks the address before mail goes to it. Facts without a date
// count as old.
func TooOldToMail(asOf, now time.Time) bool { return now.Sub(asOf) > tooOldToMail }
