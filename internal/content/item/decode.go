package item

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Decode reads the front matter into a struct with yaml tags and returns a
// Check for the rules that types can't say. Unknown fields, wrong types and
// bad dates are problems like any other: they come out of Check.Err.
func (it Item) Decode(into any) *Check {
	c := &Check{item: it, unread: map[int]bool{}}
	if err := yaml.Unmarshal(it.Front, &c.root); err != nil {
		c.yamlProblem(err)
		return c
	}
	decoder := yaml.NewDecoder(bytes.NewReader(it.Front))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		c.yamlProblem(err)
	}
	c.noNUL(&c.root)
	c.Slug("", it.Slug)
	return c
}

// noNUL refuses the one character that PostgreSQL can't keep; YAML can write it
// as an escape.
func (c *Check) noNUL(node *yaml.Node) {
	if strings.ContainsRune(node.Value, 0) {
		c.add(c.item.line(node.Line), "", "holds a character that is no text (NUL)")
	}
	for _, child := range node.Content {
		c.noNUL(child)
	}
}

var (
	yamlLine    = regexp.MustCompile(`^(?:yaml: )?line ([0-9]+): (.*)$`)
	yamlUnknown = regexp.MustCompile(`^field (\S+) not found in type \S+$`)
)

func (c *Check) yamlProblem(err error) {
	var typed *yaml.TypeError
	texts := []string{err.Error()}
	if errors.As(err, &typed) {
		texts = typed.Errors
	}
	for _, text := range texts {
		line, field := 0, ""
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			text = m[2]
		}
		if m := yamlUnknown.FindStringSubmatch(text); m != nil {
			field, text = m[1], "there is no such field"
		}
		if line = c.item.line(line); line > 0 && field == "" {
			c.unread[line] = true
		}
		c.add(line, field, strings.TrimPrefix(text, "yaml: "))
	}
}

// Date is a calendar date in a front matter, written as 2026-11-20.
type Date struct{ time.Time }

// UnmarshalYAML reads the date; an empty value is no date.
func (d *Date) UnmarshalYAML(node *yaml.Node) error {
	if node.Value == "" || node.Tag == "!!null" {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, node.Value)
	if err != nil {
		text := "line " + strconv.Itoa(node.Line) + ": a date is written as 2026-11-20"
		return &yaml.TypeError{Errors: []string{text}}
	}
	*d = Date{t}
	return nil
}

// Ptr is the date for a column that may be null.
func (d Date) Ptr() *time.Time {
	if d.IsZero() {
		return nil
	}
	t := d.Time
	return &t
}

// List is a list that is never nil, so that a column holds [] and not null.
func List[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}
