// Package emails draws mails. A mail is a frame (who sends it, why it came, where to write to) around a few blocks, and each
// block says itself twice, as plain text and as HTML, so that the two never say different things.
//
// The HTML is written for mail programs, not browsers: tables, inline styles, no images, nothing fetched from anywhere, so that
// opening it tells nobody; it reads well with all styles removed, and has colors of its own for the dark.
package emails

import (
	"bytes"
	"context"
	"strings"

	"github.com/a-h/templ"

	"redress/internal/center"
	"redress/internal/i18n"
)

// Frame is what stands around a mail's blocks.
type Frame struct {
	Center  center.Center
	BaseURL string // of this site, without a slash at the end
	Kicker  string // a line above the heading, translated; "": none
	Title   string // the mail's heading, translated
	Preview string // what a list of mails shows beside the subject, translated; "": the first block
	Why     string // why this came, translated: "You get this because someone signed … with this address."
	Links   []Link // ways out, below: unsubscribe, manage
}

// Link is a link in the frame's foot.
type Link struct{ Text, URL string }

// Block is a piece of a mail.
type Block struct {
	html templ.Component
	text string
}

// Paragraph is running text. A line break in it stays.
func Paragraph(text string) Block {
	return Block{html: paragraph(lines(text)), text: wrap(text)}
}

// Heading begins a part.
func Heading(text string) Block {
	return Block{html: heading(text), text: strings.ToUpper(text)}
}

// Note is a smaller aside.
func Note(text string) Block {
	return Block{html: note(lines(text)), text: wrap(text)}
}

// Lead is the text's first sentence, larger.
func Lead(text string) Block {
	return Block{html: lead(lines(text)), text: wrap(text)}
}

// Entry is a name that leads somewhere, with a sentence about it.
func Entry(title, text, url string) Block {
	return Block{html: entry(title, text, url), text: wrap(title+": "+text) + "\n" + url}
}

// Rule sets apart what comes next.
func Rule() Block {
	return Block{html: ruled(), text: strings.Repeat("-", width)}
}

// List is a short list.
func List(items ...string) Block {
	var text []string
	for _, item := range items {
		text = append(text, "* "+strings.ReplaceAll(wrapAt(item, width-2), "\n", "\n  "))
	}
	return Block{html: list(items), text: strings.Join(text, "\n")}
}

// Letter is text that someone wrote or will send, exactly as it stands, line for line.
func Letter(text string) Block {
	text = strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return Block{html: letter(lines(text)), text: indent(wrapAt(text, width-4))}
}

// Button is the one thing to do: a link that says what happens, with its address below for programs that show no links.
func Button(text, url string) Block {
	return Block{html: button(text, url), text: text + ":\n" + url}
}

// Way is a second link, for what comes after the one thing to do.
func Way(text, url string) Block {
	return Block{html: way(text, url), text: text + ":\n" + url}
}

// Render gives both forms of a mail. ctx carries the language.
func Render(ctx context.Context, f Frame, blocks ...Block) (text, html string, err error) {
	var out bytes.Buffer
	if err := frame(f, blocks).Render(ctx, &out); err != nil {
		return "", "", err
	}
	return frameText(ctx, f, blocks), out.String(), nil
}

func frameText(ctx context.Context, f Frame, blocks []Block) string {
	var parts []string
	if f.Center.Sample {
		parts = append(parts, wrap("["+i18n.T(ctx, "emails.frame.sample")+"]"))
	}
	if f.Kicker != "" {
		parts = append(parts, wrap(f.Kicker), strings.ToUpper(f.Title))
	}
	for _, b := range blocks {
		parts = append(parts, b.text)
	}
	if f.Why != "" {
		parts = append(parts, wrap(f.Why))
	}
	for _, l := range f.Links {
		parts = append(parts, l.Text+":\n"+l.URL)
	}
	// "-- " is how mail programs know where a signature begins (RFC 3676 §4.3).
	foot := []string{"-- ", f.Center.Name}
	foot = append(foot, address(f.Center)...)
	if f.BaseURL != "" {
		foot = append(foot, f.BaseURL)
	}
	parts = append(parts, strings.Join(foot, "\n"))
	return strings.Join(parts, "\n\n") + "\n"
}

// address is the postal address without a first line that begins with the name, which stands above it already.
func address(c center.Center) []string {
	if len(c.PostalAddress) > 0 && strings.HasPrefix(c.PostalAddress[0], c.Name) {
		return c.PostalAddress[1:]
	}
	return c.PostalAddress
}

func lines(text string) []string { return strings.Split(text, "\n") }

const width = 72

// indent sets a text in, but not its empty lines.
func indent(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" {
			line = "    " + line
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func wrap(text string) string { return wrapAt(text, width) }

// wrapAt breaks lines between words; a word that is longer, such as a link, stays whole.
func wrapAt(text string, width int) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, wrapLine(line, width)...)
	}
	return strings.Join(out, "\n")
}

func wrapLine(line string, width int) []string {
	var out []string
	var current string
	for _, word := range strings.Fields(line) {
		switch {
		case current == "":
			current = word
		case len([]rune(current))+1+len([]rune(word)) <= width:
			current += " " + word
		default:
			out = append(out, current)
			current = word
		}
	}
	return append(out, current)
}
