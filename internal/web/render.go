package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"redress/internal/config"
	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/views/layout"
	"redress/views/parts"
)

const htmlType = "text/html; charset=utf-8"

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render answers with a page that isn't cached. After a POST and for routes
// registered as private it is no-store and noindex already.
func (s *Site) render(c echo.Context, status int, page layout.Page, body templ.Component) error {
	if isPrivate(c) {
		page.NoIndex = true
	}
	content, _, err := s.bytesOf(c.Request().Context(), Page{Frame: page, Body: body})
	if err != nil {
		return err
	}
	return c.Blob(status, htmlType, content)
}

// renderForm answers 422 with the form as it was filled in. body is the same
// view that showed it empty, with form inside.
func (s *Site) renderForm(c echo.Context, page layout.Page, body templ.Component) error {
	setPrivate(c)
	page.HasErrors = true
	page.NoIndex = true
	return s.render(c, http.StatusUnprocessableEntity, page, body)
}

// formOf is what a form shows when it comes back: what was typed, and a fault's
// messages. It reports false for errors that aren't about what was entered:
// those go to the error handler, except that a form whose text would be lost
// (something is away) may show it with Unkept.
func formOf(ctx context.Context, values url.Values, err error) (parts.Form, bool) {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.KindInvalid {
		return parts.Form{Values: values}, false
	}
	form := parts.Form{Values: values}
	for _, field := range f.Fields {
		form.Errors = append(form.Errors, parts.FieldError{
			Name:    field.Name,
			Message: i18n.T(ctx, field.Key, field.Args...),
		})
	}
	if f.Key != "" && len(f.Fields) == 0 {
		form.Message = i18n.T(ctx, f.Key, f.Args...)
	}
	return form, true
}

// formUnavailable is a form that couldn't be taken because something is away
// (fault.KindUnavailable, PostgreSQL): it keeps what was typed. It reports
// false for any other error.
func (s *Site) formUnavailable(ctx context.Context, values url.Values, err error) (parts.Form, bool) {
	f := s.faultOf(err)
	if f.Kind != fault.KindUnavailable {
		return parts.Form{}, false
	}
	return parts.Form{Values: values, Message: i18n.T(ctx, f.Key, f.Args...)}, true
}

// showAgain answers a POST that failed with its form: 422 when something
// entered can't be taken, 503 when something is away (what was typed stays in
// the form), and hands every other error on. view makes the form's body.
//
//	if err != nil {
//		return s.showAgain(c, err, values, frame, func(f parts.Form) templ.Component { return pledges.SignForm(f, …) })
//	}
func (s *Site) showAgain(c echo.Context, err error, values url.Values, page layout.Page, view func(parts.Form) templ.Component) error {
	ctx := c.Request().Context()
	if form, ok := formOf(ctx, values, err); ok {
		return s.renderForm(c, page, view(form))
	}
	if form, ok := s.formUnavailable(ctx, values, err); ok {
		s.logFault(c, http.StatusServiceUnavailable, err)
		setPrivate(c)
		setRetry(c, s.faultOf(err))
		page.HasErrors = true
		page.NoIndex = true
		return s.render(c, http.StatusServiceUnavailable, page, view(form))
	}
	return err
}

// bytesOf is a page's body and its content type.
func (s *Site) bytesOf(ctx context.Context, page Page) ([]byte, string, error) {
	if page.Raw != nil {
		return page.Raw, page.Type, nil
	}
	frame, err := s.frameOf(ctx)
	if err != nil {
		return nil, "", err
	}
	content, err := draw(layout.WithFrame(ctx, frame), page.Frame, page.Body)
	return content, htmlType, err
}

// draw renders a page in its frame.
func draw(ctx context.Context, page layout.Page, body templ.Component) ([]byte, error) {
	buffer := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buffer)
	buffer.Reset()
	if err := layout.Base(page).Render(templ.WithChildren(ctx, body), buffer); err != nil {
		return nil, err
	}
	return bytes.Clone(buffer.Bytes()), nil
}

// keptFrame is a frame and what was known when it was read.
type keptFrame struct {
	layout.Frame
	read  time.Time
	moves uint64 // the site's when it was asked for
}

// frameFor is how long a frame is taken for the current one without asking. Pages
// of ZIP codes come by the thousand; each would read the same row again.
const frameFor = time.Second

// frameOf is what all pages show. One that was read before the center changed,
// or before it may have, is read anew: a page that is kept must not outlive it.
func (s *Site) frameOf(ctx context.Context) (layout.Frame, error) {
	moves, now := s.frameMoves.Load(), s.Now()
	if kept := s.frame.Load(); kept != nil && kept.moves == moves && now.Sub(kept.read).Abs() < frameFor {
		return kept.Frame, nil
	}
	center, err := s.Centers.Current(ctx)
	if err != nil && fault.KindOf(err) != fault.KindNotFound {
		return layout.Frame{}, err
	}
	frame := layout.Frame{
		Center:   center,
		BaseURL:  s.Config.BaseURL,
		Captured: s.Config.Delivery != config.Live,
		Asset:    s.assets.URL,
	}
	s.frame.Store(&keptFrame{frame, now, moves})
	return frame, nil
}

// lastFrame is the frame for error pages: the current one, else the last one
// known, else one without a name. It doesn't fail.
func (s *Site) lastFrame(ctx context.Context) layout.Frame {
	if last := s.frame.Load(); last != nil {
		return last.Frame
	}
	if s.Centers != nil {
		if frame, err := s.frameOf(ctx); err == nil {
			return frame
		}
	}
	return layout.Frame{BaseURL: s.Config.BaseURL, Captured: s.Config.Delivery != config.Live, Asset: s.assets.URL}
}
