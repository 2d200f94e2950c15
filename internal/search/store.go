package search

import (
	"context"
	"fmt"
	"strings"

	"redress/internal/content/prose"
	"redress/internal/i18n"
)

// What makes a tsquery of text: queryMaker is never input.
type queryMaker string

const (
	webQuery queryMaker = "websearch_to_tsquery" // words, "phrases", or, -not; takes anything
	toQuery  queryMaker = "to_tsquery"           // operators; for what joined made
)

// documents are the texts that are searched: what every kind is made of. A later
// kind is one more part here and in the trigger search_note. place is the order
// of kinds that fit equally well.
const documents = `
	SELECT 'issue'::text AS kind, 1 AS place, slug, lang, published AS shown_from, title, summary AS gist, body AS said, ''::text AS url, document FROM issue
	UNION ALL
	SELECT 'term', 2, slug, lang, '-infinity', title, definition, body, '', document FROM term
	UNION ALL
	SELECT 'organization', 3, slug, lang, '-infinity', name, what, stands || ' ' || body, '', document FROM organization
	UNION ALL
	SELECT 'article', 4, slug, lang, '-infinity', title, why, source || ' ' || author, url, document FROM article`

// A query without a word that must be there would read everything, and find it.
const shown = `lang = @lang AND shown_from <= current_date AND document @@ query AND querytree(query) NOT IN ('', 'T')`

const findStatement = `
WITH asked AS MATERIALIZED (SELECT %s(search_language(@lang), @want) AS query),
tiers AS (
	SELECT kind, place, slug, document, query, CASE WHEN ts_filter(document, '{a}') @@ query THEN 1 WHEN ts_filter(document, '{a,b}') @@ query THEN 2 ELSE 3 END AS tier
	FROM (` + documents + `) AS document, asked WHERE ` + shown + `
),
ranked AS (
	SELECT kind, place, slug, tier, ts_rank_cd(CASE tier WHEN 1 THEN ts_filter(document, '{a}') WHEN 2 THEN ts_filter(document, '{a,b}') ELSE document END, query, 1) AS rank
	FROM tiers
	UNION ALL
	SELECT kind, place, slug, 0, 0 FROM search_name JOIN (` + documents + `) AS document USING (kind, slug, lang)
	WHERE folded = search_fold(@query) AND lang = @lang AND search_name.shown_from <= current_date
),
found AS (
	SELECT kind, slug, min(place) AS nth, min(tier) AS tier, CASE min(tier) WHEN 0 THEN 0 ELSE max(rank) END AS rank FROM ranked GROUP BY kind, slug
	ORDER BY tier, rank DESC, nth, slug LIMIT @most
)
SELECT kind, slug, title, url, tier = 0 AS exact, ts_headline(search_language(@lang), title, query, @whole) AS heading,
	ts_headline(search_language(@lang), gist, query, @whole) AS gist,
	CASE WHEN tier = 3 THEN ts_headline(search_language(@lang), plain_words(said), query, @passage) ELSE '' END AS passage,
	COALESCE((SELECT ts_headline(search_language(@lang), n.name, query, @whole) FROM search_name AS n
		WHERE n.kind = found.kind AND n.slug = found.slug AND n.lang = @lang AND NOT n.title
			AND (to_tsvector(search_language(@lang), n.name) @@ query OR n.folded = search_fold(@query))
		ORDER BY n.folded = search_fold(@query) DESC, length(n.name), n.name LIMIT 1), '') AS also
FROM found JOIN (` + documents + `) AS document USING (kind, slug), asked
WHERE lang = @lang ORDER BY tier, rank DESC, nth, slug`

// row is a result as PostgreSQL gives it; prose.HitStart and prose.HitStop
// stand around what was found.
type row struct {
	Kind, Slug, Title, URL, Heading, Gist, Passage, Also string
	Exact                                                bool
}

// snippet is the gist of what was found, and a passage when only that says why
// it was found.
func (r row) snippet() string {
	if !strings.Contains(r.Passage, prose.HitStart) {
		return r.Gist
	}
	return r.Gist + " … " + strings.Join(strings.Fields(r.Passage), " ") + " …"
}

