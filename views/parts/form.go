// Package parts holds the pieces that pages are made of: form fields, the
// error summary, buttons, progress, notices, sheets. Each is documented where
// it stands; their look is in static/css/30-parts.css.
package parts

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Form is what a form shows when it comes back: what was typed, and what is
// wrong with it. The zero Form is an empty form.
type Form struct {
	Values  url.Values
	Message string // what is wrong with the form as a whole, translated; may be ""
	Errors  []FieldError
}

// FieldError is what is wrong with one field, translated.
type FieldError struct {
	Name    string
	Message string
}

// Value is what was typed into a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Checked reports whether a checkbox or radio button with this value was on.
func (f Form) Checked(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Error is the message for a field, "" when nothing is wrong with it.
func (f Form) Error(name string) string {
	for _, e := range f.Errors {
		if e.Name == name {
			return e.Message
		}
	}
	return ""
}

// Invalid reports whether anything is wrong.
func (f Form) Invalid() bool { return f.Message != "" || len(f.Errors) > 0 }

// Input describes one field. Label, Hint and the rest are translated already.
type Input struct {
	Name         string // of the form value; its id on the page is "field-" + Name
	Label        string
	Hint         string // beside the label, in soft ink
	Type         string // "text" (default), "email", "tel", "search", "zip"
	Autocomplete string // a token of the HTML standard: "given-name", "postal-code", …
	InputMode    string
	Optional     bool // without it the field is required
	Unsaid       bool // optional, and not said to be: it holds a text already
	MaxLength    int
	Rows         int              // of a textarea
	Half         bool             // stands beside another half on a desk
	Own          bool             // the visitor's own words: the serif, in pen
	Prepared     bool             // prepared text that may be edited: the serif, in ink, in a dashed box
	CountedBy    string           // id of the element that counts the words of a textarea; it describes the field
	Data         templ.Attributes // data attributes of a textarea, for a script
	Default      string           // shown when nothing was typed yet
}

// ID is the id of a field on the page; the error summary links to it.
func ID(name string) string { return "field-" + plainName.Replace(name) }

// plainName is made once: a page asks for the ids of its fields again and again.
var plainName = strings.NewReplacer("[", "-", "]", "")

// control is the type attribute: a ZIP code is text with a numeric keyboard.
func (in Input) control() string {
	switch in.Type {
	case "", "zip":
		return "text"
	}
	return in.Type
}

func (in Input) inputMode() string {
	if in.InputMode == "" && in.Type == "zip" {
		return "numeric"
	}
	return in.InputMode
}

func (in Input) autocomplete() string {
	switch {
	case in.Autocomplete != "":
		return in.Autocomplete
	case in.Type == "zip":
		return "postal-code"
	case in.Type == "email":
		return "email"
	}
	return ""
}

func (in Input) maxLength() string {
	switch {
	case in.MaxLength > 0:
		return strconv.Itoa(in.MaxLength)
	case in.Type == "zip":
		return "20" // room for what people really type; the server says what is wrong with it
	case in.Type == "email":
		return "254"
	}
	return "200"
}

func (in Input) rows() string {
	if in.Rows > 0 {
		return strconv.Itoa(in.Rows)
	}
	return "5"
}

// value is what stands in the field: what was typed, else the default.
func (f Form) value(in Input) string {
	if f.Values.Has(in.Name) {
		return f.Values.Get(in.Name)
	}
	return in.Default
}

// describedBy names the hint and the error of a field, for screen readers.
func (f Form) describedBy(in Input) string {
	var ids []string
	if in.Hint != "" {
		ids = append(ids, ID(in.Name)+"-hint")
	}
	if f.Error(in.Name) != "" {
		ids = append(ids, ID(in.Name)+"-error")
	}
	if in.CountedBy != "" {
		ids = append(ids, in.CountedBy)
	}
	return strings.Join(ids, " ")
}

// kind is the class of a field's box.
func (in Input) kind(f Form) string {
	class := "field"
	if in.Half {
		class += " field-half"
	}
	if in.Type == "zip" {
		class += " field-zip"
	}
	if f.Error(in.Name) != "" {
		class += " field-wrong"
	}
	return class
}

func (in Input) textKind() string {
	switch {
	case in.Own:
		return "own-words"
	case in.Prepared:
		return "prepared-words"
	}
	return "words"
}
