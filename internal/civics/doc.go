// Package civics knows who represents whom: divisions, seats, officials and
// their offices, as data with dates and sources.
//
// The facts stand in PostgreSQL (see the migration 00010_civics.sql), put there
// by importers of the published formats or by the snapshot that the program
// carries. Lookups run from an [Atlas], an immutable index in memory that is
// swapped as a whole when the facts change. A place that its ZIP code does not
// decide is never guessed: the answer lists the candidates.
package civics

// Tag is what the database announces when civic facts change, and what pages
// that show them depend on.
const Tag = "civics"
