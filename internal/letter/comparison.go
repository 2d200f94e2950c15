package letter

import (
	"crypto/sha256"
	"strings"

	"redress/internal/civics"
)

// Comparison is a declared test of two versions of an ask. Declared is the
// sentence that visitors read beside their version; Name and Question say in
// the results what was compared, and why.
type Comparison struct {
	Name     string
	Question string
	Declared string
}

// The versions that a comparison has.
const (
	VariantA = "a"
	VariantB = "b"
)

// Compares tells whether the letter has a comparison.
func (l Letter) Compares() bool { return l.Comparison != Comparison{} }

// VariantAt is the version that everyone at a place sees, half of all places
// each; "" for a letter that compares nothing. It depends on the letter, the
// comparison and the place alone, so that a page stays the same for everyone
// who opens it, and a household doesn't read two versions: the place is the ZIP
// code, also when an address or a point was given, else the first division, or
// the first official chosen.
func (l Letter) VariantAt(at civics.Answer) string {
	if !l.Compares() {
		return ""
	}
	place := ""
	switch {
	case len(at.Zip) >= zipDigits:
		place = at.Zip[:zipDigits]
	case len(at.Divisions) > 0:
		place = at.Divisions[0].ID
	case len(at.Officials) > 0:
		place = at.Officials[0].DivisionID
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{l.IssueSlug, l.Comparison.Name, place}, "\x00")))
	if sum[0]&1 == 0 {
		return VariantA
	}
	return VariantB
}

// zipDigits is how many digits a ZIP code has without its add-on.
const zipDigits = 5

// As is the letter as those see it who got one version of its comparison: asks
// of the other version are left out, all others stand in both.
func (l Letter) As(variant string) Letter {
	var asks []Ask
	for _, a := range l.Asks {
		if a.Variant == "" || a.Variant == variant {
			asks = append(asks, a)
		}
	}
	l.Asks = asks
	return l
}

// seen is the version that the form says its writer saw: they keep it, also
// when the address that they gave lies at a place with the other one. A form
// that doesn't say, or says it of a letter that compares nothing, gets the
// version of its place.
func (l Letter) seen(n NewMessage, at civics.Answer) string {
	if !l.Compares() {
		return ""
	}
	if n.Variant == VariantA || n.Variant == VariantB {
		return n.Variant
	}
	for _, v := range []string{VariantA, VariantB} {
		for key := range n.Bodies {
			ask, _, _ := strings.Cut(key, ".")
			if strings.HasSuffix(ask, "_"+v) {
				return v
			}
		}
	}
	return l.VariantAt(at)
}

// compared is the version to note with a message: that which its recipients'
// asks have, "" when none of them is one of the two compared.
func (c Composition) compared() string {
	for _, r := range c.Recipients() {
		if r.Ask.Variant != "" {
			return r.Ask.Variant
		}
	}
	return ""
}

// Compared tells whether a text laid here is one of two that are compared: then
// its page says so.
func (c Composition) Compared() bool { return c.compared() != "" }
