package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/issue"
	"redress/internal/letter"
	"redress/views/layout"
	letters "redress/views/letter"
	"redress/views/parts"
)

// showLetter finds recipients, then with a ZIP code is the writing step. Both
// are the same bytes for everyone: a ZIP code's recipients are no secret.
func (s *Site) showLetter(c echo.Context) (Page, error) {
	ctx, zip := c.Request().Context(), c.QueryParam("zip")
	iss, err := s.Issues.Facts(ctx, c.Param("slug"))
	if err != nil {
		return Page{}, err
	}
	if _, err := s.Letters.BySlug(ctx, iss.Slug); err != nil {
		return Page{}, err
	}
	if zip == "" {
		return s.letterFind(c, iss, parts.Form{}, nil, http.StatusOK), nil
	}
	answer, err := s.Atlas.ByZIP(zip)
	if form, ok := placeForm(c, "zip", err); ok {
		return s.letterFind(c, iss, form, nil, http.StatusUnprocessableEntity), nil
	}
	if err != nil {
		return Page{}, err
	}
	composed, err := s.Letters.Compose(ctx, iss.Slug, answer)
	if err != nil {
		return Page{}, err
	}
	w := s.writing(c, composed, parts.Form{})
	w.Address = civics.Address{Zip: answer.Zip, State: answer.State}
	return Page{
		Frame: writeFrame(c, iss), Body: letters.Write(w), Tags: []string{civics.Tag}, Expires: s.firstDeath(iss),
	}, nil
}

func (s *Site) letterFind(c echo.Context, iss issue.Issue, form parts.Form, several []string, status int) Page {
	ctx := c.Request().Context()
	return Page{
		Frame: layout.Page{
			Title:       i18n.T(ctx, "letter.find.title", "Issue", iss.Title),
			Description: i18n.T(ctx, "letter.find.description", "Issue", iss.Title),
			Path:        "/issues/" + iss.Slug + "/letter", Section: layout.SectionIssues, Writes: true,
			HasErrors: form.Invalid(), NoIndex: form.Invalid(), Scripts: focusScripts(form),
		},
		Body:   letters.Find(letters.Finding{IssueSlug: iss.Slug, IssueTitle: iss.Title, Form: s.carrying(c, form), Several: several}),
		Status: status,
	}
}

func writeFrame(c echo.Context, iss issue.Issue) layout.Page {
	return layout.Page{
		Title: i18n.T(c.Request().Context(), "letter.write.title", "Issue", iss.Title), Path: "/issues/" + iss.Slug + "/letter",
		Section: layout.SectionIssues, Writes: true, NoIndex: true, Scripts: []string{"draft.js", "words.js", "letter.js", "challenge.js", "focus.js"},
	}
}

func focusScripts(form parts.Form) []string {
	if form.Invalid() {
		return []string{"focus.js"}
	}
	return nil
}

// firstDeath is when the first of an issue's bills dies from now on, and a page
// that names them must be made anew; zero when none does.
func (s *Site) firstDeath(iss issue.Issue) (first time.Time) {
	now := s.Now()
	for _, b := range iss.Bills {
		if dies := b.Dies(); dies.After(now) {
			first = sooner(first, dies)
		}
	}
	return first
}

// placeForm is the finding form with what is wrong with a place, under the
// field that it was typed into. It reports false when the place is fine, or
// when what went wrong is nothing that a visitor can mend there.
func placeForm(c echo.Context, field string, err error) (parts.Form, bool) {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindInvalid && f.Kind != fault.KindNotFound && f.Kind != fault.KindUnavailable {
		return parts.Form{}, false
	}
	values := url.Values{}
	if zip := c.FormValue("zip"); zip != "" {
		values.Set("zip", zip)
	}
	if typed := c.FormValue("address"); typed != "" {
		values.Set("address", civics.OneLineTyped(typed))
	}
	message := i18n.T(c.Request().Context(), f.Key, f.Args...)
	return parts.Form{Values: values, Errors: []parts.FieldError{{Name: field, Message: message}}}, true
}

