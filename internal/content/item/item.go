// Package item is one piece of content as a file holds it: Markdown under a
// front matter of YAML. Every kind of content (issues, letters, terms …) reads
// its own fields from an Item and reports everything wrong with it at once, by
// file and line.
package item

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Item is one content file, split into its parts. Kind is the folder it stands
// in ("issues", "letters", …), Slug the file's name without ".md".
type Item struct {
	Kind, Slug, Lang string

	// File names the source in reports; it may be empty.
	File string

	// Revision is the revision that the file was exported from, 0 when it was
	// never exported. It is no part of the content.
	Revision int64

	Front []byte // YAML without the lines of dashes and without revision
	Body  string // Markdown

	revisionLine int // the line of Front that revision was taken from, 0 for none
	bodyLine     int // the line of the file on which Body begins, 0: unknown
}

// The dashes that open and close a front matter, each alone on a line.
const fence = "---"

// revisionField is a whole line: what is left of half a line could be a fence.
var revisionField = regexp.MustCompile(`(?m)^revision:[ \t]*([0-9]+)[ \t]*(?:[ \t]#[^\n]*)?(?:\n|\z)`)

// Parse splits a file's text. The caller sets Kind, Slug and Lang.
func Parse(file string, text []byte) (Item, error) {
	it := Item{File: file}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if at := notText(text); at >= 0 {
		return it, it.Problem(1+bytes.Count(text[:at], []byte("\n")), "", "holds bytes that are no text (UTF-8)")
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	rest, opened := bytes.CutPrefix(text, []byte(fence+"\n"))
	if !opened {
		return it, it.Problem(1, "", "the file must begin with a line ---")
	}
	front, body, closed := cutFence(rest)
	if !closed {
		return it, it.Problem(1, "", "the front matter has no closing line ---")
	}
	it.takeRevision(front)
	it.bodyLine = 3 + strings.Count(string(front), "\n") + len(body) - len(bytes.TrimLeft(body, "\n"))
	it.Body = strings.Trim(string(body), "\n")
	if it.Body != "" {
		it.Body += "\n"
	}
	return it, nil
}

// notText is where the first byte stands that PostgreSQL would not keep as
// text, or -1.
func notText(text []byte) int {
	for at := 0; at < len(text); {
		r, width := utf8.DecodeRune(text[at:])
		if r == 0 || (r == utf8.RuneError && width == 1) {
			return at
		}
		at += width
	}
	return -1
}

func cutFence(text []byte) (front, body []byte, found bool) {
	for at := 0; at < len(text); {
		end := bytes.IndexByte(text[at:], '\n')
		line := text[at:]
		next := len(text)
		if end >= 0 {
			line, next = text[at:at+end], at+end+1
		}
		if string(bytes.TrimRight(line, " \t")) == fence {
			return text[:at], text[next:], true
		}
		at = next
	}
	return nil, nil, false
}

func (it *Item) takeRevision(front []byte) {
	at := revisionField.FindSubmatchIndex(front)
	if at == nil {
		it.Front = bytes.Clone(front)
		return
	}
	it.Revision, _ = strconv.ParseInt(string(front[at[2]:at[3]]), 10, 64)
	it.revisionLine = 1 + bytes.Count(front[:at[0]], []byte("\n"))
	it.Front = append(bytes.Clone(front[:at[0]]), front[at[1]:]...)
}

// Text is the file that Parse would read as this item, without its revision.
func (it Item) Text() string {
	return it.text("")
}

// Export is the file that Parse would read as this item, with its revision.
func (it Item) Export() []byte {
	return []byte(it.text(fmt.Sprintf("revision: %d\n", it.Revision)))
}

func (it Item) text(last string) string {
	var b strings.Builder
	b.WriteString(fence + "\n")
	b.Write(it.Front)
	if len(it.Front) > 0 && it.Front[len(it.Front)-1] != '\n' {
		b.WriteByte('\n')
	}
	b.WriteString(last + fence + "\n")
	if it.Body != "" {
		b.WriteString("\n" + it.Body)
	}
	return b.String()
}

// Path is where the item stands under a language's folder: "issues/slug.md".
// A kind with a single item stands there by its own name: "center.md".
func (it Item) Path() string {
	if it.Kind == it.Slug {
		return it.Slug + ".md"
	}
	return it.Kind + "/" + it.Slug + ".md"
}

// line turns a line of Front into a line of the file.
func (it Item) line(front int) int {
	if front <= 0 {
		return 0
	}
	if it.revisionLine > 0 && front >= it.revisionLine {
		front++
	}
	return front + 1
}
