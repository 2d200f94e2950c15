// Package pages draws the center's standing pages: about, contact, legal,
// privacy, accessibility, and where the data comes from.
package pages

import (
	"time"

	"redress/internal/center"
	"redress/internal/civics"
)

// Data is what the page about data shows besides its text.
type Data struct {
	Page        center.Page
	Datasets    []civics.Dataset
	Corrections []Correction
	Now         time.Time
}

// Correction is a correction in force, as people read it.
type Correction struct {
	Name   string // the official's; "" when none by this id holds a seat
	Path   string // the official's page, "" without one
	ID     string
	Field  string // as in the list of corrections
	Value  string // "" takes away what the source says
	Source string
	Until  time.Time // zero: until it is taken out of the list
}