// letterRecipients answers the writing step, or the call page, for an address,
// a point or chosen officials. What was sent is in no URL and no log.
func (s *Site) letterRecipients(c echo.Context) error {
	ctx := c.Request().Context()
	iss, err := s.Issues.Facts(ctx, c.Param("slug"))
	if err != nil && isAway(err) {
		return s.findAway(c, err)
	}
	if err != nil {
		return err
	}
	composed, address, err := s.composed(c, iss.Slug)
	if form, ok := placeForm(c, "address", err); ok && !errors.Is(err, errNoLetter) {
		page := s.findAgain(c, iss, form, severalIn(err))
		status := http.StatusUnprocessableEntity
		if fault.KindOf(err) == fault.KindUnavailable {
			status = http.StatusServiceUnavailable
			s.logFault(c, status, err)
		}
		return s.render(c, status, page.Frame, page.Body)
	}
	if err != nil {
		return err
	}
	if c.FormValue("next") == "call" {
		return s.render(c, http.StatusOK, callFrame(c, iss), letters.Call(s.calling(iss, &composed, s.carrying(c, parts.Form{}))))
	}
	w := s.writing(c, composed, parts.Form{})
	w.Address = address
	return s.render(c, http.StatusOK, writeFrame(c, iss), letters.Write(w))
}

// findAway keeps the address that was typed while the issue can't be read.
func (s *Site) findAway(c echo.Context, err error) error {
	ctx := c.Request().Context()
	form, _ := s.formUnavailable(ctx, url.Values{"address": {civics.OneLineTyped(c.FormValue("address"))}}, err)
	s.logFault(c, http.StatusServiceUnavailable, err)
	setRetry(c, s.faultOf(err))
	page := s.findAgain(c, issue.Issue{Slug: c.Param("slug")}, form, nil)
	body, err := draw(layout.WithFrame(ctx, s.lastFrame(ctx)), page.Frame, page.Body)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusServiceUnavailable, htmlType, body)
}

// findAgain is the page that asked for the place, with what was typed and, when
// that could be several places, the choice.
func (s *Site) findAgain(c echo.Context, iss issue.Issue, form parts.Form, several []string) Page {
	if c.FormValue("next") == "call" {
		frame := callFrame(c, iss)
		frame.HasErrors = true
		calling := s.calling(iss, nil, s.carrying(c, form))
		calling.Several = several
		return Page{Frame: frame, Body: letters.Call(calling)}
	}
	return s.letterFind(c, iss, form, several, http.StatusUnprocessableEntity)
}

// severalIn lists the addresses that the one typed could be. They are for the
// visitor who typed it.
func severalIn(err error) []string {
	var several *civics.SeveralPlaces
	if errors.As(err, &several) {
		return several.Addresses
	}
	return nil
}

// errNoLetter marks that the issue has no letter: the page isn't there, which is
// no fault of the address.
var errNoLetter = errors.New("no letter")

// composed is the composition that a recipients form asks for, and what it says
// of the address.
func (s *Site) composed(c echo.Context, slug string) (letter.Composition, civics.Address, error) {
	ctx := c.Request().Context()
	if _, err := s.Letters.BySlug(ctx, slug); err != nil {
		return letter.Composition{}, civics.Address{}, errors.Join(errNoLetter, err)
	}
	form, err := c.FormParams()
	if err != nil {
		return letter.Composition{}, civics.Address{}, err
	}
	if chosen := form["officials[]"]; len(chosen) > 0 {
		composed, err := s.Letters.ComposeFor(ctx, slug, chosen)
		return composed, civics.Address{State: composed.Answer.State}, err
	}
	answer, address, err := s.placed(c)
	if err != nil {
		return letter.Composition{}, civics.Address{}, err
	}
	composed, err := s.Letters.Compose(ctx, slug, answer)
	return composed, address, err
}

