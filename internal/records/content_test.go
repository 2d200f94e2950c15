package records

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"redress/internal/content/item"
	"redress/internal/i18n"
	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

func TestStructsFitTables(t *testing.T) {
	t.Parallel()
	postgrestest.CheckStruct(t, postgrestest.New(t), &Guide{})
}

func parsed(t *testing.T, text string) item.Item {
	t.Helper()
	it, err := item.Parse("en/records/water.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	it.Kind, it.Slug, it.Lang = "records", "water", "en"
	return it
}

func TestAGuideIsSavedAndRead(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	saved := func(text string) error {
		return db.InTx(t.Context(), func(tx *postgres.Tx) error { return SaveContent(t.Context(), tx, parsed(t, text)) })
	}
	if err := saved("---\ntitle: Old\n---\n"); err != nil {
		t.Fatal(err)
	}
	text := "---\ntitle: Ask\nintro: Why.\nagency_hint: Where.\nchoices:\n  - {key: a, title: A, hint: H, ask: \"The\\n  A.\"}\ncautions: [Be narrow.]\nnotes: [{state: CO, text: New.}, {state: US, text: Slow.}]\n---\n\nMore **text**.\n"
	if err := saved(text); err != nil {
		t.Fatal(err)
	}
	g, err := New(db).BySlug(t.Context(), "water")
	if err != nil {
		t.Fatal(err)
	}
	want := Guide{
		IssueSlug: "water", Lang: "en", Title: "Ask", Intro: "Why.", AgencyHint: "Where.", Choices: []Choice{{"a", "A", "H", "The A."}},
		Cautions: []string{"Be narrow."}, Notes: []Note{{"CO", "New."}, {"US", "Slow."}}, Body: "More **text**.\n", HTML: g.HTML,
	}
	if !reflect.DeepEqual(g, want) {
		t.Errorf("read %+v, want %+v", g, want)
	}
	if !strings.Contains(string(g.HTML), "<strong>text</strong>") || g.Note("CO") != "New." || g.Note("NY") != "" {
		t.Errorf("notes or text: %+v", g)
	}
	for ctx, slug := range map[context.Context]string{t.Context(): "fire", i18n.With(t.Context(), "es"): "water"} {
		if g, err := New(db).BySlug(ctx, slug); err != nil || len(g.Choices) != 0 || g.IssueSlug != slug {
			t.Errorf("an issue without a guide: %+v, %v", g, err)
		}
	}
}

func TestWhatIsWrongWithAGuide(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"---\nchoices: [{key: A b, title: T, ask: x}]\n---\n":                               "not a slug",
		"---\nchoices: [{key: a, title: T, ask: x}, {key: a, title: T, ask: y}]\n---\n":     "another choice has the key",
		"---\nchoices: [{key: a, title: T}]\n---\n":                                         "is required",
		"---\nchoices: [{key: a, ask: x}]\n---\n":                                           "is required",
		"---\nchoices: [{key: a, title: T, ask: " + strings.Repeat("x", 700) + "}]\n---\n":  "600 fit",
		"---\nnotes: [{state: ZZ, text: x}]\n---\n":                                         "not a state",
		"---\nnotes: [{state: CO, text: x}, {state: CO, text: y}]\n---\n":                   "another note",
		"---\nnotes: [{state: CO}]\n---\n":                                                  "is required",
		"---\ncautions: ['']\n---\n":                                                        "is required",
		"---\nchoice: []\n---\n":                                                            "there is no such field",
		"---\ntitle: T\n---\n\n[x](http://example.org)\n":                                   "https://",
		"---\nchoices: [" + strings.Repeat("{key: a, title: T, ask: x}, ", 13) + "]\n---\n": "12 fit",
	} {
		err := SaveContent(t.Context(), nil, parsed(t, text))
		if problems, ok := item.AsProblems(err); !ok || !strings.Contains(problems.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