// also is another name, unless the title shows already why it was found.
func (r row) also() string {
	if strings.Contains(r.Heading, prose.HitStart) {
		return ""
	}
	return r.Also
}

const marks = `StartSel="` + prose.HitStart + `", StopSel="` + prose.HitStop + `"`

func (s *Search) find(ctx context.Context, maker queryMaker, want, query string) ([]Result, error) {
	var rows []row
	err := s.db.Read(ctx).Raw(fmt.Sprintf(findStatement, maker), findWith(ctx, want, query)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	results := make([]Result, len(rows))
	for i, r := range rows {
		results[i] = Result{
			Kind: Kind(r.Kind), Slug: r.Slug, Title: r.Title, URL: r.URL, Exact: r.Exact,
			Heading: prose.Hits(r.Heading), Snippet: prose.Hits(r.snippet()), Also: prose.Hits(r.also()),
		}
	}
	return results, nil
}

func findWith(ctx context.Context, want, query string) map[string]any {
	return map[string]any{
		"lang": i18n.Lang(ctx), "want": want, "query": query, "most": maxResults,
		"passage": marks + ", MaxWords=30, MinWords=15", "whole": marks + ", HighlightAll=true",
	}
}

// The words are letters, marks and digits: no blank, no operator.
const unknownStatement = `
SELECT w FROM unnest(string_to_array(@words, ' ')) AS w, plainto_tsquery(search_language(@lang), w) AS query
WHERE numnode(query) > 0 AND NOT EXISTS (SELECT FROM (` + documents + `) AS document WHERE ` + shown + `)`

// unknown are the words that nothing says in any form; words such as "the" are
// known.
func (s *Search) unknown(ctx context.Context, words []string) (unknown []string, err error) {
	if len(words) == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx).Raw(unknownStatement, map[string]any{"lang": i18n.Lang(ctx), "words": strings.Join(words, " ")}).Scan(&unknown).Error
	return unknown, wrap("unknown words", err)
}

// nearOnes is how many words are weighed for each that was typed: enough that
// one that is a letter away is among them though others share more beginnings.
const nearOnes = 40

const nearStatement = `
SELECT w AS asked, near.word FROM unnest(string_to_array(@words, ' ')) AS w,
	LATERAL (SELECT word, word <-> w AS far FROM search_word WHERE lang = @lang ORDER BY word <-> w LIMIT @most) AS near
ORDER BY w, far, near.word`

// nearWord is a word that is written somewhere and looks like one that was asked.
type nearWord struct{ Asked, Word string }

// near are words that look like those asked for, the most alike first.
func (s *Search) near(ctx context.Context, words []string) (near []nearWord, err error) {
	err = s.db.Read(ctx).Raw(nearStatement, map[string]any{
		"lang": i18n.Lang(ctx), "words": strings.Join(words, " "), "most": nearOnes,
	}).Scan(&near).Error
	return near, wrap("near words", err)
}

const standingStatement = `
SELECT w AS word, bool_or(ts_filter(document, '{a}') @@ query) AS titled
FROM unnest(string_to_array(@words, ' ')) AS w, plainto_tsquery(search_language(@lang), w) AS query, (` + documents + `) AS document
WHERE ` + shown + ` GROUP BY w`

// standing tells, of the words that something says now, whether a title does.
func (s *Search) standing(ctx context.Context, words []string) (map[string]bool, error) {
	if len(words) == 0 {
		return nil, nil
	}
	var rows []struct {
		Word   string
		Titled bool
	}
	err := s.db.Read(ctx).Raw(standingStatement, map[string]any{"lang": i18n.Lang(ctx), "words": strings.Join(words, " ")}).Scan(&rows).Error
	said := make(map[string]bool, len(rows))
	for _, r := range rows {
		said[r.Word] = r.Titled
	}
	return said, wrap("said words", err)
}

