package content

import (
	"fmt"

	"redress/internal/content/item"
	"redress/internal/glossary"
	"redress/internal/postgres"
)

// reference is a list of slugs in the items of one kind that name items of another.
type reference struct {
	kind, field string // as files write them
	table       string // or a query in parentheses, with slug and lang
	slugs       string // SQL: the set of slugs of a row o
	target      string // the table that must hold them
}

func list(column string) string {
	return "jsonb_array_elements_text(CASE jsonb_typeof(o." + column + ") WHEN 'array' THEN o." + column + " ELSE '[]' END)"
}

var references = []reference{
	{KindIssues, "terms", "issue", list("term_slugs"), "term"},
	{KindIssues, "organizations", "issue", list("organization_slugs"), "organization"},
	{KindIssues, "articles", "issue", list("article_slugs"), "article"},
	{KindTerms, "issues", "term", list("issue_slugs"), "issue"},
	{KindTerms, "related", "term", "jsonb_path_query(o.related, '$[*].slug') AS j(v), LATERAL (SELECT j.v #>> '{}')", "term"},
	{KindOrganizations, "issues", "organization", list("issue_slugs"), "issue"},
	{KindArticles, "issues", "article", list("issue_slugs"), "issue"},
	{KindArticles, "terms", "article", list("term_slugs"), "term"},
	{KindUpdates, "issue", "(SELECT key AS slug, lang, issue_slug FROM issue_update)", "(SELECT o.issue_slug)", "issue"},
}

// checkReferences finds what leads nowhere once everything is saved.
func checkReferences(tx *postgres.Tx, items []item.Item) (item.Problems, error) {
	var problems item.Problems
	for _, r := range references {
		found, err := strayReferences(tx, r)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			text := fmt.Sprintf("there is no %s %q", r.target, d.Target)
			problems = append(problems, item.Problem{File: fileOf(items, r.kind, d), Field: r.field, Text: text})
		}
	}
	contradictions, err := glossary.Contradictions(tx)
	if err != nil {
		return nil, err
	}
	for _, c := range contradictions {
		problems = append(problems, item.Problem{File: fileOf(items, KindTerms, dangling{Slug: c.Slug, Lang: c.Lang}), Field: "related", Text: c.Text})
	}
	actions, err := strayActions(tx)
	if err != nil {
		return nil, err
	}
	for _, d := range actions {
		text := fmt.Sprintf("none of the term's issues has an action %q", d.Target)
		problems = append(problems, item.Problem{File: fileOf(items, KindTerms, d), Field: "actions", Text: text})
	}
	for _, kind := range []string{KindLetters, KindPledges, KindRecords, KindMeetings} {
		found, err := strayOwners(tx, kind)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			text := fmt.Sprintf("is named after an issue %q that isn't there", d.Target)
			problems = append(problems, item.Problem{File: fileOf(items, kind, d), Text: text})
		}
	}
	return problems, nil
}

// fileOf is the file that a saved row came from, or where it would stand.
func fileOf(items []item.Item, kind string, d dangling) string {
	for _, it := range items {
		if it.Kind == kind && it.Slug == d.Slug && it.Lang == d.Lang {
			return it.File
		}
	}
	return d.Lang + "/" + item.Item{Kind: kind, Slug: d.Slug}.Path()
}
