package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/letter"
	"redress/internal/letter/paper"
	"redress/views/layout"
	letters "redress/views/letter"
	"redress/views/parts"
)

// printLetters answers with the chosen letters as one PDF. Who prints types their
// name and address, since a receipt shows nobody's; nothing of it is kept.
func (s *Site) printLetters(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	choice, err := s.printChoice(form)
	if err != nil {
		return err
	}
	pdf, err := s.printed(c.Request().Context(), c.Param("token"), choice)
	if err != nil {
		return s.printAgain(c, err, form)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, `inline; filename="letters.pdf"`)
	h.Set(echo.HeaderContentSecurityPolicy, pdfPolicy)
	return c.Blob(http.StatusOK, "application/pdf", pdf)
}

// pdfPolicy lets a browser show a PDF in its own viewer, which it puts into a
// page of its own making; the site's policy forbids that page its embedded object
// and its style. A PDF from here holds no script and no link.
const pdfPolicy = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// printChoice reads the form. What is no id of a letter is no letter.
func (s *Site) printChoice(form url.Values) (letter.PrintChoice, error) {
	choice := letter.PrintChoice{
		Offices: map[uuid.UUID]string{},
		Sender: letter.Sender{
			Name: form.Get("name"), Street: form.Get("street"), City: form.Get("city"), State: form.Get("state"), Zip: form.Get("zip"),
		},
		On:      s.Now().In(s.Config.Location),
		Without: form.Get("without") != "",
	}
	for _, typed := range form["letters[]"] {
		id, err := uuid.Parse(typed)
		if err != nil {
			return letter.PrintChoice{}, fault.NotFound("letter.delivery.unknown")
		}
		choice.Offices[id] = form.Get(letter.OfficeField(id))
	}
	return choice, nil
}

func (s *Site) printed(ctx context.Context, token string, choice letter.PrintChoice) ([]byte, error) {
	printed, err := s.Letters.Printed(ctx, token, choice)
	if err != nil {
		return nil, err
	}
	here, err := s.Centers.Current(ctx)
	if err != nil {
		return nil, err
	}
	ctx = i18n.With(ctx, printed.Lang)
	var pdf bytes.Buffer
	err = paper.Write(&pdf, printed.Letters, paper.Options{
		Title: i18n.T(ctx, "messages.print.title", "Issue", printed.IssueTitle), Lang: printed.Lang, Creator: here.Name, Printed: choice.On,
		Page: func(page, pages int) string {
			return i18n.T(ctx, "messages.print.page", "Page", page, "Pages", pages)
		},
	})
	return pdf.Bytes(), err
}

// printAgain shows the receipt with what was typed and what is wrong with it.
func (s *Site) printAgain(c echo.Context, err error, form url.Values) error {
	ctx := c.Request().Context()
	if away, ok := s.formUnavailable(ctx, form, err); ok {
		return s.printAway(c, err, away)
	}
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	receipt, readErr := s.Letters.Receipt(ctx, c.Param("token"))
	if away, ok := s.formUnavailable(ctx, form, readErr); ok {
		return s.printAway(c, readErr, away)
	}
	if readErr != nil {
		return readErr
	}
	frame, view := s.receiptPage(c, receipt)
	frame.Scripts = append(frame.Scripts, "focus.js")
	return s.showAgain(c, err, form, frame, func(f parts.Form) templ.Component {
		view.Form = f
		return letters.Receipt(view)
	})
}

// printAway keeps what was typed when neither the letters nor the frame can be
// read.
func (s *Site) printAway(c echo.Context, err error, form parts.Form) error {
	ctx := c.Request().Context()
	s.logFault(c, http.StatusServiceUnavailable, err)
	setRetry(c, s.faultOf(err))
	frame := layout.Page{Title: i18n.T(ctx, "messages.print.heading"), Section: layout.SectionIssues, NoIndex: true, HasErrors: true, Scripts: []string{"focus.js"}}
	body, err := draw(layout.WithFrame(ctx, s.lastFrame(ctx)), frame, letters.PrintAway(c.Param("token"), form))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusServiceUnavailable, htmlType, body)
}
