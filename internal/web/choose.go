package web

import (
	"context"
	"net/url"
	"slices"

	"redress/internal/civics"
	"redress/internal/i18n"
	civicsview "redress/views/civics"
	"redress/views/parts"
)

// choose narrows an answer by what the visitor pointed to among its candidates.
// What the answer didn't offer is ignored. With nothing pointed to, or with
// districts of two states, the page comes back with what is wrong.
func (s *Site) choose(ctx context.Context, typed url.Values, answer civics.Answer) civicsview.Find {
	var ids, asked []string
	var chosen []*civics.Division
	for _, c := range answer.Candidates {
		if c.Overlay {
			continue
		}
		asked = append(asked, string(c.Chamber))
		for _, d := range c.Divisions {
			if typed.Get(string(c.Chamber)) == d.ID {
				ids, chosen = append(ids, d.ID), append(chosen, d)
			}
		}
	}
	wrong := ""
	switch {
	case len(asked) == 0:
		return s.found(typed, answer) // nothing is left to choose
	case len(chosen) == 0:
		wrong = "representatives.choose.nothing"
	case slices.ContainsFunc(chosen, func(d *civics.Division) bool { return d.State != chosen[0].State }):
		wrong = "representatives.choose.states"
	}
	if wrong != "" {
		find := s.found(typed, answer)
		find.Form.Errors = []parts.FieldError{{Name: asked[0], Message: i18n.T(ctx, wrong)}}
		return find
	}
	find := s.found(typed, s.Atlas.Choose(answer, ids))
	find.Chosen = chosen
	return find
}
