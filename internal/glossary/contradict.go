package glossary

import (
	"fmt"
	"strings"

	"redress/internal/postgres"
)

// Contradiction is a relation that can't hold together with what other terms
// say: a term would stand above itself.
type Contradiction struct{ Slug, Lang, Text string }

// Contradictions finds them among all terms once everything is saved, in the
// order of language and slug.
func Contradictions(tx *postgres.Tx) ([]Contradiction, error) {
	terms, err := everyRelation(tx)
	if err != nil {
		return nil, err
	}
	var all []Contradiction
	for len(terms) > 0 {
		n := 1
		for n < len(terms) && terms[n].Lang == terms[0].Lang {
			n++
		}
		all = append(all, contradictions(terms[:n])...)
		terms = terms[n:]
	}
	return all, nil
}

// contradictions looks at the terms of one language.
func contradictions(terms []Term) (found []Contradiction) {
	above := map[string][]string{} // a term's broader ones, whoever says it
	for _, t := range terms {
		for _, r := range t.Related {
			if under, over, ok := placed(t.Slug, r); ok {
				above[under] = append(above[under], over)
			}
		}
	}
	for _, t := range terms {
		for _, r := range t.Related {
			under, over, ok := placed(t.Slug, r)
			if !ok {
				continue
			}
			if way := climb(above, over, under); way != nil {
				found = append(found, Contradiction{t.Slug, t.Lang, fmt.Sprintf(
					"says that %q is broader than %q, and by other relations %q is broader than %q (%s)",
					over, under, under, over, strings.Join(way, " is part of "))})
			}
		}
	}
	return found
}

// placed is a relation as a step upward; ok is false for kinds without above
// and below.
func placed(slug string, r Relation) (under, over string, ok bool) {
	switch r.Kind {
	case Broader:
		return slug, r.Slug, true
	case Narrower:
		return r.Slug, slug, true
	}
	return "", "", false
}

// climb is a way upward from one term to another, both included; nil: there is none.
func climb(above map[string][]string, from, to string) []string {
	seen := map[string]bool{from: true}
	var step func(at string) []string
	step = func(at string) []string {
		if at == to {
			return []string{at}
		}
		for _, next := range above[at] {
			if seen[next] {
				continue
			}
			seen[next] = true
			if rest := step(next); rest != nil {
				return append([]string{at}, rest...)
			}
		}
		return nil
	}
	return step(from)
}