const nearestNameStatement = `
SELECT name FROM (
	SELECT name, folded, shown_from FROM search_name WHERE lang = @lang AND shown_from <= current_date
	ORDER BY folded <-> search_fold(@query) LIMIT 1
) AS nearest WHERE similarity(folded, search_fold(@query)) >= 0.5`

// nearestName is the name that the whole query is near to: half of the groups of
// three letters agree, as with two words written as one.
func (s *Search) nearestName(ctx context.Context, query string) (name string, err error) {
	err = s.db.Read(ctx).Raw(nearestNameStatement, map[string]any{"lang": i18n.Lang(ctx), "query": query}).Scan(&name).Error
	return name, wrap("nearest name", err)
}

// wanting is a tsquery of the beginnings of folded words. PostgreSQL refuses
// words of 2 KB, which a few signs fold to.
const wanting = `(SELECT string_agg(quote_literal(w) || ':*', ' & ')::tsquery FROM regexp_split_to_table(search_fold(@query), ' ') AS w WHERE w <> '' AND length(w) <= 100)`

// One suggestion for each thing, by the name that fits best: one that begins as
// what was typed, then the title, then the shortest.
const namedStatement = `
SELECT kind, slug, title, also, url FROM (
	SELECT DISTINCT ON (n.kind, n.slug) n.kind, n.slug, document.title, CASE WHEN n.title THEN '' ELSE n.name END AS also, document.url, place,
		starts_with(n.folded, search_fold(@query)) AS first, length(n.folded) AS letters
	FROM search_name AS n JOIN (` + documents + `) AS document ON document.kind = n.kind AND document.slug = n.slug AND document.lang = n.lang
	WHERE n.lang = @lang AND n.shown_from <= current_date AND n.words @@ ` + wanting + `
	ORDER BY n.kind, n.slug, first DESC, n.title DESC, letters, n.name
) AS named ORDER BY first DESC, letters, title, place, slug LIMIT @most`

func (s *Search) named(ctx context.Context, query string) ([]Suggestion, error) {
	return s.suggestions(ctx, namedStatement, query)
}

// Near enough is a name that has a stretch of which 6 in 10 groups of three
// letters agree with what was typed.
const namedAlikeStatement = `
SELECT kind, slug, title, also, url FROM (
	SELECT DISTINCT ON (n.kind, n.slug) n.kind, n.slug, document.title, CASE WHEN n.title THEN '' ELSE n.name END AS also, document.url, place, far, length(n.folded) AS letters
	FROM (SELECT *, search_fold(@query) <<-> folded AS far FROM search_name WHERE lang = @lang AND shown_from <= current_date
			ORDER BY search_fold(@query) <<-> folded LIMIT 40) AS n
		JOIN (` + documents + `) AS document ON document.kind = n.kind AND document.slug = n.slug AND document.lang = n.lang
	WHERE far <= 0.4
	ORDER BY n.kind, n.slug, far, n.title DESC, n.name
) AS alike ORDER BY far, letters, title, place, slug LIMIT @most`

func (s *Search) namedAlike(ctx context.Context, query string) ([]Suggestion, error) {
	return s.suggestions(ctx, namedAlikeStatement, query)
}

func (s *Search) suggestions(ctx context.Context, statement, query string) (found []Suggestion, err error) {
	err = s.db.Read(ctx).Raw(statement, map[string]any{"lang": i18n.Lang(ctx), "query": query, "most": maxSuggestions}).Scan(&found).Error
	return found, wrap("suggest", err)
}

func (s *Search) tolerate(ctx context.Context) (able bool, err error) {
	err = s.db.Read(ctx).Raw("SELECT search_tolerate()").Scan(&able).Error
	return able, wrap("forgive typing errors", err)
}

func (s *Search) tolerant(ctx context.Context) (able bool, err error) {
	err = s.db.Read(ctx).Raw("SELECT to_regprocedure('word_similarity(text,text)') IS NOT NULL").Scan(&able).Error
	return able, wrap("look for pg_trgm", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("search: %s: %w", doing, err)
	}
	return nil
}
