package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/pledge"
	"redress/views/layout"
	"redress/views/parts"
	pledges "redress/views/pledge"
)

// signingLines is how many of the latest names stand on the pledge's page.
const signingLines = 5

// showPledge is the pledge and its form.
func (s *Site) showPledge(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	sheet, err := s.pledgeSheet(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	sheet.Form = s.carrying(c, sheet.Form)
	return Page{
		Frame:   pledgeFrame(ctx, sheet.Pledge),
		Body:    pledges.Page(sheet),
		Tags:    []string{pledge.Tag(sheet.Pledge.IssueSlug)},
		Expires: sheet.Pledge.Changes(s.Now()),
		Counts:  true,
	}, nil
}

// signPledge takes a signature. Its answer is the same whoever signs.
func (s *Site) signPledge(c echo.Context) error {
	ctx, slug := c.Request().Context(), c.Param("slug")
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	slow := s.slow(c, abuse.Sign, form)
	sign := s.Pledges.Sign
	if abuse.Honeypot(form) {
		sign = s.Pledges.Pretend
		s.Metrics.Ruled("honeypot", abuse.Sign)
	}
	typoAnswered, source := s.answerTypo(form), s.sourceOf(c)
	receipt, err := sign(ctx, pledge.Signing{
		Pledge:       slug,
		GivenName:    form.Get("given_name"),
		FamilyName:   form.Get("family_name"),
		Email:        form.Get("email"),
		Zip:          form.Get("zip"),
		ShowName:     form.Get("show_name") != "",
		Updates:      form.Get("updates") != "",
		UpdatesWords: pledges.UpdatesWords(ctx, s.lastFrame(ctx).Center.Name),
		AskTypo:      !typoAnswered,
		Source:       source,
		Slow:         slow,
	})
	if err != nil {
		return s.pledgeAgain(c, err, slug, form)
	}
	s.Trends.Note(slug, addressOf(c))
	return c.Redirect(http.StatusSeeOther, parts.Onward("/signatures/"+receipt, source))
}

// pledgeAgain answers a form that wasn't taken: with the form as it was filled
// in, or with the pledge when it isn't open.
func (s *Site) pledgeAgain(c echo.Context, err error, slug string, form url.Values) error {
	if away, ok := s.formUnavailable(c.Request().Context(), form, err); ok {
		return s.pledgeAway(c, err, slug, away)
	}
	ctx := c.Request().Context()
	sheet, readErr := s.pledgeSheet(ctx, slug)
	if readErr != nil {
		return readErr
	}
	frame := pledgeFrame(ctx, sheet.Pledge)
	if fault.KindOf(err) == fault.KindConflict {
		return s.render(c, http.StatusConflict, frame, pledges.Page(sheet))
	}
	return s.showAgain(c, err, form, frame, func(f parts.Form) templ.Component {
		sheet.Form = f
		return pledges.Page(sheet)
	})
}

// pledgeAway shows the form with what was typed when neither the pledge nor the
// frame can be read.
func (s *Site) pledgeAway(c echo.Context, err error, slug string, form parts.Form) error {
	s.logFault(c, http.StatusServiceUnavailable, err)
	setRetry(c, s.faultOf(err))
	ctx := c.Request().Context()
	frame := layout.Page{Title: i18n.T(ctx, "pledge.form.heading"), Section: layout.SectionIssues, Scripts: []string{"challenge.js", "focus.js"}, NoIndex: true, HasErrors: true}
	body, err := draw(layout.WithFrame(ctx, s.lastFrame(ctx)), frame, pledges.FormAlone(slug, abuse.HoneypotField, form))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusServiceUnavailable, htmlType, body)
}

// pledgeCount is count.json.
func (s *Site) pledgeCount(c echo.Context) (Page, error) {
	slug := c.Param("slug")
	count, err := s.Pledges.Count(c.Request().Context(), slug)
	if err != nil {
		return Page{}, err
	}
	body, err := json.Marshal(count)
	return Page{Raw: body, Type: "application/json", Tags: []string{pledge.Tag(slug)}, Counts: true}, err
}

// pledgeSheet reads what a pledge's page shows.
func (s *Site) pledgeSheet(ctx context.Context, slug string) (pledges.Sheet, error) {
	p, err := s.Pledges.BySlug(ctx, slug)
	if err != nil {
		return pledges.Sheet{}, err
	}
	count, err := s.Pledges.Count(ctx, slug)
	if err != nil {
		return pledges.Sheet{}, err
	}
	latest, err := s.Pledges.Latest(ctx, p, signingLines)
	if err != nil {
		return pledges.Sheet{}, err
	}
	now := s.Now().In(s.Config.Location)
	imported, err := s.Pledges.ImportedCount(ctx, slug)
	if err != nil {
		return pledges.Sheet{}, err
	}
	sheet := pledges.Sheet{Pledge: p, Imported: imported, Count: count, State: p.StateAt(now), Honeypot: abuse.HoneypotField}
	for _, n := range latest {
		name := pledges.Name{Given: n.GivenName, Line: pledges.Day(ctx, n.On, now)}
		if state := civics.StateName(n.StateCode); state != "" {
			name.Line = i18n.T(ctx, "pledge.page.state_day", "State", state, "Day", name.Line)
		}
		sheet.Names = append(sheet.Names, name)
	}
	return sheet, nil
}

func pledgeFrame(ctx context.Context, p pledge.Pledge) layout.Page {
	return layout.Page{
		Title:       i18n.T(ctx, "pledge.page.title", "Title", p.Title),
		Description: i18n.T(ctx, "pledge.page.summary", "Addressee", p.Addressee),
		Path:        pledges.Path(p.IssueSlug),
		Section:     layout.SectionIssues,
		Wide:        true,
		Scripts:     []string{"count.js", "challenge.js", "focus.js"},
	}
}
