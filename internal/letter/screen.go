package letter

import (
	"maps"
	"slices"

	"redress/internal/civics"
	"redress/internal/letter/screen"
)

// findings are the rules that a message's words met. A message with any waits for
// a person; it is kept which rules they were, and no word.
type findings map[string]bool

// look judges one text of the message.
func (f findings) look(t screen.Text) {
	for _, found := range screen.Find(t) {
		f[found.Rule] = true
	}
}

// rules lists them in order; never nil.
func (f findings) rules() []string {
	return append([]string{}, slices.Sorted(maps.Keys(f))...)
}

// offices are those of all who get a letter: an address of theirs is no private
// one.
func (c Composition) offices() []civics.Office {
	var all []civics.Office
	for _, r := range c.Recipients() {
		all = append(all, r.Official.Offices...)
	}
	return all
}
