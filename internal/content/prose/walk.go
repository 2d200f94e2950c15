package prose

import (
	"bytes"
	"html"
	"net/url"
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"
)

// externalRel is what every link to another site carries: the other page can't
// reach this one, and isn't told where its visitor came from.
const externalRel = "noopener noreferrer external"

// unmarked are the elements in which no term is marked: a link can't hold
// another one, and headings and code are to be read as they are.
var unmarked = map[string]bool{
	"a": true, "code": true, "pre": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "th": true,
}

// walk rewrites sanitized HTML token by token. Everything but text and links
// passes through as the sanitizer wrote it.
func (d *Document) walk(clean []byte, marker *Marker) HTML {
	var out strings.Builder
	tokens := xhtml.NewTokenizer(bytes.NewReader(clean))
	inside := 0
	var link *Link
	for {
		kind := tokens.Next()
		if kind == xhtml.ErrorToken {
			return HTML(out.String())
		}
		raw := string(tokens.Raw())
		switch kind {
		case xhtml.TextToken:
			text := html.UnescapeString(raw)
			d.Words += len(strings.Fields(text))
			if link != nil {
				link.Title += text
			}
			if inside > 0 || marker == nil {
				out.WriteString(raw)
			} else {
				marker.mark(&out, text)
			}
		case xhtml.StartTagToken:
			token := tokens.Token()
			if unmarked[token.Data] {
				inside++
			}
			if href, outward := external(token); outward {
				link = &Link{URL: href}
				raw = `<a href="` + html.EscapeString(href) + `" rel="` + externalRel + `">`
			}
			out.WriteString(raw)
		case xhtml.EndTagToken:
			name, _ := tokens.TagName()
			tag := string(name)
			if unmarked[tag] && inside > 0 {
				inside--
			}
			if tag == "a" && link != nil {
				d.addLink(*link)
				link = nil
			}
			out.WriteString(raw)
		default:
			out.WriteString(raw)
		}
	}
}

func external(token xhtml.Token) (href string, outward bool) {
	if token.Data != "a" {
		return "", false
	}
	for _, a := range token.Attr {
		if a.Key == "href" {
			return a.Val, leadsOut(a.Val)
		}
	}
	return "", false
}

// leadsOut tells whether a link may lead to another site. Browsers take a
// backslash for a slash.
func leadsOut(href string) bool {
	u, err := url.Parse(strings.ReplaceAll(strings.TrimSpace(href), `\`, "/"))
	if err != nil {
		return true
	}
	switch u.Scheme {
	case "":
		return u.Host != "" || strings.HasPrefix(u.Path, "//")
	case "mailto", "tel":
		return false
	}
	return true
}

func (d *Document) addLink(link Link) {
	link.Title = strings.Join(strings.Fields(link.Title), " ")
	if !slices.ContainsFunc(d.Links, func(l Link) bool { return l.URL == link.URL }) {
		d.Links = append(d.Links, link)
	}
}
