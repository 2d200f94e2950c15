package search_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	files "redress/content"
	"redress/internal/center"
	"redress/internal/content"
	"redress/internal/content/item"
	"redress/internal/glossary"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/organization"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/search"
)

func sample(t *testing.T) *search.Search {
	t.Helper()
	db := postgrestest.New(t)
	anything := func(context.Context, *postgres.Tx, item.Item) error { return nil }
	mover := content.New(db, time.Now, content.Rooms{
		Centers: center.New(db), Terms: glossary.New(db), Organizations: organization.New(db), Issues: issue.New(db),
		SaveLetter: anything, SavePledge: anything,
	})
	if _, err := mover.LoadEmpty(t.Context(), files.FS, "sample"); err != nil {
		t.Fatal(err)
	}
	return search.New(db)
}

func TestFind(t *testing.T) {
	t.Parallel()
	s := sample(t)
	for query, want := range map[string]struct {
		kind search.Kind
		slug string
	}{
		"qualified immunity":    {search.KindIssue, "qualified-immunity"},
		"IMMUNITIES qualified":  {search.KindIssue, "qualified-immunity"},
		"clearly established":   {search.KindTerm, "clearly-established-law"},
		"civil liberties union": {search.KindOrganization, "aclu"},
		"ombuds":                {search.KindTerm, "ombudsman"}, // the beginning of a word
		`"monell liability"`:    {search.KindTerm, "monell-liability"},
	} {
		found, err := s.Find(t.Context(), query)
		if err != nil {
			t.Errorf("%q: %v", query, err)
			continue
		}
		at := -1
		for i, r := range found {
			if r.Kind == want.kind && r.Slug == want.slug {
				at = i
				break
			}
		}
		if at < 0 || at > 2 {
			t.Errorf("%q: %s %s stands at %d of %d: %+v", query, want.kind, want.slug, at, len(found), found)
		} else if !strings.Contains(string(found[at].Heading+found[at].Snippet), "<mark>") && query != "ombuds" {
			t.Errorf("%q: nothing is highlighted in %s", query, found[at].Snippet)
		}
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	s := sample(t)
	for _, query := range []string{"", "  ", "the", "zebra", "!!!", "-", `"`} {
		found, err := s.Find(t.Context(), query)
		if err != nil || len(found) != 0 {
			t.Errorf("%q: %d found, %v", query, len(found), err)
		}
	}
	found, err := s.Find(i18n.With(t.Context(), "es"), "immunity")
	if err != nil || len(found) != 0 {
		t.Errorf("in another language: %d found, %v", len(found), err)
	}
}

func TestNoQueryFails(t *testing.T) {
	t.Parallel()
	s := sample(t)
	for _, query := range []string{"a\x00b", "\xff\xfe", "' OR 1=1 --", `\`, "a & | ! ( ) : *", ":*", "<-> <2>", strings.Repeat("immunity ", 500), "' : *", "it's o'clock"} {
		if _, err := s.Find(t.Context(), query); err != nil {
			t.Errorf("%q: %v", query, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if _, err := s.Find(context.Background(), rapid.String().Draw(t, "query")); err != nil {
			t.Fatal(err)
		}
	})
}

func TestClean(t *testing.T) {
	t.Parallel()
	if got := search.Clean("  a\x00\tb \n c "); got != "a b c" {
		t.Errorf("%q", got)
	}
	if got := []rune(search.Clean(strings.Repeat("ß", 500))); len(got) != 200 {
		t.Errorf("%d runes", len(got))
	}
}
