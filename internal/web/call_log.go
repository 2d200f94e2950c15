package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/i18n"
	"redress/internal/letter"
	"redress/views/layout"
	letters "redress/views/letter"
	"redress/views/parts"
)

// logCall counts a call and leads to whoever is next. The redirect keeps a reload
// from counting twice.
func (s *Site) logCall(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	slug, outcome := c.Param("slug"), letter.CallOutcome(form.Get("outcome"))
	if err := s.Letters.LogCall(c.Request().Context(), slug, form.Get("official"), outcome); err != nil {
		return err
	}
	round := s.roundOf(form)
	round.Called = append(round.Called, form.Get("official"))
	query := url.Values{
		"official": {form.Get("official")}, "outcome": {string(outcome)}, "officials": round.Officials, "called": s.known(round.Called),
	}
	if round.Zip != "" {
		query.Set("zip", round.Zip)
	}
	if from := s.sourceOf(c); from != "" {
		query.Set(parts.SourceField, from)
	}
	return c.Redirect(http.StatusSeeOther, "/issues/"+slug+"/called?"+query.Encode())
}

// roundOf is the round of calls that a form or an address holds: a plain ZIP code
// and ids of officials that there are, and nothing else of what was sent, so that
// no street comes into an address.
func (s *Site) roundOf(sent url.Values) letters.CallRound {
	round := letters.CallRound{
		Officials: s.known(append(sent["officials[]"], sent["officials"]...)),
		Called:    s.known(append(sent["called[]"], sent["called"]...)),
	}
	if civics.PlainZip(sent.Get("zip")) {
		round.Zip = sent.Get("zip")
	}
	return round
}

// roundAtMost is how many officials a round of calls has at most: more than
// represent anybody.
const roundAtMost = 40

// known are the ids, each once, that an official has.
func (s *Site) known(ids []string) []string {
	var known []string
	for _, id := range ids {
		if _, found := s.Atlas.Official(id); found && !slices.Contains(known, id) && len(known) < roundAtMost {
			known = append(known, id)
		}
	}
	return known
}

// showCalled thanks for a call and lays the next one ready.
func (s *Site) showCalled(c echo.Context) error {
	ctx, sent := c.Request().Context(), c.QueryParams()
	iss, err := s.Issues.Facts(ctx, c.Param("slug"))
	if err != nil {
		return err
	}
	outcome := letter.CallOutcome(sent.Get("outcome"))
	official, known := s.Atlas.Official(sent.Get("official"))
	if !known || !official.Offered() || !slices.Contains(letter.CallOutcomes, outcome) {
		return c.Redirect(http.StatusSeeOther, "/issues/"+iss.Slug+"/call")
	}
	round := s.roundOf(sent)
	round.From = s.sourceOf(c)
	composed, err := s.composedRound(c, iss.Slug, round, official)
	if err != nil {
		return err
	}
	view := letters.Called{
		IssueSlug: iss.Slug, IssueTitle: iss.Title, Official: official, Outcome: outcome, Round: round,
		Left: slices.DeleteFunc(composed.ToCall(), func(r letter.Recipient) bool {
			return r.Official.ID == official.ID || slices.Contains(round.Called, r.Official.ID)
		}),
		Calls: letters.Calls{Now: s.Now(), Near: letter.Near(s.Atlas, composed.Answer)},
	}
	frame := layout.Page{
		Title: i18n.T(ctx, "call.called.title", "Issue", iss.Title), Section: layout.SectionIssues, NoIndex: true, Scripts: []string{"call.js"},
	}
	return s.render(c, http.StatusOK, frame, letters.CalledPage(view))
}

// composedRound lays the letter ready for those whom a round calls: the officials
// named, or those of the ZIP code, or only the one who was called.
func (s *Site) composedRound(c echo.Context, slug string, round letters.CallRound, called *civics.Official) (letter.Composition, error) {
	ctx, ids := c.Request().Context(), round.Officials
	if len(ids) == 0 && round.Zip != "" {
		if answer, err := s.Atlas.ByZIP(round.Zip); err == nil {
			return s.Letters.Compose(ctx, slug, answer)
		}
	}
	if len(ids) == 0 {
		ids = []string{called.ID}
	}
	composed, err := s.Letters.ComposeFor(ctx, slug, ids)
	composed.Answer.Zip = round.Zip
	return composed, err
}
