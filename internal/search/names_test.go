package search_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
	"redress/internal/search"
)

// put writes a term as its room does: it inserts, or replaces what is there.
func put(t *testing.T, db *postgres.DB, slug, title, definition, body string, aliases ...string) {
	t.Helper()
	list := "[]"
	if len(aliases) > 0 {
		list = `["` + strings.Join(aliases, `","`) + `"]`
	}
	exec(t, db, `INSERT INTO term (slug, lang, title, definition, pronunciation, theme, body, aliases) VALUES ($1, 'en', $2, $3, '', 'courts', $4, $5)
		ON CONFLICT (slug, lang) DO UPDATE SET title = excluded.title, definition = excluded.definition, body = excluded.body, aliases = excluded.aliases`,
		slug, title, definition, body, list)
}

func exec(t *testing.T, db *postgres.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.Pool.Exec(context.Background(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func slugs(a search.Answer) (all []string) {
	for _, r := range a.Results {
		all = append(all, r.Slug)
	}
	return all
}

func TestNamesComeBeforeTitlesBeforeDefinitionsBeforeTexts(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	s := search.New(db)
	put(t, db, "text", "Alpha", "A sentence.", strings.Repeat("Estoppel is said here. ", 40))
	put(t, db, "definition", "Beta", "What estoppel is about.", "Nothing.")
	put(t, db, "title", "Collateral estoppel", "A rule.", "Nothing.")
	put(t, db, "alias", "Delta", "A rule.", "Nothing.", "Estoppel", "issue preclusion")
	a := find(t, s, "estoppel")
	if got := fmt.Sprint(slugs(a)); got != "[alias title definition text]" {
		t.Errorf("the order is %s", got)
	}
	if first := a.Results[0]; !first.Exact || first.Also != "<mark>Estoppel</mark>" {
		t.Errorf("the very name: %+v", first)
	}
	groups := a.Groups()
	if len(groups) != 2 || groups[0].Kind != "" || len(groups[1].Results) != 3 {
		t.Errorf("groups: %+v", groups)
	}
}

func TestTheIndexFollowsTheContent(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	s := search.New(db)
	suggested := func(query string) string {
		t.Helper()
		found, err := s.Suggest(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, f := range found {
			all = append(all, f.Title+"/"+f.Also)
		}
		return strings.Join(all, " ")
	}
	put(t, db, "standing", "Standing", "The right to sue.", "A plaintiff needs it.", "Locus standi")
	if got := suggested("locus"); got != "Standing/Locus standi" {
		t.Errorf("by another name: %q", got)
	}
	if got := find(t, s, "plainttif").Meant; got != "plaintiff" {
		t.Errorf("plainttif means %q", got)
	}
	put(t, db, "standing", "Right to sue", "The right to sue.", "A complainant needs it.")
	if got := suggested("stand") + suggested("locus"); got != "" {
		t.Errorf("former names are suggested: %q", got)
	}
	if got := suggested("right"); got != "Right to sue/" {
		t.Errorf("the new name: %q", got)
	}
	if a := find(t, s, "plainttif"); a.How != search.HowNot {
		t.Errorf("a word that nothing says any more is offered: %+v", a)
	}
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error {
		tx.Exec(`UPDATE term SET title = 'Never' WHERE slug = 'standing'`)
		return context.Canceled
	})
	if err == nil || suggested("never") != "" {
		t.Errorf("what was rolled back is suggested: %v", err)
	}
	exec(t, db, `DELETE FROM term`)
	if got := suggested("right"); got != "" {
		t.Errorf("what is gone is suggested: %q", got)
	}
	put(t, db, "standing", "Standing", "The right to sue.", "A plaintiff needs it.")
	exec(t, db, `TRUNCATE term`)
	if got := suggested("stand"); got != "" {
		t.Errorf("what was emptied is suggested: %q", got)
	}
}

func TestAnIssueBeforeItsDayIsNotToBeGuessed(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	s := search.New(db)
	exec(t, db, `INSERT INTO issue (slug, lang, title, summary, view, position, published, updated, body)
		VALUES ('asset-forfeiture', 'en', 'Asset forfeiture', 'Embargoed.', '', 1, current_date + 1, current_date, 'Nobody shall know of confiscation.')`)
	for _, query := range []string{"asset forfeiture", "confiscation", "confiscaton", "forfeture", "assetforfeiture", "embargoed"} {
		if a := find(t, s, query); a.How != search.HowNot || a.Meant != "" {
			t.Errorf("%q: %+v", query, a)
		}
		if found, err := s.Suggest(t.Context(), query); err != nil || len(found) > 0 {
			t.Errorf("%q suggests %+v, %v", query, found, err)
		}
	}
	exec(t, db, `UPDATE issue SET published = current_date`)
	if a := find(t, s, "forfeture"); a.Meant != "forfeiture" {
		t.Errorf("on its day: %+v", a)
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	s, _ := sample(t)
	for query, want := range map[string]string{
		"qu":            "Qualified immunity",
		"imm":           "immediate appeal",
		"immu":          "immunity",
		"Section 19":    "Section 1983",
		"sec 1983":      "Section 1983",
		"QUALIFIED-imm": "Qualified immunity",
		"qualifed im":   "Qualified immunity",
		"mönell":        "Monell liability",
		"amer civ":      "American Civil Liberties Union",
	} {
		found, err := s.Suggest(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 || len(found) > 8 || !strings.Contains(found[0].Title+found[0].Also, want) {
			t.Errorf("%q suggests %+v, want %s first", query, found, want)
		}
		seen := map[string]bool{}
		for _, f := range found {
			if key := string(f.Kind) + f.Slug; seen[key] {
				t.Errorf("%q suggests %s twice", query, key)
			} else {
				seen[key] = true
			}
		}
	}
	for _, query := range []string{"", "q", "zebra", "xyzzyplugh", "!!", "' :*"} {
		if found, err := s.Suggest(t.Context(), query); err != nil || len(found) > 0 {
			t.Errorf("%q suggests %+v, %v", query, found, err)
		}
	}
}
