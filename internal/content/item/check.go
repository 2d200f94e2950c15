package item

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Check gathers what is wrong with an item. Its methods take the path of a
// field as the file writes it, such as "bills[0].url", and find its line.
type Check struct {
	item     Item
	root     yaml.Node
	problems Problems
	unread   map[int]bool // lines whose value has the wrong type
}

// Err is everything found, as Problems, or nil.
func (c *Check) Err() error { return c.problems.Err() }

// Fail adds a problem with a field. A field that couldn't even be read has its
// problem already.
func (c *Check) Fail(field, format string, args ...any) {
	line := c.fieldLine(field)
	if c.unread[line] {
		return
	}
	c.add(line, field, fmt.Sprintf(format, args...))
}

// FailBody adds a problem with the text under the front matter, at an offset
// into it.
func (c *Check) FailBody(at int, format string, args ...any) {
	line := 0
	if c.item.bodyLine > 0 {
		line = c.item.bodyLine + strings.Count(c.item.Body[:at], "\n")
	}
	c.add(line, "body", fmt.Sprintf(format, args...))
}

var (
	plainHTTP = regexp.MustCompile(`(?i)\bhttp://[^\s)>"]*`)
	anyPlace  = regexp.MustCompile(`(?m)^[ \t]*\{\{[ \t]*([^}\n]*?)[ \t]*\}\}[ \t]*$`)
)

// Body reports links in the text that aren't https, and paragraphs such as
// {{states}} that are not among the allowed places.
func (c *Check) Body(places ...string) {
	for _, at := range plainHTTP.FindAllStringIndex(c.item.Body, -1) {
		c.FailBody(at[0], "the link %s must begin with https://", c.item.Body[at[0]:at[1]])
	}
	for _, at := range anyPlace.FindAllStringSubmatchIndex(c.item.Body, -1) {
		if name := c.item.Body[at[2]:at[3]]; !slices.Contains(places, name) {
			c.FailBody(at[2], "there is no table {{%s}}", name)
		}
	}
}

// Required reports an empty value.
func (c *Check) Required(field, value string) {
	if strings.TrimSpace(value) == "" {
		c.Fail(field, "is required")
	}
}

// RequiredDate reports a date that isn't there.
func (c *Check) RequiredDate(field string, d Date) {
	if d.IsZero() {
		c.Fail(field, "needs a date such as 2026-11-20")
	}
}

// OneOf reports a value that is not among those allowed. Empty is not allowed
// unless it is listed.
func (c *Check) OneOf(field, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.Fail(field, "%q is not one of %s", value, strings.Join(allowed, ", "))
	}
}

// NoBody reports a text under the front matter of a kind that has none.
func (c *Check) NoBody() {
	if c.item.Body != "" {
		c.FailBody(0, "this kind has no text under its front matter")
	}
}

// Slugs reports what can't be a slug.
func (c *Check) Slugs(field string, slugs []string) {
	for i, slug := range slugs {
		c.Slug(field+"["+strconv.Itoa(i)+"]", slug)
	}
}

var validSlug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// IsSlug tells whether s can be part of a route and a file's name.
func IsSlug(s string) bool { return len(s) <= 100 && validSlug.MatchString(s) }

// Slug reports what can't be a slug.
func (c *Check) Slug(field, slug string) {
	if !IsSlug(slug) {
		c.Fail(field, "%q is not a slug: small letters, digits and single hyphens", slug)
	}
}

// HTTPS reports a link that isn't https with a host. No link is no problem.
func (c *Check) HTTPS(field, link string) {
	if link == "" {
		return
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Opaque != "" {
		c.Fail(field, "must be a link that begins with https://")
	}
}

// Max reports a text that is longer than its place allows.
func (c *Check) Max(field, value string, runes int) {
	if n := len([]rune(value)); n > runes {
		c.Fail(field, "has %d characters; %d fit", n, runes)
	}
}

func (c *Check) add(line int, field, text string) {
	c.problems = append(c.problems, Problem{File: c.item.name(), Line: line, Field: field, Text: text})
}

// fieldLine walks the front matter along a path; a missing field has the line
// of what should hold it.
func (c *Check) fieldLine(path string) int {
	if len(c.root.Content) == 0 || path == "" {
		return 0
	}
	node := c.root.Content[0]
	line := 0
	for _, step := range steps(path) {
		next, at := child(node, step)
		if next == nil {
			break
		}
		node, line = next, at
	}
	return c.item.line(line)
}

func steps(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

func child(node *yaml.Node, step string) (*yaml.Node, int) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i+1], node.Content[i].Line
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i].Line
		}
	}
	return nil, 0
}
