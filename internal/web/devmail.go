package web

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/mail"
	"redress/views/devmail"
	"redress/views/layout"
)

// shownMails is how many captured mails the list shows.
const shownMails = 100

// showDevMail lists captured mail, newest first.
func (s *Site) showDevMail(c echo.Context) error {
	captured, err := s.captured(c)
	if err != nil {
		return err
	}
	files, err := captured.List(shownMails)
	if err != nil {
		return err
	}
	var entries []devmail.Entry
	for _, f := range files {
		entries = append(entries, devMailEntry(c, captured, f))
	}
	page := layout.Page{Title: i18n.T(c.Request().Context(), "devmail.title"), NoIndex: true}
	return s.render(c, http.StatusOK, page, devmail.List(entries))
}

func devMailEntry(c echo.Context, captured *mail.Capture, f mail.CapturedMail) devmail.Entry {
	e := devmail.Entry{Path: devMailPath(f.Name), Kind: f.Kind, At: f.At}
	if raw, err := captured.ReadRaw(f.Name); err == nil {
		read, _ := mail.Parse(raw) // as far as it can be read
		e.To, e.Subject = read.To, read.Subject
	}
	if e.Subject == "" {
		e.Subject = i18n.T(c.Request().Context(), "devmail.no_subject")
	}
	return e
}

func devMailPath(name string) string { return "/dev/mail/" + url.PathEscape(name) }

// showDevMessage shows one captured mail; with ?form=html its HTML alone, which can run nothing and fetch nothing.
func (s *Site) showDevMessage(c echo.Context) error {
	captured, err := s.captured(c)
	if err != nil {
		return err
	}
	file, read, err := devMailRead(captured, c.Param("name"))
	if err != nil {
		return err
	}
	if c.QueryParam("form") == "html" {
		return sandboxed(c, read.HTML)
	}
	message := devmail.Message{Kind: file.Kind, At: file.At, Subject: read.Subject, Text: read.Text}
	for _, h := range read.Headers {
		message.Headers = append(message.Headers, devmail.Header(h))
	}
	if read.HTML != "" {
		message.HTMLPath = devMailPath(file.Name) + "?form=html"
	}
	return s.render(c, http.StatusOK, layout.Page{Title: read.Subject, NoIndex: true}, devmail.Show(message))
}

func devMailRead(captured *mail.Capture, name string) (mail.CapturedMail, mail.Reading, error) {
	file, raw, err := captured.Read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return file, mail.Reading{}, notHere()
	}
	if err != nil {
		return file, mail.Reading{}, err
	}
	read, err := mail.Parse(raw)
	return file, read, err
}

// sandboxed answers with a mail's HTML under a policy of its own: no scripts, no forms, nothing fetched, shown in frames of
// this site only.
func sandboxed(c echo.Context, html string) error {
	if html == "" {
		return notHere()
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	return c.HTML(http.StatusOK, html)
}

// captured is the folder of captured mail, for requests that come straight from this machine. The route asks that too; this
// page shows everyone's mail, so it asks again, about every forwarding header there is, also an empty one.
func (s *Site) captured(c echo.Context) (*mail.Capture, error) {
	if s.Post == nil || s.Post.Captured() == nil || forwarded(c.Request().Header) {
		return nil, notHere()
	}
	return s.Post.Captured(), nil
}

func forwarded(h http.Header) bool {
	for name := range h {
		name = strings.ToLower(name)
		switch name {
		case "forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip":
			return true
		}
		if strings.HasPrefix(name, "x-forwarded") {
			return true
		}
	}
	return false
}

func notHere() error { return fault.NotFound("errors.not_found.message") }
