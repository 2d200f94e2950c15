package cwc

import (
	"bytes"
	_ "embed" // cwc.xsd
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
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
