package center_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"redress/internal/center"
	"redress/internal/content/item"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

type save func(context.Context, *postgres.Tx, item.Item) error

func store(t *testing.T, db *postgres.DB, slug, text string, with save) error {
	t.Helper()
	it, err := item.Parse(slug+".md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	it.Slug, it.Lang = slug, "en"
	return db.InTx(t.Context(), func(tx *postgres.Tx) error { return with(t.Context(), tx, it) })
}

func TestTheCenter(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	centers := center.New(db)
	if _, err := centers.Current(t.Context()); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("before any content: %v", err)
	}
	for _, text := range []string{
		"---\nname: Old\nshort_name: O\npostal_address: [a, b, c]\nsample: true\n---\n",
		"---\nname: Center for Open Courts\npostal_address: [1 Main St, \"Town, CO\"]\nemail: hello@example.org\n---\n\n**About** <script>x</script> us.\n",
	} {
		if err := store(t, db, "center", text, centers.SaveContent); err != nil {
			t.Fatal(err)
		}
	}
	got, err := centers.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Sample || got.ShortName != got.Name || got.LegalName != got.Name || !slices.Equal(got.PostalAddress, []string{"1 Main St", "Town, CO"}) {
		t.Errorf("%+v", got)
	}
	if html := string(got.HTML); !strings.Contains(html, "<strong>About</strong>") || strings.Contains(html, "script") {
		t.Errorf("HTML %q", html)
	}
	if _, err := centers.Current(i18n.With(t.Context(), "es")); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("in another language: %v", err)
	}
}

func TestABadCenterIsRefused(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	err := store(t, db, "center", "---\naccent: blue\nemail: Maya <m@example.org>\ndonate_url: http://example.org\npostal_address: [\"\"]\n---\n", center.New(db).SaveContent)
	problems, ok := item.AsProblems(err)
	if !ok || len(problems) != 5 {
		t.Errorf("%v", err)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	centers := center.New(db)
	if err := store(t, db, "about", "---\ntitle: About\nupdated: 2026-11-20\n---\n\n## Who {#who}\n\nWe.\n", centers.SavePage); err != nil {
		t.Fatal(err)
	}
	page, err := centers.Page(t.Context(), "about")
	if err != nil || page.HTML != "<h2 id=\"who\">Who</h2>\n<p>We.</p>\n" {
		t.Errorf("%q, %v", page.HTML, err)
	}
	if _, err := centers.Page(t.Context(), "nowhere"); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a page that isn't there: %v", err)
	}
	if pages, err := centers.Pages(t.Context()); err != nil || len(pages) != 1 {
		t.Errorf("%v, %v", pages, err)
	}
	if err := store(t, db, "about", "---\ntitle: About\n---\n", centers.SavePage); err == nil {
		t.Error("a page without a date is taken")
	}
}
