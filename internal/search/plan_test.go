package search

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"redress/internal/postgres"
	"redress/internal/postgres/postgrestest"
)

// TestPlansUseIndexes: with some thousands of rows, no statement reads a table
// from end to end.
func TestPlansUseIndexes(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	fill := []string{
		`SELECT setseed(0.5)`,
		`CREATE TEMP TABLE sayings AS SELECT n, (SELECT string_agg(substr(md5((n * 7 + k * 13 + floor(random() * 4000))::text), 1, 7), ' ') FROM generate_series(1, 40) AS k) AS text FROM generate_series(1, 5000) AS n`,
		`INSERT INTO term (slug, lang, title, definition, pronunciation, theme, body, aliases)
			SELECT 'term-' || n, 'en', 'Title ' || left(text, 15), left(text, 80), '', 'courts', text, jsonb_build_array('alias ' || right(text, 15)) FROM sayings`,
		`INSERT INTO organization (slug, lang, name, what, stands, site_url, donate_url, volunteer_url, follow_url, position, body)
			SELECT 'organization-' || n, 'en', 'Name ' || left(text, 15), left(text, 80), '', 'https://example.org/', '', '', '', n, text FROM sayings WHERE n <= 3000`,
		`INSERT INTO issue (slug, lang, title, summary, view, position, published, updated, body)
			SELECT 'issue-' || n, 'en', 'Issue ' || left(text, 15), left(text, 80), '', n, '2026-01-01', '2026-01-01', text FROM sayings WHERE n <= 3000`,
		`INSERT INTO article (slug, lang, title, source, author, url, why)
			SELECT 'article-' || n, 'en', 'Article ' || left(text, 15), 'Review', 'Author', 'https://example.org/', text FROM sayings WHERE n <= 3000`,
		`INSERT INTO term (slug, lang, title, definition, pronunciation, theme, body, aliases)
			VALUES ('standing', 'en', 'Standing to sue', 'The right to sue.', '', 'courts', 'A plaintiff needs it.', '["Locus standi"]')`,
		`INSERT INTO search_word SELECT 'en', translate(md5(n::text), '0123456789', 'ghijklmnop') FROM generate_series(1, 20000) AS n ON CONFLICT DO NOTHING`,
		`ANALYZE`,
	}
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error {
		for _, statement := range fill {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	query := map[string]any{"lang": "en", "query": "locus standi", "most": 8}
	words := map[string]any{"lang": "en", "words": "plainttif standnig", "most": nearOnes}
	for name, c := range map[string]struct {
		statement string
		with      map[string]any
		indexes   []string
	}{
		"find":    {fmt.Sprintf(findStatement, webQuery), findWith(t.Context(), "plaintiff sue", "plaintiff sue"), []string{"term_document", "issue_document", "organization_document", "article_document", "search_name_folded"}},
		"some":    {fmt.Sprintf(findStatement, toQuery), findWith(t.Context(), "('plaintiff' | 'zebra')", "plaintiff zebra"), []string{"term_document", "issue_document"}},
		"unknown": {unknownStatement, words, []string{"term_document", "issue_document", "organization_document", "article_document"}},
		"near":    {nearStatement, words, []string{"search_word_near"}},
		"said":    {standingStatement, words, []string{"term_document"}},
		"name":    {nearestNameStatement, query, []string{"search_name_near"}},
		"named":   {namedStatement, query, []string{"search_name_words", "term_pkey"}},
		"alike":   {namedAlikeStatement, query, []string{"search_name_near"}},
	} {
		plan := explain(t, db, c.statement, c.with)
		for _, index := range c.indexes {
			if !strings.Contains(plan, index) {
				t.Errorf("%s doesn't use %s:\n%s", name, index, plan)
			}
		}
		for _, table := range []string{"term", "issue", "organization", "article", "search_name", "search_word"} {
			if strings.Contains(plan, "Seq Scan on "+table+"\n") || strings.Contains(plan, "Seq Scan on "+table+" ") {
				t.Errorf("%s reads all of %s:\n%s", name, table, plan)
			}
		}
	}
	s := New(db)
	if a, err := s.Find(t.Context(), "plainttif"); err != nil || a.Meant != "plaintiff" {
		t.Errorf("found %+v, %v", a, err)
	}
}

func explain(t *testing.T, db *postgres.DB, statement string, with map[string]any) string {
	t.Helper()
	var lines []string
	if err := db.Read(context.Background()).Raw("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) "+statement, maps.Clone(with)).Scan(&lines).Error; err != nil {
		t.Fatal(err)
	}
	t.Log(lines[len(lines)-1])
	return strings.Join(lines, "\n")
}
