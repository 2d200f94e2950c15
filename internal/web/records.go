package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/letter/paper"
	"redress/internal/records"
	"redress/views/layout"
	"redress/views/parts"
	asking "redress/views/records"
)

// showRecords is the page on asking for public records; with a state, its law
// and the form.
func (s *Site) showRecords(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	a, err := s.askingFor(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	a.From = s.sourceOf(c)
	code := strings.ToUpper(c.QueryParam("state"))
	if law, ok := records.LawOf(code); ok {
		a.Law = &law
	} else if code != "" {
		a.Form = unknownState(ctx)
		return Page{Frame: recordsFrame(ctx, a), Body: asking.Page(a), Status: http.StatusUnprocessableEntity}, nil
	}
	return Page{Frame: recordsFrame(ctx, a), Body: asking.Page(a)}, nil
}

// layRecords answers the letter, laid ready. Nothing of what was sent is kept:
// the page carries it on.
func (s *Site) layRecords(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	ready, err := s.readyRequest(c, form)
	if err != nil {
		return s.recordsAgain(c, err, form)
	}
	ctx := c.Request().Context()
	if form.Get("edit") != "" {
		return s.recordsEdit(c, form)
	}
	frame := layout.Page{
		Title: i18n.T(ctx, "records.ready.title"), Path: asking.Path(ready.IssueSlug, ""), Section: layout.SectionIssues, NoIndex: true,
		Scripts: []string{"copy.js"},
	}
	return s.render(c, http.StatusOK, frame, asking.Letter(ready))
}

// readyRequest composes the letter that a form asks for.
func (s *Site) readyRequest(c echo.Context, form url.Values) (asking.Ready, error) {
	ctx := c.Request().Context()
	a, err := s.askingFor(ctx, c.Param("slug"))
	if err != nil {
		return asking.Ready{}, err
	}
	law, ok := records.LawOf(form.Get("state"))
	if !ok {
		return asking.Ready{}, fault.Invalid("records.form.invalid", fault.Field{Name: "state", Key: "records.state.unknown"})
	}
	request, err := typedRequest(form).Request(a.Guide)
	if err != nil {
		return asking.Ready{}, err
	}
	draft := records.Compose(ctx, law, request, s.Now().In(s.Config.Location))
	return asking.Ready{
		IssueSlug: a.IssueSlug, IssueTitle: a.IssueTitle, Guide: a.Guide, Law: law, Values: form,
		Draft: draft, Unprintable: string(paper.Missing(onPaper(draft))),
	}, nil
}

func typedRequest(form url.Values) records.Typed {
	return records.Typed{
		Agency: form.Get("agency"), AgencyStreet: form.Get("agency_street"), AgencyCity: form.Get("agency_city"),
		AgencyState: form.Get("agency_state"), AgencyZip: form.Get("agency_zip"), AgencyEmail: form.Get("agency_email"),
		Choices: form["choices[]"], Description: form.Get("description"), From: form.Get("from"), Until: form.Get("until"),
		Format: form.Get("format"), FeeLimit: form.Get("fee_limit"),
		GivenName: form.Get("given_name"), FamilyName: form.Get("family_name"), Street: form.Get("street"), City: form.Get("city"),
		State: form.Get("home_state"), Zip: form.Get("zip"), Email: form.Get("email"),
	}
}

// recordsAgain shows the form as it was filled in, with what is wrong, or with
// the word that something is away.
func (s *Site) recordsAgain(c echo.Context, err error, form url.Values) error {
	ctx := c.Request().Context()
	if away, ok := s.formUnavailable(ctx, form, err); ok {
		return s.recordsAway(c, err, away)
	}
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	a, readErr := s.askingWith(ctx, c.Param("slug"), form)
	if readErr != nil {
		return readErr
	}
	return s.showAgain(c, err, form, recordsFrame(ctx, a), func(f parts.Form) templ.Component {
		f.Message = i18n.T(ctx, "records.form.invalid")
		a.Form = f
		return asking.Page(a)
	})
}

// recordsEdit is the way back from the letter to the form.
func (s *Site) recordsEdit(c echo.Context, form url.Values) error {
	ctx := c.Request().Context()
	a, err := s.askingWith(ctx, c.Param("slug"), form)
	if err != nil {
		return err
	}
	a.Form = parts.Form{Values: form}
	return s.render(c, http.StatusOK, recordsFrame(ctx, a), asking.Page(a))
}

// recordsAway keeps what was typed while the issue can't be read. The laws are
// part of the program.
func (s *Site) recordsAway(c echo.Context, err error, form parts.Form) error {
	ctx := c.Request().Context()
	s.logFault(c, http.StatusServiceUnavailable, err)
	setRetry(c, s.faultOf(err))
	a := asking.Asking{IssueSlug: c.Param("slug"), Form: form}
	if law, ok := records.LawOf(form.Value("state")); ok {
		a.Law = &law
	}
	frame := layout.Page{Title: i18n.T(ctx, "records.heading"), Section: layout.SectionIssues, Scripts: []string{"focus.js"}, NoIndex: true, HasErrors: true}
	body, err := draw(layout.WithFrame(ctx, s.lastFrame(ctx)), frame, asking.Page(a))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusServiceUnavailable, htmlType, body)
}

// askingFor gathers what the page shows beside a law. An issue that doesn't ask
// for records has no such page.
func (s *Site) askingFor(ctx context.Context, slug string) (asking.Asking, error) {
	iss, err := s.Issues.Facts(ctx, slug)
	if err != nil {
		return asking.Asking{}, err
	}
	if _, ok := iss.Action(issue.ActionRecords); !ok {
		return asking.Asking{}, fault.NotFound("errors.not_found.message")
	}
	guide, err := s.Records.BySlug(ctx, slug)
	if err != nil {
		return asking.Asking{}, err
	}
	name, err := s.centerName(ctx)
	return asking.Asking{IssueSlug: iss.Slug, IssueTitle: iss.Title, Guide: guide, Center: name}, err
}

// askingWith is askingFor with the law that a form names.
func (s *Site) askingWith(ctx context.Context, slug string, form url.Values) (asking.Asking, error) {
	a, err := s.askingFor(ctx, slug)
	if law, ok := records.LawOf(form.Get("state")); ok {
		a.Law = &law
	}
	return a, err
}

func unknownState(ctx context.Context) parts.Form {
	return parts.Form{Errors: []parts.FieldError{{Name: "state", Message: i18n.T(ctx, "records.state.unknown")}}}
}

func recordsFrame(ctx context.Context, a asking.Asking) layout.Page {
	frame := layout.Page{
		Title: i18n.T(ctx, "records.title", "Issue", a.IssueTitle), Description: i18n.T(ctx, "records.description"),
		Path: asking.Path(a.IssueSlug, ""), Section: layout.SectionIssues, Scripts: []string{"focus.js"},
		HasErrors: a.Form.Invalid(), NoIndex: a.Form.Invalid(),
	}
	if a.Law != nil {
		frame.Title = i18n.T(ctx, "records.title_state", "State", a.Law.State, "Issue", a.IssueTitle)
	}
	return frame
}