// placed asks who represents the point or the address of a form.
func (s *Site) placed(c echo.Context) (civics.Answer, civics.Address, error) {
	ctx := c.Request().Context()
	form, err := c.FormParams()
	if err != nil {
		return civics.Answer{}, civics.Address{}, err
	}
	if sentPoint(form) {
		point, err := pointOf(form)
		if err != nil {
			return civics.Answer{}, civics.Address{}, err
		}
		answer, err := s.Atlas.ByPoint(ctx, point)
		return answer, civics.Address{State: answer.State, Zip: answer.Zip}, err
	}
	if sentDivisions(form) {
		answer, ended, err := s.byKept(form)
		if err == nil && ended {
			err = fault.Invalid("representatives.kept.unknown")
		}
		return answer, civics.Address{State: answer.State}, err
	}
	typed := c.FormValue("address")
	if strings.TrimSpace(typed) == "" {
		return civics.Answer{}, civics.Address{}, fault.Invalid("letter.form.address.required")
	}
	answer, err := s.Atlas.ByAddress(ctx, typed)
	if err != nil {
		return civics.Answer{}, civics.Address{}, err
	}
	address, err := civics.ParseOneLine(typed)
	if address.Zip == "" {
		address.Zip = answer.Zip
	}
	if address.State == "" {
		address.State = answer.State
	}
	return answer, address, err
}

// writing is the writing step's view of a composition.
func (s *Site) writing(c echo.Context, composed letter.Composition, form parts.Form) letters.Writing {
	return letters.Writing{
		Composition: composed, Form: s.carrying(c, form), Honeypot: abuse.HoneypotField, Updates: s.updatesWords(c),
		Stale: s.civicsStale(composed.Answer.AsOf),
	}
}

// updatesWords are the words of the consent, which are kept with it.
func (s *Site) updatesWords(c echo.Context) string {
	ctx := c.Request().Context()
	here, err := s.Centers.Current(ctx)
	if err != nil {
		here = s.lastFrame(ctx).Center
	}
	return i18n.T(ctx, "letter.write.updates", "Center", here.Name)
}

// submitLetter takes a letter. Nothing goes out before the mailbox confirms.
func (s *Site) submitLetter(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	slow := s.slow(c, abuse.Letter, form)
	if abuse.Honeypot(form) {
		return toReceipt(c, s.Letters.EmptyReceipt())
	}
	takeChoice(form)
	sent := s.newMessage(c, form)
	sent.Slow = slow
	receipt, err := s.Letters.Submit(c.Request().Context(), sent)
	if err != nil {
		return s.letterAgain(c, err, form, sent)
	}
	return toReceipt(c, receipt)
}

// takeChoice puts the address that a visitor chose among several in the place of
// the one typed.
func takeChoice(form url.Values) {
	chosen, err := civics.ParseOneLine(form.Get("address"))
	if err != nil || chosen.City == "" || chosen.State == "" {
		return
	}
	form.Set("street", chosen.Street)
	form.Set("city", chosen.City)
	form.Set("state", chosen.State)
	if chosen.Zip != "" {
		form.Set("zip", chosen.Zip)
	}
}

func toReceipt(c echo.Context, token string) error {
	return c.Redirect(http.StatusSeeOther, "/messages/"+token)
}

func (s *Site) newMessage(c echo.Context, form url.Values) letter.NewMessage {
	return letter.NewMessage{
		IssueSlug: c.Param("slug"),
		GivenName: form.Get("given_name"), FamilyName: form.Get("family_name"), Prefix: form.Get("prefix"), Email: form.Get("email"),
		Address:  civics.Address{Street: form.Get("street"), City: form.Get("city"), State: form.Get("state"), Zip: form.Get("zip")},
		Subjects: keyed(form, "subject"), Story: form.Get("story"), Bodies: keyed(form, "body"),
		Prompt: form.Get("prompt"), Variant: form.Get("variant"),
		Officials: append(form["officials[]"], form["officials"]...), Network: networkOf(c),
		Updates: form.Get("updates") != "", UpdatesWords: s.updatesWords(c), Source: s.sourceOf(c),
	}
}

// keyed are the values of a name and of name[key], by key; the plain name has
// the key "".
func keyed(form url.Values, name string) map[string]string {
	values := map[string]string{}
	for field := range form {
		if field == name {
			values[""] = form.Get(field)
		}
		if inside, ok := strings.CutPrefix(field, name+"["); ok && strings.HasSuffix(inside, "]") {
			values[strings.TrimSuffix(inside, "]")] = form.Get(field)
		}
	}
	return values
}

