package letter

import (
	"fmt"
	"slices"
	"strings"
)

// Template is a text with merge fields, parsed once. Merging walks its pieces,
// so that a value which looks like a field stays the plain text that it is.
type Template struct{ pieces []piece }

type piece struct {
	text  string
	field string // empty: text
}

// The merge fields that a letter may hold.
const (
	FieldTitle     = "title"      // Senator
	FieldName      = "name"       // Michael F. Bennet
	FieldLastName  = "last_name"  // Bennet
	FieldSeat      = "seat"       // Colorado
	FieldYourName  = "your_name"  // the visitor's
	FieldYourPlace = "your_place" // the visitor's town
	FieldBill      = "bill"       // S. 1913, of the recipient's chamber
	FieldBillTitle = "bill_title"
)

// Fields lists the merge fields.
var Fields = []string{FieldTitle, FieldName, FieldLastName, FieldSeat, FieldYourName, FieldYourPlace, FieldBill, FieldBillTitle}

// TemplateError is what is wrong with one field of a text; Line counts from 1.
type TemplateError struct {
	Line int
	Text string
}

func (e TemplateError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

const (
	fieldOpen  = "{{"
	fieldClose = "}}"
)

// ParseTemplate reads a text with fields such as {{last_name}} and reports
// every field that it doesn't know and every brace left open.
func ParseTemplate(text string) (Template, []TemplateError) {
	var t Template
	var wrong []TemplateError
	line := 1
	for rest := text; rest != ""; {
		before, after, opened := strings.Cut(rest, fieldOpen)
		if at := strings.Index(before, fieldClose); at >= 0 {
			wrong = append(wrong, TemplateError{line + strings.Count(before[:at], "\n"), "}} without {{"})
		}
		t.add(piece{text: before})
		line += strings.Count(before, "\n")
		if !opened {
			break
		}
		inside, beyond, closed := strings.Cut(after, fieldClose)
		if !closed {
			wrong = append(wrong, TemplateError{line, "{{ without }}"})
			break
		}
		field := strings.TrimSpace(inside)
		if !slices.Contains(Fields, field) {
			wrong = append(wrong, TemplateError{line, fmt.Sprintf("unknown merge field %q; the fields are %s", field, strings.Join(Fields, ", "))})
		}
		t.add(piece{field: field})
		line += strings.Count(inside, "\n")
		rest = beyond
	}
	return t, wrong
}

func (t *Template) add(p piece) {
	if p != (piece{}) {
		t.pieces = append(t.pieces, p)
	}
}

// Uses tells whether the text holds one of the fields.
func (t Template) Uses(fields ...string) bool {
	return slices.ContainsFunc(t.pieces, func(p piece) bool {
		return p.field != "" && slices.Contains(fields, p.field)
	})
}

// Merge puts the values in place of the fields; a field without a value
// becomes nothing.
func (t Template) Merge(values map[string]string) string {
	var b strings.Builder
	for _, p := range t.pieces {
		if p.field == "" {
			b.WriteString(p.text)
		} else {
			b.WriteString(values[p.field])
		}
	}
	return b.String()
}

// merge merges a stored text. Stored texts were checked when they were saved.
func merge(text string, values map[string]string) string {
	t, _ := ParseTemplate(text)
	return t.Merge(values)
}
