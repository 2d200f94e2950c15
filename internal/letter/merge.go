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
	text     string
	field    string // empty: text
	fallback string // stands where the field has no value
	bare     bool   // no fallback was written
	line     int    // on which the field stands, from 1
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
	FieldCommittee = "committee" // House Committee on the Judiciary, on which the recipient sits
)

// Fields lists the merge fields.
var Fields = []string{FieldTitle, FieldName, FieldLastName, FieldSeat, FieldYourName, FieldYourPlace, FieldBill, FieldBillTitle, FieldCommittee}

// TemplateError is what is wrong with one field of a text; Line counts from 1.
type TemplateError struct {
	Line int
	Text string
}

func (e TemplateError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

const (
	fieldOpen    = "{{"
	fieldClose   = "}}"
	fallbackMark = "|"
)

// ParseTemplate reads a text with fields such as {{last_name}}, or with the words
// that stand where a field has no value, {{bill|the bill}}. It reports every
// field that it doesn't know, every fallback that isn't plain words on one line,
// and every pair of braces left open.
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
		field, fault := parseField(inside)
		if fault != "" {
			wrong = append(wrong, TemplateError{line, fault})
		}
		field.line = line
		t.add(field)
		line += strings.Count(inside, "\n")
		rest = beyond
	}
	return t, wrong
}

// parseField reads what stands between a field's braces, and says what is wrong
// with it, or "".
func parseField(inside string) (field piece, fault string) {
	name, fallback, has := strings.Cut(inside, fallbackMark)
	field = piece{field: strings.TrimSpace(name), fallback: strings.TrimSpace(fallback), bare: !has}
	switch {
	case !slices.Contains(Fields, field.field):
		return field, fmt.Sprintf("unknown merge field %q; the fields are %s", field.field, strings.Join(Fields, ", "))
	case field.bare:
		return field, ""
	case field.fallback == "":
		return field, fmt.Sprintf("{{%s|}} has no words after the bar: write what stands there without a value", field.field)
	case strings.ContainsAny(field.fallback, "{}"):
		return field, fmt.Sprintf("what stands for {{%s}} without a value must be plain words: it can hold no braces and no field", field.field)
	case strings.Contains(field.fallback, fallbackMark):
		return field, fmt.Sprintf("{{%s|…}} has more than one bar", field.field)
	case strings.ContainsAny(field.fallback, "\r\n"):
		return field, fmt.Sprintf("what stands for {{%s}} without a value must be on one line", field.field)
	}
	return field, ""
}

func (t *Template) add(p piece) {
	if p.field != "" || p.text != "" || p.fallback != "" {
		t.pieces = append(t.pieces, p)
	}
}

// bare are the lines at which a field stands without a fallback.
func (t Template) bare(field string) (lines []int) {
	for _, p := range t.pieces {
		if p.field == field && p.bare {
			lines = append(lines, p.line)
		}
	}
	return lines
}

// Merge puts the values in place of the fields. A field without a value, or with
// one that is nothing but space, becomes its fallback, or nothing.
func (t Template) Merge(values map[string]string) string {
	var b strings.Builder
	for _, p := range t.pieces {
		switch {
		case p.field == "":
			b.WriteString(p.text)
		case strings.TrimSpace(values[p.field]) == "":
			b.WriteString(p.fallback)
		default:
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
