// Package records draws the page on which a visitor asks for public records,
// and the letter that it lays ready.
package records

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"redress/internal/i18n"
	"redress/internal/records"
	"redress/views/parts"
)

// Asking is the page: what the law says, and the form. Without a Law it asks
// for the state.
type Asking struct {
	IssueSlug, IssueTitle string
	Guide                 records.Guide
	Law                   *records.Law
	Center                string // whose notes they are
	Form                  parts.Form
	From                  string // the source code that somebody came by; the form has a field of that name, so it goes no further
}

// Ready is a letter that is laid ready.
type Ready struct {
	IssueSlug, IssueTitle string
	Guide                 records.Guide
	Law                   records.Law
	Draft                 records.Draft
	Unprintable           string     // letters that the PDF's typefaces lack, "" for none
	Values                url.Values // what was typed, for the way back and the PDF
}

// Fields are the names of the form's fields.
var Fields = []string{
	"state", "agency", "agency_street", "agency_city", "agency_state", "agency_zip", "agency_email", "choices[]", "description",
	"from", "until", "format", "fee_limit", "given_name", "family_name", "street", "city", "home_state", "zip", "email",
}

// Path is the page of an issue, with the law of a code.
func Path(slug, code string) string {
	path := "/issues/" + slug + "/records"
	if code != "" {
		path += "?state=" + code
	}
	return path
}

func (a Asking) path() templ.SafeURL { return templ.SafeURL(Path(a.IssueSlug, "")) }

func (a Asking) title(ctx context.Context) string {
	if a.Guide.Title != "" {
		return a.Guide.Title
	}
	return i18n.T(ctx, "records.heading")
}

// chosen is the law's code, "" when none was chosen.
func (a Asking) chosen() string {
	if a.Law == nil {
		return ""
	}
	return a.Law.Code
}

// home is the state that a form for a law's state supposes.
func (a Asking) home() string {
	if a.Law == nil || a.Law.Code == records.Federal {
		return ""
	}
	return a.Law.Code
}

func (a Asking) stateValue(name string) string {
	if a.Form.Values.Has(name) {
		return a.Form.Value(name)
	}
	return a.home()
}

// addressOpen tells whether the agency's address, which few need, holds something
// or is wrong.
func (a Asking) addressOpen() bool {
	for _, name := range []string{"agency_street", "agency_city", "agency_zip"} {
		if a.Form.Value(name) != "" || a.Form.Error(name) != "" {
			return true
		}
	}
	return a.Form.Error("agency_state") != ""
}

func (a Asking) format() string {
	if f := a.Form.Value("format"); f != "" {
		return f
	}
	return records.FormatElectronic
}

func formatName(ctx context.Context, format string) string {
	switch format {
	case records.FormatPaper:
		return i18n.T(ctx, "records.form.format_paper")
	case records.FormatInspect:
		return i18n.T(ctx, "records.form.format_inspect")
	}
	return i18n.T(ctx, "records.form.format_electronic")
}

// states are the laws of states, without the federal one.
func states() []records.Law { return records.Laws()[1:] }

func lawHeading(ctx context.Context, l records.Law) string {
	if l.Code == records.Federal {
		return i18n.T(ctx, "records.law.federal")
	}
	return i18n.T(ctx, "records.law.heading", "State", l.State)
}

func describedBy(a Asking, name string) string {
	if a.Form.Error(name) == "" {
		return ""
	}
	return parts.ID(name) + "-error"
}
