// Package api is the site's answers for programs: plain JSON, and faults as
// problem documents (RFC 9457).
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"redress/internal/abuse"
	"redress/internal/civics"
	"redress/internal/fault"
	"redress/internal/i18n"
)

// Prefix is the path under which the API stands.
const Prefix = "/api/v1"

// Router registers routes under Prefix. The web layer gives it.
type Router interface {
	// Get registers a public answer, which is kept in memory, which any site may
	// read, and the making of which is limited per network (abuse.APIRead). params
	// are the query parameters that it depends on; it sees no others.
	Get(pattern string, answer func(echo.Context) (Answer, error), params ...string)
	// Post registers what is answered to one visitor only, with the guards of a
	// form: same origin or no origin, a bounded body, a limit per network.
	Post(pattern, action string, take echo.HandlerFunc)
}

// Answer is a public answer: the same bytes for everyone.
type Answer struct {
	JSON    []byte
	Tags    []string  // what it depends on
	Expires time.Time // its next change by the calendar; zero: none is known
}

// Deps is what the API answers from.
type Deps struct {
	Atlas *civics.Atlas
	Log   *slog.Logger
	Now   func() time.Time
}

// API is the handlers: a file per subject.
type API struct{ Deps }

// Register registers every route of the API.
func Register(r Router, d Deps) {
	a := &API{d}
	r.Get("/representatives", a.showRepresentatives, "zip")
	r.Post("/representatives", abuse.API, a.findRepresentatives)
	r.Get("/openapi.json", a.showDescription)
}

// codeSeveral is the code of an address that could be several places.
const codeSeveral = "several_places"

// Problem is a fault as RFC 9457 writes it. Code is the fault's kind, or
// several_places. Errors name the fields. Choices are the addresses that the one
// asked for could be: they are for its asker, who sends one of them.
type Problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty"`
	Code      string         `json:"code"`
	RequestID string         `json:"request_id,omitempty"`
	Errors    []ProblemField `json:"errors,omitempty"`
	Choices   []string       `json:"choices,omitempty"`
}

// ProblemField is what is wrong with one field.
type ProblemField struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// WriteProblem answers with a problem document. It says only what the fault's
// keys say, never an error's own text.
func WriteProblem(ctx context.Context, w http.ResponseWriter, status int, f *fault.Error, requestID string) error {
	p := Problem{
		Type:      "about:blank",
		Title:     http.StatusText(status),
		Status:    status,
		Code:      f.Kind.String(),
		RequestID: requestID,
	}
	if i18n.Has(f.Key) {
		p.Detail = i18n.T(ctx, f.Key, f.Args...)
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Field: field.Name, Detail: i18n.T(ctx, field.Key, field.Args...)})
	}
	var several *civics.SeveralPlaces
	if errors.As(f.Cause, &several) {
		p.Code, p.Choices = codeSeveral, several.Addresses
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}
