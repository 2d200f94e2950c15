package cwc

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

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
