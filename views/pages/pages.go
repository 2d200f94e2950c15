// Package pages draws the center's standing pages: about, contact, legal,
// privacy, accessibility, and where the data comes from.
package pages
