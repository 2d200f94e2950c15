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
	page := Page{Frame: representativesFrame(ctx), Tags: []string{civics.Tag}, Expires: s.Atlas.NextChange(s.Now())}
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

// findRepresentatives answers for an address or a point. Neither leaves this
// request but for the geocoder.
func (s *Site) findRepresentatives(c echo.Context) error {
	ctx := c.Request().Context()
	typed, err := c.FormParams()
	if err != nil {
		return err
	}
	answer, err := s.locate(ctx, typed)
	if typed.Has("address") {
		typed.Set("address", civics.OneLineTyped(typed.Get("address"))) // as the form shows it again
	}
	if err == nil {
		return s.render(c, http.StatusOK, representativesFrame(ctx), civicsview.FindPage(s.found(typed, answer)))
	}
	return s.showAgain(c, aboutAddress(err), typed, representativesFrame(ctx), func(form parts.Form) templ.Component {
		return civicsview.FindPage(notPlaced(form, err))
	})
}

// locate asks for the point when there is one, else for the address.
func (s *Site) locate(ctx context.Context, typed url.Values) (civics.Answer, error) {
	if !sentPoint(typed) {
		return s.Atlas.ByAddress(ctx, typed.Get("address"))
	}
	point, err := pointOf(typed)
	if err != nil {
		return civics.Answer{}, err
	}
	return s.Atlas.ByPoint(ctx, point)
}

// aboutAddress makes an address that the map doesn't know a fault of its field,
// so that the form comes back instead of a page that isn't there.
func aboutAddress(err error) error {
	f, ok := fault.As(err)
	if !ok || (f.Kind != fault.KindNotFound && f.Kind != fault.KindInvalid) {
		return err
	}
	return fault.Invalid(f.Key, fault.Field{Name: "address", Key: f.Key, Args: f.Args})
}

// notPlaced is the page for an address that couldn't be placed: the choice when
// it could be several, and the ZIP code ready when the map is away.
func notPlaced(form parts.Form, err error) civicsview.Find {
	find := civicsview.Find{Form: form, Down: fault.KindOf(err) == fault.KindUnavailable}
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

// found is the page with an answer; what was typed stays in the form.
func (s *Site) found(typed url.Values, answer civics.Answer) civicsview.Find {
	return civicsview.Find{Form: parts.Form{Values: typed}, Answer: &answer, Stale: s.civicsStale(answer.AsOf)}
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
