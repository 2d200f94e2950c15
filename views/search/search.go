// Package search draws the search and what it found.
package search

import (
	"context"

	"redress/internal/i18n"
	"redress/internal/search"
)

func path(r search.Result) string {
	switch r.Kind {
	case search.KindIssue:
		return "/issues/" + r.Slug
	case search.KindTerm:
		return "/terms/" + r.Slug
	}
	return "/organizations/" + r.Slug
}

func kindName(ctx context.Context, k search.Kind) string {
	switch k {
	case search.KindIssue:
		return i18n.T(ctx, "search.issue")
	case search.KindTerm:
		return i18n.T(ctx, "search.term")
	}
	return i18n.T(ctx, "search.organization")
}
