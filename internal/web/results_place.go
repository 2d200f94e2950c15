package web

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/pledge"
	"redress/internal/postgres"
	"redress/views/parts"
	"redress/views/results"
)

// placeSigner finds the congressional district of a signer's address or point,
// and keeps the district. The address is in this request, the geocoder's
// question, and a form that comes back; nowhere else.
func (s *Site) placeSigner(c echo.Context) error {
	ctx, token := c.Request().Context(), c.Param("token")
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	if _, err := s.Pledges.ByToken(ctx, token); err != nil {
		return s.signatureFailed(c, err, token)
	}
	err = s.placeByForm(c, form)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/signatures/"+token+"/confirm")
	}
	var several *civics.SeveralPlaces
	_ = errors.As(err, &several)
	frame := signatureFrame(ctx, "results.place.title")
	frame.Scripts = []string{"focus.js"}
	return s.showAgain(c, aboutPlace(form, err), form, frame, func(f parts.Form) templ.Component {
		return results.PlaceAgain(token, f, several)
	})
}

func (s *Site) placeByForm(c echo.Context, form url.Values) error {
	answer, _, err := s.locate(c.Request().Context(), url.Values{
		"address": {form.Get("address")}, "lat": form["lat"], "lon": form["lon"], "accuracy": form["accuracy"],
	})
	if err != nil {
		return err
	}
	district := ""
	for _, d := range answer.Divisions {
		if d.Chamber == civics.House {
			district = d.ID
		}
	}
	if district == "" {
		return fault.Invalid("results.place.unsure", fault.Field{Name: "address", Key: "results.place.unsure"})
	}
	return s.Pledges.Place(c.Request().Context(), c.Param("token"), district)
}

// placeOffer is what the page of thanks says of the signer's district. That it
// can't be read just now doesn't matter to the signer.
func (s *Site) placeOffer(c echo.Context, confirmation pledge.Confirmation) templ.Component {
	if s.Atlas == nil {
		return templ.NopComponent
	}
	standing, err := s.Pledges.Standing(c.Request().Context(), confirmation)
	if err != nil {
		s.Log.Warn("district of a signature not told", "route", routeOf(c), "fault", postgres.Describe(err))
		return templ.NopComponent
	}
	district, _ := s.Atlas.Division(standing.DistrictID)
	return results.Place(c.Param("token"), standing, district.Name, results.Path(confirmation.Pledge.IssueSlug))
}
