package glossary_test

import (
	"slices"
	"strings"
	"testing"

	"redress/internal/content/item"
	"redress/internal/fault"
	"redress/internal/glossary"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// filled is a glossary with the given files: slug to text.
func filled(t *testing.T, files map[string]string) *glossary.Glossary {
	t.Helper()
	db := postgrestest.New(t)
	g := glossary.New(db)
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error {
		for slug, text := range files {
			it, err := item.Parse(slug+".md", []byte(text))
			if err != nil {
				return err
			}
			it.Kind, it.Slug, it.Lang = "terms", slug, "en"
			if err := g.SaveContent(t.Context(), tx, it); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func world(t *testing.T) *glossary.Glossary {
	return filled(t, map[string]string{
		"due-process": "---\ntitle: due process\ndefinition: Fair procedure.\ntheme: Rights\nissues: [water]\nrelated:\n" +
			"  - {slug: notice, kind: confused_with}\n  - {slug: gone, kind: broader}\n  - {slug: rights, kind: broader}\n" +
			"sources:\n  - {title: S, url: \"https://example.org\"}\n---\n\nDue process means notice. See <b>notice</b>.\n",
		"notice": "---\ntitle: Notice\naliases: [being told]\ndefinition: d\ntheme: Rights\n---\n",
		"rights": "---\ntitle: Élan of rights\ndefinition: d\ntheme: Rights\n---\n",
	})
}

func TestATermIsComplete(t *testing.T) {
	t.Parallel()
	got, err := world(t).BySlug(t.Context(), "due-process")
	if err != nil {
		t.Fatal(err)
	}
	html := string(got.HTML)
	if strings.Contains(html, "/terms/due-process") || strings.Count(html, `href="/terms/notice"`) != 1 {
		t.Errorf("a term links to others, once, and not to itself: %s", html)
	}
	if !strings.Contains(html, `popovertarget="definition-notice"`) || len(got.Mentioned) != 1 || got.Mentioned[0].Slug != "notice" || got.Mentioned[0].Definition == "" {
		t.Errorf("the page can't open what it mentions: %v in %s", got.Mentioned, html)
	}
	want := []glossary.Relation{
		{Slug: "rights", Kind: glossary.Broader, Title: "Élan of rights"},
		{Slug: "notice", Kind: glossary.ConfusedWith, Title: "Notice"},
	}
	if !slices.Equal(got.Related, want) {
		t.Errorf("related: %+v", got.Related)
	}
	if got.Initial() != "D" || len(got.Sources) != 1 {
		t.Errorf("initial %q, sources %v", got.Initial(), got.Sources)
	}
	if _, err := world(t).BySlug(t.Context(), "nowhere"); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a term that isn't there: %v", err)
	}
}

func TestTermsOfAnIssue(t *testing.T) {
	t.Parallel()
	g := world(t)
	terms, err := g.ForIssue(t.Context(), "water")
	if err != nil || len(terms) != 1 || terms[0].Slug != "due-process" {
		t.Errorf("%v, %v", terms, err)
	}
	if terms, err := g.ForIssue(t.Context(), `wa"ter`); err != nil || len(terms) != 0 {
		t.Errorf("%v, %v", terms, err)
	}
}

func TestMentionsByAlias(t *testing.T) {
	t.Parallel()
	m, err := world(t).Mentions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if terms := m.Named([]string{"rights", "gone", "notice"}); len(terms) != 2 || terms[0].Slug != "rights" {
		t.Errorf("named: %v", terms)
	}
}

func TestBadTermsAreRefused(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	g := glossary.New(db)
	for want, text := range map[string]string{
		"title: is required":           "---\ndefinition: d\ntheme: t\n---\n",
		"is named twice":               "---\ntitle: x\ndefinition: d\ntheme: t\nrelated:\n  - {slug: y, kind: broader}\n  - {slug: y, kind: see_also}\n---\n",
		"without Markdown":             "---\ntitle: x\ndefinition: d\ntheme: t\nexamples: [\"An *odd* one.\"]\n---\n",
		"examples[0]: is required":     "---\ntitle: x\ndefinition: d\ntheme: t\nexamples: [\"\"]\n---\n",
		"can't relate to itself":       "---\ntitle: x\ndefinition: d\ntheme: t\nrelated:\n  - {slug: x, kind: broader}\n---\n",
		"begins with https://":         "---\ntitle: x\ndefinition: d\ntheme: t\nsources:\n  - {title: t, url: \"http://example.org\"}\n---\n",
		"there is no table {{states}}": "---\ntitle: x\ndefinition: d\ntheme: t\n---\n{{states}}\n",
	} {
		it, err := item.Parse("x.md", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		it.Kind, it.Slug, it.Lang = "terms", "x", "en"
		err = db.InTx(t.Context(), func(tx *postgres.Tx) error {
			err := g.SaveContent(t.Context(), tx, it)
			if _, usable := tx.Raw("SELECT 1").Rows(); usable != nil {
				t.Errorf("the transaction can't be used after a problem: %v", usable)
			}
			return err
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestAPageOfTheGlossaryIsNoTerm(t *testing.T) {
	t.Parallel()
	it, err := item.Parse("today.md", []byte("---\ntitle: x\ndefinition: d\ntheme: t\n---\n"))
	if err != nil {
		t.Fatal(err)
	}
	it.Kind, it.Slug, it.Lang = "terms", "today", "en"
	g := glossary.New(postgrestest.New(t))
	if err := g.SaveContent(t.Context(), nil, it); err == nil || !strings.Contains(err.Error(), "/terms/today") {
		t.Errorf("got %v", err)
	}
}

func TestBothSidesShowARelation(t *testing.T) {
	t.Parallel()
	g := filled(t, map[string]string{
		"a": "---\ntitle: A\ndefinition: d\ntheme: t\nrelated:\n  - {slug: b, kind: broader}\n  - {slug: c, kind: see_also}\n  - {slug: d, kind: confused_with}\n---\n",
		"b": "---\ntitle: B\ndefinition: d\ntheme: t\nrelated:\n  - {slug: a, kind: see_also}\n  - {slug: e, kind: narrower}\n---\n",
		"c": "---\ntitle: C\ndefinition: d\ntheme: t\n---\n",
		"d": "---\ntitle: D\ndefinition: d\ntheme: t\n---\n",
		"e": "---\ntitle: E\ndefinition: d\ntheme: t\n---\n",
	})
	for slug, want := range map[string]string{
		"a": "broader b, confused_with d, see_also c", "b": "narrower a, narrower e", "c": "see_also a", "d": "confused_with a", "e": "broader b",
	} {
		term, err := g.BySlug(t.Context(), slug)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range term.Related {
			if r.Title != strings.ToUpper(r.Slug) {
				t.Errorf("%s names %q %q", slug, r.Slug, r.Title)
			}
			got = append(got, r.Kind+" "+r.Slug)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s relates to %v, want %s", slug, got, want)
		}
	}
}
