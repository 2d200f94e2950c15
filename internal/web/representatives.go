package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
	civicsview "redress/views/civics"
	"redress/views/layout"
	"redress/views/parts"
)

// showRepresentatives is the form, and the answer for a ZIP code.
func (s *Site) showRepresentatives(c echo.Context) (Page, error) {
	ctx := c.Request().Context()
	typed := url.Values{}
	page := Page{Frame: representativesFrame(ctx), Tags: []string{civics.Tag}}
	if !c.QueryParams().Has("zip") {
		page.Body = civicsview.FindPage(civicsview.Find{})
		return page, nil
	}
	typed.Set("zip", c.QueryParam("zip"))
	answer, err := s.Atlas.ByZIP(typed.Get("zip"))
	if err != nil {
		form, status, ok := zipForm(ctx, typed, err)
		if !ok {
			return Page{}, err
		}
		page.Frame.HasErrors, page.Frame.NoIndex, page.Status = true, true, status
		page.Body = civicsview.FindPage(civicsview.Find{Form: form})
		return page, nil
	}
	page.Body = civicsview.FindPage(s.found(typed, answer))
	return page, nil
}

// findRepresentatives answers for an address, a point, districts that the
// visitor pointed to, or districts that their browser kept. An address or a point
// leaves this request only for the geocoder.
func (s *Site) findRepresentatives(c echo.Context) error {
	ctx := c.Request().Context()
	typed, err := c.FormParams()
	if err != nil {
		return err
	}
	find, err := s.find(ctx, typed)
	if typed.Has("address") {
		typed.Set("address", civics.OneLineTyped(typed.Get("address"))) // as the form shows it again
	}
	switch {
	case err != nil:
		return s.showAgain(c, aboutPlace(typed, err), typed, representativesFrame(ctx), func(form parts.Form) templ.Component {
			return civicsview.FindPage(notPlaced(form, err))
		})
	case find.Form.Invalid():
		return s.renderForm(c, representativesFrame(ctx), civicsview.FindPage(find))
	}
	return s.render(c, http.StatusOK, representativesFrame(ctx), civicsview.FindPage(find))
}

// find is the page's answer to a form. One that is Invalid has an answer, and
// something to mend beside it.
func (s *Site) find(ctx context.Context, typed url.Values) (civicsview.Find, error) {
	if sentDivisions(typed) {
		answer, ended, err := s.byKept(typed)
		find := s.found(url.Values{}, answer)
		find.Kept, find.Ended = true, ended
		return find, err
	}
	answer, wrong, err := s.locate(ctx, typed)
	if err != nil {
		return civicsview.Find{}, err
	}
	if typed.Has("choose") {
		return s.choose(ctx, typed, answer), nil
	}
	find := s.found(typed, answer)
	if wrong != nil {
		find.Form.Errors = []parts.FieldError{{Name: "zip", Message: i18n.T(ctx, wrong.Key, wrong.Args...)}}
	}
	return find, nil
}

// locate asks for the point when there is one, for the ZIP code when there is
// only that, else for the address. wrong is what is no ZIP code beside a point,
// which is answered all the same.
func (s *Site) locate(ctx context.Context, typed url.Values) (_ civics.Answer, wrong *fault.Error, err error) {
	switch {
	case sentPoint(typed):
		point, err := pointOf(typed)
		if err != nil {
			return civics.Answer{}, nil, err
		}
		if typed.Has("zip") {
			if point.Zip, err = civics.NormalizeZip(typed.Get("zip")); err != nil {
				wrong, _ = fault.As(err)
			}
		}
		answer, err := s.Atlas.ByPoint(ctx, point)
		return answer, wrong, err
	case typed.Has("zip") && !typed.Has("address"):
		answer, err := s.Atlas.ByZIP(typed.Get("zip"))
		return answer, nil, err
	}
	answer, err := s.Atlas.ByAddress(ctx, typed.Get("address"))
	return answer, nil, err
}

// aboutPlace makes a place that can't be answered for a fault of what was sent,
// so that the form comes back instead of a page that isn't there: of the field
// that it was typed into, or of the form when nothing was typed.
func aboutPlace(typed url.Values, err error) error {
	f, ok := fault.As(err)
	if !ok || (f.Kind != fault.KindNotFound && f.Kind != fault.KindInvalid) {
		return err
	}
	about := fault.Invalid(f.Key).With(f.Args...)
	switch {
	case sentPoint(typed) || sentDivisions(typed):
	case typed.Has("zip") && !typed.Has("address"):
		about.Fields = []fault.Field{{Name: "zip", Key: f.Key, Args: f.Args}}
	default:
		about.Fields = []fault.Field{{Name: "address", Key: f.Key, Args: f.Args}}
	}
	return about
}

// notPlaced is the page for an address that couldn't be placed: the choice when
// it could be several, and the ZIP code ready when the map is away.
func notPlaced(form parts.Form, err error) civicsview.Find {
	find := civicsview.Find{Form: form, Down: fault.KindOf(err) == fault.KindUnavailable && form.Value("address") != ""}
	var several *civics.SeveralPlaces
	if errors.As(err, &several) {
		find.Several = several.Addresses
	}
	if address, err := civics.ParseOneLine(form.Value("address")); err == nil && address.Zip != "" {
		find.Form.Values = url.Values{"address": form.Values["address"], "zip": {address.Zip}}
	}
	return find
}

// zipForm is the form that comes back for a ZIP code: 422 for what is none, 404
// for digits that no mail uses.
func zipForm(ctx context.Context, typed url.Values, err error) (parts.Form, int, bool) {
	f, ok := fault.As(err)
	if !ok {
		return parts.Form{}, 0, false
	}
	form := parts.Form{Values: typed, Errors: []parts.FieldError{{Name: "zip", Message: i18n.T(ctx, f.Key, f.Args...)}}}
	switch f.Kind {
	case fault.KindInvalid:
		return form, http.StatusUnprocessableEntity, true
	case fault.KindNotFound:
		return form, http.StatusNotFound, true
	}
	return parts.Form{}, 0, false
}

// found is the page with an answer; what was typed stays in the form. The
// congressional districts to choose from come with their small maps.
func (s *Site) found(typed url.Values, answer civics.Answer) civicsview.Find {
	find := civicsview.Find{Form: parts.Form{Values: typed}, Answer: &answer, Stale: s.civicsStale(answer.AsOf)}
	for _, c := range answer.Candidates {
		if c.Chamber != civics.House {
			continue
		}
		find.Outlines = make(map[string]*civics.Outline, len(c.Divisions))
		for _, d := range c.Divisions {
			if outline, ok := s.Atlas.Outline(d.ID); ok {
				find.Outlines[d.ID] = outline
			}
		}
	}
	return find
}

// civicsStale reports whether facts about people are so old that a page says so.
func (s *Site) civicsStale(asOf time.Time) bool {
	return !asOf.IsZero() && (civics.Dataset{AsOf: asOf}).Stale(s.Now())
}

func representativesFrame(ctx context.Context) layout.Page {
	return layout.Page{
		Title:       i18n.T(ctx, "representatives.title"),
		Description: i18n.T(ctx, "representatives.description"),
		Path:        "/representatives",
		Section:     layout.SectionRepresentatives,
		Scripts:     []string{"focus.js"},
	}
}
