package search

import (
	"context"
	"fmt"
	"strings"

	"redress/internal/content/prose"
	"redress/internal/i18n"
)

// row is a result as PostgreSQL gives it; prose.HitStart and prose.HitStop
// stand around what was found.
type row struct{ Kind, Slug, Title, Heading, Gist, Passage string }

// snippet is the gist of what was found, and a passage when only that says why
// it was found.
func (r row) snippet() string {
	if strings.Contains(r.Heading+r.Gist, prose.HitStart) || !strings.Contains(r.Passage, prose.HitStart) {
		return r.Gist
	}
	return r.Gist + " … " + r.Passage + " …"
}

const marks = `StartSel="` + prose.HitStart + `", StopSel="` + prose.HitStop + `"`

// The query's maker is one of two function names of this package, never input.
const statement = `
WITH asked AS (SELECT %s(search_language(@lang), @query) AS query),
found AS (
	SELECT 'issue' AS kind, slug, title, summary AS gist, plain_words(body) AS said, ts_rank_cd(document, query) * 2 AS rank
	FROM issue, asked WHERE lang = @lang AND published <= current_date AND document @@ query
	UNION ALL
	SELECT 'term', slug, title, definition, plain_words(body), ts_rank_cd(document, query)
	FROM term, asked WHERE lang = @lang AND document @@ query
	UNION ALL
	SELECT 'organization', slug, name, what, stands || ' ' || plain_words(body), ts_rank_cd(document, query)
	FROM organization, asked WHERE lang = @lang AND document @@ query
	ORDER BY rank DESC, kind, slug LIMIT @most
)
SELECT kind, slug, title, ts_headline(search_language(@lang), title, query, @whole) AS heading,
	ts_headline(search_language(@lang), gist, query, @whole) AS gist,
	ts_headline(search_language(@lang), said, query, @passage) AS passage
FROM found, asked ORDER BY rank DESC, kind, slug`

func (s *Search) find(ctx context.Context, maker, query string) ([]Result, error) {
	var rows []row
	err := s.db.Read(ctx).Raw(fmt.Sprintf(statement, maker), map[string]any{
		"lang": i18n.Lang(ctx), "query": query, "most": maxResults,
		"passage": marks + ", MaxWords=30, MinWords=15", "whole": marks + ", HighlightAll=true",
	}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	results := make([]Result, len(rows))
	for i, r := range rows {
		results[i] = Result{
			Kind: Kind(r.Kind), Slug: r.Slug, Title: r.Title, Heading: prose.Hits(r.Heading), Snippet: prose.Hits(r.snippet()),
		}
	}
	return results, nil
}
