// Package home draws the first page.
package home

import (
	"redress/internal/glossary"
	"redress/views/issue"
)

// Home is everything that the first page shows.
type Home struct {
	Issues []issue.Brief
	Term   *glossary.Term // the term of the day; nil: there are no terms
	Signed int64          // signatures under all pledges
	States int            // states and cities listed as having changed a law
}
