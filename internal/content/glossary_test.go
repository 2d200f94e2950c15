package content_test

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	files "redress/content"
	"redress/internal/content"
	"redress/internal/content/item"
	"redress/internal/glossary"
)

// sampleTerm is what the sample's file of a term says of it.
type sampleTerm struct {
	Title, Definition, Theme string
	Aliases, Examples        []string
	Related                  []glossary.Relation
	Sources                  []glossary.Source
}

// front reads the front matter of every file of a kind, by slug.
func front[T any](t *testing.T, kind string) map[string]T {
	t.Helper()
	names, err := fs.Glob(files.FS, "en/"+kind+"/*.md")
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]T{}
	for _, name := range names {
		text, err := files.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		it, err := item.Parse(name, text)
		if err != nil {
			t.Fatal(err)
		}
		var f T
		if err := yaml.Unmarshal(it.Front, &f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		read[strings.TrimSuffix(path.Base(name), ".md")] = f
	}
	return read
}

// secondSentence is where another sentence begins. "U.S." and "v." end none.
var secondSentence = regexp.MustCompile(`[^.A-Z][.!?][”’]? [A-Z“]`)

// inverse is what the other term of a relation has to say.
var inverse = map[string]string{
	glossary.Broader: glossary.Narrower, glossary.Narrower: glossary.Broader,
	glossary.SeeAlso: glossary.SeeAlso, glossary.ConfusedWith: glossary.ConfusedWith,
}

func TestEverySampleTermIsWhole(t *testing.T) {
	t.Parallel()
	terms := front[sampleTerm](t, content.KindTerms)
	if len(terms) < 60 {
		t.Errorf("%d terms", len(terms))
	}
	for slug, term := range terms {
		if n := utf8.RuneCountInString(term.Definition); n == 0 || n >= 200 || !strings.HasSuffix(term.Definition, ".") || secondSentence.MatchString(term.Definition) {
			t.Errorf("%s: the definition is not one sentence below 200 characters: %q", slug, term.Definition)
		}
		if len(term.Sources) == 0 || slices.ContainsFunc(term.Sources, func(s glossary.Source) bool { return !strings.HasPrefix(s.URL, "https://") }) {
			t.Errorf("%s: sources %v", slug, term.Sources)
		}
		if n := len(term.Examples); n < 1 || n > 2 {
			t.Errorf("%s: %d examples", slug, n)
		}
		if len(term.Related) == 0 {
			t.Errorf("%s relates to no other term", slug)
		}
		for n, r := range term.Related {
			if slices.ContainsFunc(term.Related[:n], func(o glossary.Relation) bool { return o.Slug == r.Slug }) {
				t.Errorf("%s relates to %s twice", slug, r.Slug)
			}
			if back := (glossary.Relation{Slug: slug, Kind: inverse[r.Kind]}); !slices.Contains(terms[r.Slug].Related, back) {
				t.Errorf("%s says %s of %s, which doesn't answer %s", slug, r.Kind, r.Slug, back.Kind)
			}
		}
	}
}

// TestNoSampleTermIsBroaderThanItself goes up from each term.
func TestNoSampleTermIsBroaderThanItself(t *testing.T) {
	t.Parallel()
	terms := front[sampleTerm](t, content.KindTerms)
	var climb func(from string, below []string)
	climb = func(from string, below []string) {
		if slices.Contains(below, from) {
			t.Errorf("%s stands above itself: %v", from, below)
			return
		}
		for _, r := range terms[from].Related {
			if r.Kind == glossary.Broader {
				climb(r.Slug, append(slices.Clone(below), from))
			}
		}
	}
	for slug := range terms {
		climb(slug, nil)
	}
}

// TestOneSampleTermToAWord: a word that two terms claim would link to whichever
// comes first.
func TestOneSampleTermToAWord(t *testing.T) {
	t.Parallel()
	claimed := map[string]string{}
	for slug, term := range front[sampleTerm](t, content.KindTerms) {
		for _, words := range append([]string{term.Title}, term.Aliases...) {
			words = strings.ToLower(words)
			if other, taken := claimed[words]; taken {
				t.Errorf("%s and %s both claim %q", slug, other, words)
			}
			claimed[words] = slug
		}
	}
}

func TestEveryThemeOfTheSampleHasTermsAndSomethingToRead(t *testing.T) {
	t.Parallel()
	terms := front[sampleTerm](t, content.KindTerms)
	held, read := map[string]int{}, map[string]int{}
	for _, term := range terms {
		held[term.Theme]++
	}
	for _, article := range front[struct{ Terms []string }](t, content.KindArticles) {
		for _, slug := range article.Terms {
			read[terms[slug].Theme]++
		}
	}
	if len(held) > 6 {
		t.Errorf("%d themes: %v", len(held), held)
	}
	for theme, n := range held {
		if n < 3 || read[theme] == 0 {
			t.Errorf("%q has %d terms and %d mentions in articles", theme, n, read[theme])
		}
	}
}
