package emails

import (
	"html"
	"strings"

	"github.com/a-h/templ"
	xhtml "golang.org/x/net/html"

	"redress/internal/content/prose"
)

// Prose is running text of the site, with its paragraphs, headings, lists and links, as a mail shows it. baseURL is put before
// links within the site, which the text form leaves out: what they explain is elsewhere, and the text is to be read.
func Prose(text prose.HTML, baseURL string) Block {
	w := proseWriter{base: baseURL}
	tokens := xhtml.NewTokenizer(strings.NewReader(string(text)))
	for {
		kind := tokens.Next()
		if kind == xhtml.ErrorToken {
			break
		}
		w.take(kind, tokens.Token())
	}
	w.endParagraph()
	return Block{html: templ.Raw(w.html.String()), text: strings.Join(w.paragraphs, "\n\n")}
}

// proseStyles are the elements that a mail keeps, each with how it looks and its class for the dark. Others are left out, not
// what stands in them.
var proseStyles = map[string]string{
	"p":          ` class="ink" style="margin:0 0 16px;color:#16181d;font:17px/1.6 Georgia,serif;overflow-wrap:anywhere;word-break:break-word;"`,
	"h2":         ` class="ink" style="margin:24px 0 8px;color:#16181d;font:bold 19px/1.3 Helvetica,Arial,sans-serif;"`,
	"h3":         ` class="ink" style="margin:20px 0 8px;color:#16181d;font:bold 17px/1.3 Helvetica,Arial,sans-serif;"`,
	"ul":         ` class="ink" style="margin:0 0 16px;padding:0 0 0 24px;color:#16181d;font:17px/1.6 Georgia,serif;"`,
	"ol":         ` class="ink" style="margin:0 0 16px;padding:0 0 0 24px;color:#16181d;font:17px/1.6 Georgia,serif;"`,
	"blockquote": ` class="ink line" style="margin:0 0 16px;padding:0 0 0 16px;border-left:3px solid #d9dadd;color:#16181d;"`,
	"li":         "",
	"em":         "",
	"strong":     "",
	"br":         "",
}

// wordJoiner (U+2060) holds a page's buttons to their words. A mail has no such buttons, and old programs draw it as a box.
const wordJoiner = "\u2060"

type proseWriter struct {
	base       string
	html       strings.Builder
	paragraphs []string
	line       strings.Builder
	item       bool   // the paragraph is an item of a list
	outward    string // the address of the link that is open, when it leads out
}

func (w *proseWriter) take(kind xhtml.TokenType, t xhtml.Token) {
	switch kind {
	case xhtml.TextToken:
		text := strings.ReplaceAll(t.Data, wordJoiner, "")
		w.html.WriteString(html.EscapeString(text))
		w.line.WriteString(text)
	case xhtml.StartTagToken, xhtml.SelfClosingTagToken:
		w.open(t)
	case xhtml.EndTagToken:
		w.close(t.Data)
	}
}

func (w *proseWriter) open(t xhtml.Token) {
	if t.Data == "a" {
		w.link(t)
		return
	}
	style, kept := proseStyles[t.Data]
	if !kept {
		return
	}
	switch t.Data {
	case "br":
		w.line.WriteByte('\n')
	case "em", "strong":
	case "li":
		w.endParagraph()
		w.item = true
	default:
		w.endParagraph()
	}
	w.html.WriteString("<" + t.Data + style + ">")
}

func (w *proseWriter) link(t xhtml.Token) {
	href := ""
	for _, a := range t.Attr {
		if a.Key == "href" {
			href = a.Val
		}
	}
	if strings.HasPrefix(href, "/") {
		href = w.base + href
	} else if strings.HasPrefix(href, "http") {
		w.outward = href
	}
	w.html.WriteString(`<a class="pen" style="color:#1a35c8;" href="` + html.EscapeString(href) + `">`)
}

func (w *proseWriter) close(tag string) {
	switch _, kept := proseStyles[tag]; {
	case tag == "a":
		if w.outward != "" {
			w.line.WriteString(" <" + w.outward + ">")
			w.outward = ""
		}
		w.html.WriteString("</a>")
	case kept && tag != "br":
		if tag != "em" && tag != "strong" {
			w.endParagraph()
		}
		w.html.WriteString("</" + tag + ">")
	}
}

// endParagraph ends what the text form has as one paragraph or item.
func (w *proseWriter) endParagraph() {
	text := strings.TrimSpace(w.line.String())
	w.line.Reset()
	switch {
	case text == "":
		return
	case !w.item:
		w.paragraphs = append(w.paragraphs, wrap(text))
		return
	}
	w.item = false
	w.paragraphs = append(w.paragraphs, "* "+strings.ReplaceAll(wrapAt(text, width-2), "\n", "\n  "))
}
