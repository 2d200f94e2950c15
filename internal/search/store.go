package search

import (
	"context"
	"fmt"

	"redress/internal/content/prose"
	"redress/internal/i18n"
)

// row is a result as PostgreSQL gives it; its snippet has prose.HitStart and
// prose.HitStop around what was found.
type row struct{ Kind, Slug, Title, Heading, Snippet string }

const marks = `StartSel="` + prose.HitStart + `", StopSel="` + prose.HitStop + `"`

// The query's maker is one of two function names of this package, never input.
const statement = `
WITH asked AS (SELECT %s(search_language(@lang), @query) AS query),
found AS (
	SELECT 'issue' AS kind, slug, title, summary || ' ' || plain_words(body) AS said, ts_rank_cd(document, query) * 1.2 AS rank
	FROM issue, asked WHERE lang = @lang AND published <= current_date AND document @@ query
	UNION ALL
	SELECT 'term', slug, title, definition || ' ' || plain_words(body), ts_rank_cd(document, query)
	FROM term, asked WHERE lang = @lang AND document @@ query
	UNION ALL
	SELECT 'organization', slug, name, what || ' ' || stands || ' ' || plain_words(body), ts_rank_cd(document, query)
	FROM organization, asked WHERE lang = @lang AND document @@ query
	ORDER BY rank DESC, kind, slug LIMIT @most
)
SELECT kind, slug, title, ts_headline(search_language(@lang), title, query, @whole) AS heading,
	ts_headline(search_language(@lang), said, query, @options) AS snippet
FROM found, asked ORDER BY rank DESC, kind, slug`

func (s *Search) find(ctx context.Context, maker, query string) ([]Result, error) {
	var rows []row
	err := s.db.Read(ctx).Raw(fmt.Sprintf(statement, maker), map[string]any{
		"lang": i18n.Lang(ctx), "query": query, "most": maxResults,
		"options": marks + ", MaxWords=36, MinWords=18", "whole": marks + ", HighlightAll=true",
	}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	results := make([]Result, len(rows))
	for i, r := range rows {
		results[i] = Result{
			Kind: Kind(r.Kind), Slug: r.Slug, Title: r.Title, Heading: prose.Hits(r.Heading), Snippet: prose.Hits(r.Snippet),
		}
	}
	return results, nil
}