// letterAgain shows the writing step as it was filled in, with what is wrong.
// Who doesn't represent the address is named, with ways to reach them, and the
// list is made right.
func (s *Site) letterAgain(c echo.Context, err error, form url.Values, sent letter.NewMessage) error {
	ctx := c.Request().Context()
	if away, ok := s.formUnavailable(ctx, form, err); ok {
		return s.letterAway(c, err, away, sent)
	}
	composed, composeErr := s.recomposed(c, err, form, sent)
	if composeErr != nil {
		return errors.Join(err, composeErr)
	}
	composed = s.Letters.AsSeen(ctx, composed, sent)
	composed.Choose(append(sent.Officials, unseen(composed, form["shown[]"])...))
	composed.Keep(sent)
	w := s.writing(c, composed, parts.Form{})
	var refused *letter.NotRepresented
	if errors.As(err, &refused) {
		w.Refused = refused.Officials
	}
	w.Several = severalIn(err)
	return s.showAgain(c, err, form, writeFrame(c, composed.Issue), func(f parts.Form) templ.Component {
		f.Message = i18n.T(ctx, "letter.form.invalid")
		for i, e := range f.Errors {
			if len(composed.Groups) > 0 && (e.Name == "subject" || e.Name == "body") {
				f.Errors[i].Name = letters.FieldName(e.Name, composed, emptyGroup(composed, e.Name).Key)
			}
		}
		w.Form = f
		return letters.Write(w)
	})
}

// emptyGroup is the text whose subject or body is missing, else the first.
func emptyGroup(composed letter.Composition, field string) letter.Group {
	for _, g := range composed.Groups {
		if held := map[string]string{"subject": g.Subject, "body": g.Body}[field]; strings.TrimSpace(held) == "" {
			return g
		}
	}
	return composed.Groups[0]
}

// unseen are the recipients that the form didn't show: whoever is new in a
// corrected list is chosen, as on a list that is shown for the first time.
func unseen(composed letter.Composition, shown []string) []string {
	if len(shown) == 0 {
		return nil
	}
	var ids []string
	for _, r := range composed.Recipients() {
		if !slices.Contains(shown, r.Official.ID) {
			ids = append(ids, r.Official.ID)
		}
	}
	return ids
}

// letterAway shows the form with what was typed when neither the letter nor the
// frame can be read.
func (s *Site) letterAway(c echo.Context, err error, form parts.Form, sent letter.NewMessage) error {
	s.logFault(c, http.StatusServiceUnavailable, err)
	setRetry(c, s.faultOf(err))
	w := s.writing(c, s.Letters.Returned(sent, form.Values["shown[]"]), form)
	frame := writeFrame(c, w.Issue)
	frame.Title, frame.HasErrors = i18n.T(c.Request().Context(), "letter.write.heading"), true
	body, err := draw(layout.WithFrame(c.Request().Context(), s.lastFrame(c.Request().Context())), frame, letters.Write(w))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusServiceUnavailable, htmlType, body)
}

// recomposed are the recipients that the form showed, or those who represent
// the address when others were refused.
func (s *Site) recomposed(c echo.Context, err error, form url.Values, sent letter.NewMessage) (letter.Composition, error) {
	ctx := c.Request().Context()
	var refused *letter.NotRepresented
	if errors.As(err, &refused) {
		return s.Letters.Compose(ctx, sent.IssueSlug, refused.Answer)
	}
	shown := form["shown[]"]
	if len(shown) == 0 {
		shown = sent.Officials
	}
	composed, err := s.Letters.ComposeFor(ctx, sent.IssueSlug, shown)
	if err == nil || fault.KindOf(err) != fault.KindInvalid {
		return composed, err
	}
	answer, err := s.Atlas.ByZIP(sent.Address.Zip)
	if err != nil {
		answer = civics.Answer{} // nobody known: the form says so and keeps the words
	}
	return s.Letters.Compose(ctx, sent.IssueSlug, answer)
}
