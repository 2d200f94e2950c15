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
	Corrections []civics.Correction
	Now         time.Time
}

// oldAfter is the age at which data is called old.
const oldAfter = 45 * 24 * time.Hour

func (d Data) old(set civics.Dataset) bool { return d.Now.Sub(set.AsOf) > oldAfter }
