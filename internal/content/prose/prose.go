// Package prose turns Markdown that staff wrote into HTML that is safe to put
// on a page: no script, no event handler, no style, no link but https, http,
// mailto, tel and relative ones. It is the only maker of the type HTML.
//
// It also marks the first mention of each glossary term, counts words, and
// gathers the links that lead to other sites.
package prose

import (
	"bytes"
	"html"
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// HTML is markup made by this package. Views write it without escaping, so
// nothing else may make a value of this type.
type HTML string

// Document is a text cut at its headings of the second level.
type Document struct {
	Sections []Section
	Links    []Link // to other sites, each address once, in order
	Words    int
}

// Section is what stands under one heading. ID is its anchor; the text before
// the first heading has neither ID nor title.
type Section struct {
	ID, Title string
	Parts     []Part
}

// Part is a piece of a section: text, or the place of something that the page
// puts there, written as a paragraph of its own such as {{states}}.
type Part struct {
	HTML  HTML
	Place string
}

// Link is a link to another site.
type Link struct{ Title, URL string }

// HTML is the whole text with its headings, without its places.
func (d Document) HTML() HTML {
	var b strings.Builder
	for _, s := range d.Sections {
		if s.Title != "" {
			b.WriteString(`<h2 id="` + html.EscapeString(s.ID) + `">` + html.EscapeString(s.Title) + "</h2>\n")
		}
		for _, p := range s.Parts {
			b.WriteString(string(p.HTML))
		}
	}
	return HTML(b.String())
}

var markdown = goldmark.New(
	goldmark.WithExtensions(
		extension.Strikethrough,
		extension.Linkify,
		extension.Typographer,
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
	),
	goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithHeadingAttribute()),
)

var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "sub", "sup", "blockquote", "ul", "ol", "li",
		"h2", "h3", "h4", "h5", "h6", "code", "pre", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^[a-z][a-z0-9-]{0,79}$`)).OnElements("h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,4}$`)).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("https", "http", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
}

var (
	strict      = bluemonday.StrictPolicy()
	placeMarker = regexp.MustCompile(`^\s*\{\{\s*([a-z_]+)\s*\}\}\s*$`)
)

// Render makes a document of Markdown. The marker may be nil: no terms are marked.
func Render(source string, marker *Marker) Document {
	c := cutter{src: []byte(source), marker: marker}
	root := markdown.Parser().Parse(text.NewReader(c.src))
	for node := root.FirstChild(); node != nil; node = node.NextSibling() {
		c.add(node)
	}
	c.endSection()
	return c.doc
}

// cutter cuts a text into sections and parts, block by block.
type cutter struct {
	src     []byte
	marker  *Marker
	doc     Document
	section Section
	piece   bytes.Buffer // the blocks of the part that isn't finished
}

func (c *cutter) add(node ast.Node) {
	if heading, ok := node.(*ast.Heading); ok && heading.Level <= 2 {
		c.endSection()
		c.section = Section{ID: anchor(heading), Title: plain(c.src, heading)}
		c.doc.Words += len(strings.Fields(c.section.Title))
		return
	}
	if place, ok := placeOf(c.src, node); ok {
		c.endPart()
		c.section.Parts = append(c.section.Parts, Part{Place: place})
		return
	}
	_ = markdown.Renderer().Render(&c.piece, c.src, node) // a bytes.Buffer refuses nothing
}

func (c *cutter) endPart() {
	if c.piece.Len() > 0 {
		c.section.Parts = append(c.section.Parts, Part{HTML: c.doc.finish(c.piece.Bytes(), c.marker)})
		c.piece.Reset()
	}
}

func (c *cutter) endSection() {
	c.endPart()
	if c.section.Title != "" || len(c.section.Parts) > 0 {
		c.doc.Sections = append(c.doc.Sections, c.section)
	}
}

// Text makes HTML of one plain line or paragraph, with its terms marked.
func Text(plain string, marker *Marker) HTML {
	var doc Document
	return doc.finish([]byte(html.EscapeString(plain)), marker)
}

// finish sanitizes a piece of rendered Markdown, then walks it once for what
// only this package may add: terms, rel attributes, counts.
func (d *Document) finish(rendered []byte, marker *Marker) HTML {
	return d.walk(policy.SanitizeBytes(rendered), marker)
}

func placeOf(src []byte, node ast.Node) (string, bool) {
	if node.Kind() != ast.KindParagraph {
		return "", false
	}
	m := placeMarker.FindSubmatch(node.Lines().Value(src))
	if m == nil {
		return "", false
	}
	return string(m[1]), true
}

var validAnchor = regexp.MustCompile(`^[a-z][a-z0-9-]{0,79}$`)

// anchor is the heading's id, or empty when it can't be one.
func anchor(heading *ast.Heading) string {
	id, ok := heading.AttributeString("id")
	if !ok {
		return ""
	}
	raw, ok := id.([]byte)
	if !ok || !validAnchor.Match(raw) {
		return ""
	}
	return string(raw)
}

// plain is what a node says without markup.
func plain(src []byte, node ast.Node) string {
	var b bytes.Buffer
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		_ = markdown.Renderer().Render(&b, src, child) // a bytes.Buffer refuses nothing
	}
	return strings.TrimSpace(html.UnescapeString(strict.Sanitize(b.String())))
}
