package glossary

import "slices"

// Relation is how another term relates to this one: "broader" says that the
// other one is the broader one.
type Relation struct {
	Slug  string `json:"slug" yaml:"slug"`
	Kind  string `json:"kind" yaml:"kind"`
	Title string `json:"-" yaml:"-"` // the other term's, filled in by BySlug
}

// The kinds of relations.
const (
	Broader      = "broader"
	Narrower     = "narrower"
	ConfusedWith = "confused_with"
	SeeAlso      = "see_also"
)

// RelationKinds are the kinds in the order in which pages list them. Where two
// terms say different things of each other, the earlier kind says more and is
// shown.
var RelationKinds = []string{Broader, Narrower, ConfusedWith, SeeAlso}

// seenFrom is a relation's kind as the other term has it.
func seenFrom(kind string) string {
	switch kind {
	case Broader:
		return Narrower
	case Narrower:
		return Broader
	}
	return kind
}

// relationsOf are the terms that one relates to, by its own word or by theirs:
// each once, by kind, then in the order of terms. terms must hold their titles
// and what they say of others.
func relationsOf(t Term, terms []Term) []Relation {
	kinds := map[string]string{}
	say := func(slug, kind string) {
		if known, ok := kinds[slug]; !ok || slices.Index(RelationKinds, kind) < slices.Index(RelationKinds, known) {
			kinds[slug] = kind
		}
	}
	for _, r := range t.Related {
		say(r.Slug, r.Kind)
	}
	for _, other := range terms {
		for _, r := range other.Related {
			if r.Slug == t.Slug && other.Slug != t.Slug {
				say(other.Slug, seenFrom(r.Kind))
			}
		}
	}
	var all []Relation
	for _, kind := range RelationKinds {
		for _, other := range terms {
			if kinds[other.Slug] == kind {
				all = append(all, Relation{Slug: other.Slug, Kind: kind, Title: other.Title})
			}
		}
	}
	return all
}
