package web

import (
	"bytes"
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"redress/internal/fault"
	"redress/internal/i18n"
	"redress/internal/letter/paper"
	"redress/internal/records"
)

// printRecords answers the letter on paper. The file is made in memory, for this
// answer only.
func (s *Site) printRecords(c echo.Context) error {
	form, err := c.FormParams()
	if err != nil {
		return err
	}
	ready, err := s.readyRequest(c, form)
	if err != nil {
		return s.recordsAgain(c, err, form)
	}
	ctx := c.Request().Context()
	var file bytes.Buffer
	err = paper.Write(&file, []paper.Letter{onPaper(ready.Draft)}, paper.Options{
		Title: i18n.T(ctx, "records.ready.pdf_title"), Lang: i18n.Lang(ctx), Creator: s.lastFrame(ctx).Center.Name, Printed: s.Now(),
		Page: pageWords(ctx),
	})
	if err != nil {
		return &fault.Error{Kind: fault.KindInternal, Key: "errors.internal.message", Cause: err}
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="records-request.pdf"`)
	return c.Blob(http.StatusOK, "application/pdf", file.Bytes())
}

// onPaper is a request as a sheet of paper holds it. The return address is above
// and the mail address, by which an office answers fastest, under the name.
func onPaper(d records.Draft) paper.Letter {
	return paper.Letter{
		From: paper.Lines(d.From[:len(d.From)-1]...), To: d.To, Date: d.Date, Subject: d.Subject, Salutation: d.Salutation,
		Paragraphs: d.Paragraphs, Close: d.Close, Name: paper.Lines(d.Name, d.From[len(d.From)-1]),
	}
}

func pageWords(ctx context.Context) func(page, pages int) string {
	return func(page, pages int) string { return i18n.T(ctx, "records.ready.page", "Page", page, "Pages", pages) }
}
