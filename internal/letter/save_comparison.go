package letter

import (
	"fmt"
	"strings"

	"redress/internal/content/item"
)

// comparisonFile says what a letter's two versions are compared for.
type comparisonFile struct {
	Name     string `yaml:"name"`
	Question string `yaml:"question"`
	Declared string `yaml:"declared"`
}

func (f *comparisonFile) parse() Comparison {
	if f == nil {
		return Comparison{}
	}
	return Comparison{Name: strings.TrimSpace(f.Name), Question: strings.TrimSpace(f.Question), Declared: strings.TrimSpace(f.Declared)}
}

// checkComparison reports a comparison that isn't declared, is of nothing, or
// whose two versions don't go to the same people.
func (l Letter) checkComparison(c *item.Check, declared bool) {
	pairs := map[string]map[string]int{} // by what both versions share, then by version
	for i, a := range l.Asks {
		if a.Variant != VariantA && a.Variant != VariantB {
			continue
		}
		both := a
		both.Variant = ""
		place := both.key()
		if pairs[place] == nil {
			pairs[place] = map[string]int{}
		}
		pairs[place][a.Variant] = i
	}
	for i, a := range l.Asks {
		both := a
		both.Variant = ""
		pair := pairs[both.key()]
		switch {
		case a.Variant == "" && len(pair) > 0:
			c.Fail(fmt.Sprintf("asks[%d].variant", i), "is missing: another ask of the same place is one of two versions")
		case a.Variant != "" && len(pair) == 1:
			c.Fail(fmt.Sprintf("asks[%d].variant", i), "its other version is missing: the same level, chamber, state, stance, committee and bill, with variant %s", otherVariant(a.Variant))
		}
	}
	switch {
	case len(pairs) > 0 && !declared:
		c.Fail("comparison", "is required where asks have variants: name, question, and declared, the sentence that visitors read")
	case len(pairs) == 0 && declared:
		c.Fail("comparison", "compares nothing: no ask has a variant")
	}
	if !declared {
		return
	}
	c.Slug("comparison.name", l.Comparison.Name)
	c.Required("comparison.question", l.Comparison.Question)
	c.Required("comparison.declared", l.Comparison.Declared)
	c.Max("comparison.declared", l.Comparison.Declared, maxDeclared)
	if strings.Contains(l.Comparison.Declared, fieldOpen) {
		c.Fail("comparison.declared", "can hold no merge field")
	}
}

// maxDeclared is how long the sentence that declares a comparison may be, in
// characters.
const maxDeclared = 300

func otherVariant(v string) string {
	if v == VariantA {
		return VariantB
	}
	return VariantA
}
