package cwc

import (
	"strings"
	"unicode/utf8"
)

// check tells what is wrong with a document, all of it.
func (b *ruleBook) check(root *node) []Fault {
	c := &checking{}
	if root.name != b.root.name {
		c.fault(b.root.name, Missing)
		return c.faults
	}
	c.element(b.root, root)
	return c.faults
}

type checking struct{ faults []Fault }

func (c *checking) fault(field string, r Reason) {
	f := Fault{Field: field, Reason: r}
	for _, known := range c.faults {
		if known == f {
			return
		}
	}
	c.faults = append(c.faults, f)
}

func (c *checking) element(p *particle, n *node) {
	if p.text != nil {
		if len(n.children) > 0 {
			c.fault(p.name, Unexpected)
		} else if why := p.text.refuses(n.text); why != "" {
			c.fault(p.name, why)
		}
		return
	}
	if strings.Trim(n.text, " \t\r\n") != "" {
		c.fault(p.name, Unexpected)
	}
	rest := n.children
	for _, part := range p.parts {
		rest = c.match(part, rest)
	}
	if len(rest) > 0 { // its name is the document's word, and may be anything
		c.fault(p.name, Unexpected)
	}
}

// match takes from the elements what belongs to the particle, and gives back
// the rest.
func (c *checking) match(p *particle, elements []*node) []*node {
	if p.optional && !p.begins(elements) {
		return elements
	}
	switch p.kind {
	case "sequence":
		for _, part := range p.parts {
			elements = c.match(part, elements)
		}
		return elements
	case "choice":
		for _, part := range p.parts {
			if part.begins(elements) {
				return c.match(part, elements)
			}
		}
		c.fault(p.label(), Missing)
		return elements
	}
	if !p.begins(elements) {
		c.fault(p.name, Missing)
		return elements
	}
	for p.begins(elements) {
		c.element(p, elements[0])
		elements = elements[1:]
		if !p.many {
			break
		}
	}
	return elements
}

// begins tells whether the particle takes the first of the elements.
func (p *particle) begins(elements []*node) bool {
	if len(elements) == 0 {
		return false
	}
	switch p.kind {
	case "element":
		return elements[0].name == p.name
	case "choice":
		for _, part := range p.parts {
			if part.begins(elements) {
				return true
			}
		}
		return false
	}
	for _, part := range p.parts {
		if part.begins(elements) {
			return true
		}
		if !part.optional {
			return false
		}
	}
	return false
}

// label names a choice by what each of its ways begins with.
func (p *particle) label() string {
	if p.kind == "element" {
		return p.name
	}
	if p.kind == "sequence" {
		return p.parts[0].label()
	}
	labels := make([]string, len(p.parts))
	for i, part := range p.parts {
		labels[i] = part.label()
	}
	return strings.Join(labels, " or ")
}

// refuses tells why a text is not of the type, "" when it is.
func (t *textType) refuses(text string) Reason {
	length := utf8.RuneCountInString(text)
	switch {
	case text == "" && (t.min > 0 || len(t.values) > 0 || len(t.patterns) > 0):
		return Missing
	case length < t.min:
		return TooShort
	case t.max > 0 && length > t.max:
		return TooLong
	}
	if len(t.values) > 0 {
		for _, v := range t.values {
			if v == text {
				return ""
			}
		}
		return NotAllowed
	}
	for _, p := range t.patterns {
		if !p.MatchString(text) {
			return Malformed
		}
	}
	return ""
}
