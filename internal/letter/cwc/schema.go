package cwc

import (
	"bytes"
	_ "embed" // cwc.xsd
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed cwc.xsd
var xsd []byte

// XSD is the schema that messages are held to.
func XSD() []byte { return bytes.Clone(xsd) }

// schema is cwc.xsd, read once. It is part of the program, so that a fault in
// it is a fault of the program.
var schema = sync.OnceValue(func() *ruleBook {
	book, err := readSchema(xsd)
	if err != nil {
		panic("cwc.xsd: " + err.Error())
	}
	return book
})

// ruleBook is a schema: the element a document consists of, and its types.
type ruleBook struct {
	root  *particle
	types map[string]*textType
	names map[string]bool // every element's
	holds map[string]bool // elements that hold elements
}

// particle is a place in the content of an element: an element, a sequence of
// particles, or a choice of one of them.
type particle struct {
	kind     string // "element", "sequence", "choice"
	name     string // an element's
	optional bool
	many     bool
	text     *textType   // what an element without elements holds
	parts    []*particle // of a sequence or choice; the content of an element that holds elements
}

// textType is what a text may be.
type textType struct {
	patterns []*regexp.Regexp
	values   []string
	min, max int // characters; max 0 is no bound
}

// node is an element of a document.
type node struct {
	name     string
	attrs    map[string]string
	children []*node
	text     string
}

const (
	deepest = 24
	longest = 1 << 20 // bytes of a document, many times the longest message
)

var errXML = errors.New("it is no well-formed document")

// parse reads a document. The schemas of both chambers know no attributes, and
// no document type belongs here: with plain set, either is refused.
func parse(raw []byte, plain bool) (*node, error) {
	if len(raw) > longest {
		return nil, errXML
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	var root *node
	var open []*node
	for {
		began := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if root == nil || len(open) > 0 {
				return nil, errXML
			}
			return root, nil
		}
		if err != nil {
			return nil, errXML // the decoder's words may quote the document
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) >= deepest || (len(open) == 0 && root != nil) || plain && (len(t.Attr) > 0 || t.Name.Space != "") {
				return nil, errXML
			}
			n := &node{name: t.Name.Local, attrs: map[string]string{}}
			for _, a := range t.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			if len(open) == 0 {
				root = n
			} else {
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			}
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(t)
			} else if len(bytes.TrimSpace(t)) > 0 {
				return nil, errXML
			}
		case xml.ProcInst:
			if plain && (t.Target != "xml" || began != 0) {
				return nil, errXML
			}
		case xml.Directive:
			return nil, errXML
		}
	}
}

// readSchema reads what cwc.xsd uses of XML Schema and refuses the rest.
func readSchema(raw []byte) (*ruleBook, error) {
	root, err := parse(raw, false)
	if err != nil {
		return nil, err
	}
	book := &ruleBook{types: map[string]*textType{}, names: map[string]bool{}, holds: map[string]bool{}}
	for _, n := range root.children {
		if n.name == "simpleType" {
			if book.types[n.attrs["name"]], err = readType(n); err != nil {
				return nil, fmt.Errorf("%s: %w", n.attrs["name"], err)
			}
		}
	}
	for _, n := range root.children {
		if n.name == "element" && book.root == nil {
			if book.root, err = book.readParticle(n); err != nil {
				return nil, err
			}
		} else if n.name != "simpleType" {
			return nil, fmt.Errorf("a second element, or %s, at its top", n.name)
		}
	}
	if book.root == nil {
		return nil, errors.New("it has no element")
	}
	return book, nil
}

func readType(n *node) (*textType, error) {
	if len(n.children) != 1 || n.children[0].name != "restriction" || n.children[0].attrs["base"] != "xs:string" {
		return nil, errors.New("a type restricts xs:string")
	}
	t := &textType{}
	for _, facet := range n.children[0].children {
		value := facet.attrs["value"]
		var err error
		switch facet.name {
		case "pattern":
			var p *regexp.Regexp
			p, err = regexp.Compile(`^(?:` + value + `)$`)
			t.patterns = append(t.patterns, p)
		case "enumeration":
			t.values = append(t.values, value)
		case "minLength":
			t.min, err = strconv.Atoi(value)
		case "maxLength":
			t.max, err = strconv.Atoi(value)
		default:
			err = fmt.Errorf("%s is not understood", facet.name)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(t.patterns) > 1 {
		return nil, errors.New("of several patterns one must match: write one")
	}
	return t, nil
}

func (b *ruleBook) readParticle(n *node) (*particle, error) {
	p := &particle{kind: n.name, name: n.attrs["name"]}
	switch n.attrs["minOccurs"] {
	case "", "1":
	case "0":
		p.optional = true
	default:
		return nil, errors.New("minOccurs is 0 or 1")
	}
	switch n.attrs["maxOccurs"] {
	case "", "1":
	case "unbounded":
		p.many = true
	default:
		return nil, errors.New("maxOccurs is 1 or unbounded")
	}
	parts := n.children
	switch n.name {
	case "element":
		b.names[p.name] = true
		if name := n.attrs["type"]; name != "" {
			if p.text = b.types[name]; p.text == nil || len(parts) > 0 {
				return nil, fmt.Errorf("%s: its type %s is not known, or not alone", p.name, name)
			}
			return p, nil
		}
		if len(parts) != 1 || parts[0].name != "complexType" {
			return nil, fmt.Errorf("%s: an element has a type or elements", p.name)
		}
		b.holds[p.name] = true
		parts = parts[0].children
	case "sequence", "choice":
		if p.many {
			return nil, errors.New("only elements repeat")
		}
	default:
		return nil, fmt.Errorf("%s is not understood", n.name)
	}
	for _, child := range parts {
		part, err := b.readParticle(child)
		if err != nil {
			return nil, err
		}
		p.parts = append(p.parts, part)
	}
	return p, nil
}

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
