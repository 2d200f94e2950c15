package web

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/newsletter"
	"redress/views/layout"
	"redress/views/update"
)

// showStopUpdates is the button that ends updates by mail, or that they have ended. It changes nothing: mail scanners follow
// links. A GET of the one-click address shows the same.
func (s *Site) showStopUpdates(c echo.Context) error {
	agreed, err := s.Supporters.Agreed(c.Request().Context(), c.Param("token"))
	if err != nil {
		return s.updatesFailed(c, err)
	}
	if len(agreed.Consents) == 0 {
		return s.updatesStopped(c)
	}
	for i := range agreed.Consents {
		agreed.Consents[i].Given = agreed.Consents[i].Given.In(s.Config.Location)
	}
	return s.updatesPage(c, http.StatusOK, "update.stop.title", update.Stop(c.Param("token"), newsletter.Mask(agreed.Email), agreed.Consents))
}

// endUpdates ends them and leads back to its own address, which then says so.
func (s *Site) endUpdates(c echo.Context) error {
	if err := s.Supporters.EndUpdates(c.Request().Context(), c.Param("token")); err != nil {
		return s.updatesFailed(c, err)
	}
	return c.Redirect(http.StatusSeeOther, update.Path(c.Param("token")))
}

// endUpdatesOneClick is what a mail provider posts when its reader presses its button (RFC 8058): no cookie, no origin, no
// redirect. It answers the same however often it is asked.
func (s *Site) endUpdatesOneClick(c echo.Context) error {
	if c.FormValue("List-Unsubscribe") != "One-Click" {
		return fault.Invalid("errors.invalid.message")
	}
	if err := s.Supporters.EndUpdates(c.Request().Context(), c.Param("token")); err != nil {
		return s.updatesFailed(c, err)
	}
	return s.updatesStopped(c)
}

func (s *Site) updatesStopped(c echo.Context) error {
	return s.updatesPage(c, http.StatusOK, "update.stopped.title", update.Stopped())
}

// updatesFailed tells of a link that is none.
func (s *Site) updatesFailed(c echo.Context, err error) error {
	if fault.KindOf(err) != fault.KindNotFound {
		return err
	}
	return s.updatesPage(c, http.StatusNotFound, "update.broken.title", update.Broken())
}

func (s *Site) updatesPage(c echo.Context, status int, title string, body templ.Component) error {
	return s.render(c, status, layout.Page{Title: i18n.T(c.Request().Context(), title), NoIndex: true}, body)
}
